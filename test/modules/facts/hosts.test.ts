// Facts made of what other kinds of hosts say: what their files and tools said, and what Ansible makes of it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toJson } from '#src/base/value';
import { factsOf } from '#src/modules/facts/gather';
import { COLLECTORS } from '#src/modules/facts/registry';

interface Host {
  readonly system?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly exists?: readonly string[];
  readonly links?: Readonly<Record<string, string>>;
  readonly programs?: readonly string[];
  /** Lines of the slow parts. */
  readonly slow?: readonly string[];
  readonly late?: string;
  /** Further records. */
  readonly said?: Readonly<Record<string, string>>;
}

/** The records of a host as the probe reports them, made facts. Hosts are Linux unless they say otherwise. */
function facts(host: Host): Record<string, unknown> {
  const files = Object.entries(host.files ?? {}).flatMap(([path, text]) =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => `${path}:${line}`),
  );
  const links = Object.entries(host.links ?? {}).map(([path, target]) => `lrwxrwxrwx 1 root root 0 Nov 21 09:36 ${path} -> ${target}`);
  const records = {
    system: host.system ?? 'Linux',
    files: files.join('\n'),
    exists: (host.exists ?? []).join('\n'),
    links: links.join('\n'),
    programs: (host.programs ?? []).join('\n'),
    slow: (host.slow ?? []).join('\n'),
    late: host.late ?? '',
    ...host.said,
  };
  return JSON.parse(JSON.stringify(toJson(factsOf(COLLECTORS, new Map(Object.entries(records)))))) as Record<string, unknown>;
}

/** Some facts by their names without prefix. */
function pick(host: Host, ...names: string[]): unknown[] {
  const all = facts(host);
  return names.map((name) => all[`ansible_${name}`]);
}

const OS_RELEASE = '/etc/os-release';

describe('a distribution', () => {
  const cases: readonly (readonly [string, Host, ...unknown[]])[] = [
    [
      'Debian with its minor version',
      {
        files: {
          [OS_RELEASE]:
            'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n',
          '/etc/debian_version': '12.11\n',
        },
      },
      ...['Debian', '12.11', '12', 'bookworm', 'Debian', OS_RELEASE, 'Debian', 'apt'],
    ],
    [
      'Ubuntu',
      {
        files: {
          [OS_RELEASE]:
            'PRETTY_NAME="Ubuntu 22.04.3 LTS"\nNAME="Ubuntu"\nVERSION_ID="22.04"\nVERSION="22.04.3 LTS (Jammy Jellyfish)"\nVERSION_CODENAME=jammy\nID=ubuntu\nID_LIKE=debian\nHOME_URL="https://www.ubuntu.com/"\nUBUNTU_CODENAME=jammy\n',
          '/etc/debian_version': 'bookworm/sid\n',
        },
      },
      ...['Ubuntu', '22.04', '22', 'jammy', 'Debian', OS_RELEASE, 'Debian', 'apt'],
    ],
    [
      'Rocky Linux, by its first word',
      {
        files: {
          [OS_RELEASE]: 'NAME="Rocky Linux"\nVERSION="9.3 (Blue Onyx)"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.3"\n',
          '/etc/redhat-release': 'Rocky Linux release 9.3 (Blue Onyx)\n',
        },
        exists: ['/usr/bin/yum', '/usr/bin/dnf'],
      },
      ...['Rocky', '9.3', '9', 'Blue Onyx', 'RedHat', '/etc/redhat-release', 'RedHat', 'dnf'],
    ],
    [
      'Red Hat',
      {
        files: {
          [OS_RELEASE]: 'NAME="Red Hat Enterprise Linux Server"\nVERSION="7.9 (Maipo)"\nID="rhel"\nVERSION_ID="7.9"\n',
          '/etc/redhat-release': 'Red Hat Enterprise Linux Server release 7.9 (Maipo)\n',
        },
        exists: ['/usr/bin/yum'],
      },
      ...['RedHat', '7.9', '7', 'Maipo', 'RedHat', '/etc/redhat-release', 'RedHat', 'yum'],
    ],
    [
      'CentOS, two parts of its version',
      {
        files: {
          [OS_RELEASE]: 'NAME="CentOS Linux"\nVERSION="7 (Core)"\nID="centos"\nVERSION_ID="7"\n',
          '/etc/centos-release': 'CentOS Linux release 7.9.2009 (Core)\n',
          '/etc/redhat-release': 'CentOS Linux release 7.9.2009 (Core)\n',
        },
        exists: ['/usr/bin/yum'],
      },
      ...['CentOS', '7.9', '7', 'Core', 'RedHat', '/etc/redhat-release', 'RedHat', 'yum'],
    ],
    [
      'CentOS Stream',
      {
        files: {
          [OS_RELEASE]: 'NAME="CentOS Stream"\nVERSION="9"\nID="centos"\nVERSION_ID="9"\n',
          '/etc/centos-release': 'CentOS Stream release 9\n',
        },
      },
      ...['CentOS', '9', '9', 'Stream', 'RedHat', '/etc/centos-release', 'CentOS', 'dnf'],
    ],
    [
      'Fedora, which has no code name',
      {
        files: {
          [OS_RELEASE]: 'NAME="Fedora Linux"\nVERSION="39 (Server Edition)"\nID=fedora\nVERSION_ID=39\nVERSION_CODENAME=""\n',
          '/etc/redhat-release': 'Fedora release 39 (Thirty Nine)\n',
        },
        exists: ['/usr/bin/dnf'],
      },
      ...['Fedora', '39', '39', '', 'RedHat', '/etc/redhat-release', 'RedHat', 'dnf'],
    ],
    [
      'Amazon Linux',
      {
        files: { [OS_RELEASE]: 'NAME="Amazon Linux"\nVERSION="2"\nID="amzn"\nID_LIKE="centos rhel fedora"\nVERSION_ID="2"\n' },
        exists: ['/usr/bin/yum'],
      },
      ...['Amazon', '2', '2', 'NA', 'RedHat', OS_RELEASE, 'Amazon', 'yum'],
    ],
    [
      'Alpine',
      {
        files: { [OS_RELEASE]: 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.19.1\n', '/etc/alpine-release': '3.19.1\n' },
        exists: ['/sbin/apk'],
      },
      ...['Alpine', '3.19.1', '3', 'NA', 'Alpine', '/etc/alpine-release', 'Alpine', 'apk'],
    ],
    [
      'Arch Linux',
      { files: { [OS_RELEASE]: 'NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling\n' }, exists: ['/usr/bin/pacman', '/etc/arch-release'] },
      ...['Archlinux', 'NA', 'NA', 'NA', 'Archlinux', '/etc/arch-release', 'Archlinux', 'pacman'],
    ],
    [
      'SLES with its service pack',
      {
        files: {
          [OS_RELEASE]: 'NAME="SLES"\nVERSION="15-SP5"\nVERSION_ID="15.5"\nPRETTY_NAME="SUSE Linux Enterprise Server 15 SP5"\nID="sles"\n',
        },
        exists: ['/usr/bin/zypper'],
      },
      ...['SLES', '15.5', '15', '5', 'Suse', OS_RELEASE, 'SUSE', 'zypper'],
    ],
    [
      'one that is nobody’s kind, by the name it gives itself',
      { files: { [OS_RELEASE]: 'NAME="Void"\nID="void"\n' }, exists: ['/usr/bin/xbps-install'] },
      ...['Void', 'NA', 'NA', 'NA', 'Void', OS_RELEASE, 'NA', 'xbps'],
    ],
    [
      'FreeBSD',
      { system: 'FreeBSD', said: { osrelease: '14.0-RELEASE-p5', version: 'FreeBSD 14.0-RELEASE-p5 GENERIC' }, exists: ['/usr/sbin/pkg'] },
      ...['FreeBSD', '14.0', '14', '14.0-RELEASE-p5', 'FreeBSD', undefined, undefined, 'pkgng'],
    ],
    [
      'macOS',
      { system: 'Darwin', said: { osrelease: '23.1.0', product_version: '14.1\n' }, exists: ['/opt/homebrew/bin/brew'] },
      ...['MacOSX', '14.1', '14', '23.1.0', 'Darwin', undefined, undefined, 'homebrew'],
    ],
    [
      'OpenBSD',
      { system: 'OpenBSD', said: { osrelease: '7.4', kern_version: 'OpenBSD 7.4-current (GENERIC.MP) #1\n' } },
      ...['OpenBSD', '7.4', undefined, 'current', 'OpenBSD', undefined, undefined, 'openbsd_pkg'],
    ],
  ];
  for (const [name, host, ...expected] of cases) {
    it(`is ${name}`, () => {
      const found = pick(
        host,
        ...['distribution', 'distribution_version', 'distribution_major_version', 'distribution_release', 'os_family'],
        ...['distribution_file_path', 'distribution_file_variety', 'pkg_mgr'],
      );

      assert.deepEqual(found, expected);
    });
  }
});

describe('names', () => {
  const host = (slow: string): Host => ({ files: { '/proc/sys/kernel/hostname': 'web07.example' }, slow: slow === '' ? [] : [slow] });
  for (const [entry, fqdn] of [
    ['name 10.0.0.7 web07.example.com web07', 'web07.example.com'],
    ['name 127.0.1.1 web07 web07.example.net', 'web07.example.net'],
    ['name 127.0.0.1 localhost', 'localhost'],
    ['', 'web07.example'],
  ] as const) {
    it(`are ${fqdn} when the resolver says ${entry === '' ? 'nothing' : entry.slice(5)}`, () => {
      const found = pick(host(entry), 'nodename', 'hostname', 'fqdn', 'domain');

      assert.deepEqual(found, ['web07.example', 'web07', fqdn, fqdn.split('.').slice(1).join('.')]);
    });
  }
});

describe('processors and memory', () => {
  const names = ['processor_count', 'processor_cores', 'processor_threads_per_core', 'processor_vcpus', 'processor_nproc'];

  it('are counted by sockets, cores and threads', () => {
    const cpu = (id: number) =>
      `processor\t: ${id}\nvendor_id\t: GenuineIntel\nmodel name\t: Xeon\nphysical id\t: ${id % 2}\nsiblings\t: 4\ncore id\t: ${id % 2}\ncpu cores\t: 2\n`;
    const host = {
      said: { machine: 'x86_64', cpuinfo: [0, 1, 2, 3, 4, 5, 6, 7].map(cpu).join('') },
      files: { '/proc/self/status': 'Cpus_allowed_list:\t0-63\n', '/sys/devices/system/cpu/online': '0-5,7\n' },
    };

    assert.deepEqual(pick(host, ...names), [2, 2, 2, 8, 7]);
    assert.deepEqual((pick(host, 'processor')[0] as string[]).slice(0, 4), ['0', 'GenuineIntel', 'Xeon', '1']);
  });

  it('are one core each on ARM, which tells no sockets', () => {
    const cpuinfo = 'processor\t: 0\nprocessor\t: 1\nprocessor\t: 2\nprocessor\t: 3\n';

    assert.deepEqual(pick({ said: { machine: 'aarch64', cpuinfo } }, ...names, 'architecture', 'userspace_bits'), [
      4,
      1,
      1,
      4,
      4,
      'aarch64',
      '64',
    ]);
  });

  it('are read of sysctl on FreeBSD', () => {
    const sysctl =
      'hw.ncpu: 4\nhw.physmem: 8555032576\nvm.stats.vm.v_page_size: 4096\nvm.stats.vm.v_page_count: 2040000\nvm.stats.vm.v_free_count: 512000\nkern.boottime: { sec = 1700000000, usec = 5 } Tue Nov 14\n';
    const swap = 'Device          1K-blocks     Used    Avail Capacity\n/dev/ada0p3       2097152        0  2097152     0%\n';
    const host = {
      system: 'FreeBSD',
      said: { sysctl, swap, dmesg: 'CPU: Intel(R) Xeon(R) (2400.00-MHz K8-class CPU)\n', clock: '1700000100' },
    };

    assert.deepEqual(pick(host, 'processor_count', 'memtotal_mb', 'memfree_mb', 'swaptotal_mb', 'uptime_seconds', 'processor'), [
      '4',
      7968,
      2000,
      2048,
      100,
      ['Intel(R) Xeon(R) (2400.00-MHz K8-class CPU)'],
    ]);
  });

  it('are read of sysctl on macOS', () => {
    const sysctl =
      'hw.model: Mac14,2\nhw.memsize: 17179869184\nhw.logicalcpu: 8\nmachdep.cpu.brand_string: Apple M2\nmachdep.cpu.core_count: 8\nkern.osversion: 23B74\n';

    assert.deepEqual(
      pick({ system: 'Darwin', said: { sysctl } }, 'memtotal_mb', 'processor', 'processor_cores', 'processor_vcpus', 'model'),
      [16384, 'Apple M2', '8', '8', 'Mac14,2'],
    );
  });
});

describe('mounts', () => {
  const mount = 'mount /dev/sda1 / ext4 rw,relatime 0 0';
  const size = 'size 4096 4096 1000 400 500 300 /';

  it('have sizes, inodes and an identifier', () => {
    const [mounts] = pick({ slow: [mount, size, 'uuid /dev/sda1 32caaec3-ef40'] }, 'mounts');

    assert.deepEqual(mounts, [
      {
        device: '/dev/sda1',
        mount: '/',
        fstype: 'ext4',
        options: 'rw,relatime',
        size_total: 4096000,
        size_available: 1638400,
        block_size: 4096,
        block_total: 1000,
        block_available: 400,
        block_used: 600,
        inode_total: 500,
        inode_available: 300,
        inode_used: 200,
        uuid: '32caaec3-ef40',
      },
    ]);
  });

  it('have a note in place of sizes where the host did not answer in time', () => {
    const share = 'mount nas:/home /home nfs rw 0 0';

    const [mounts] = pick({ slow: [mount, share, size], late: 'yes' }, 'mounts') as [Record<string, unknown>[]];

    assert.equal(mounts[0]?.size_total, 4096000);
    assert.deepEqual(mounts[1], {
      device: 'nas:/home',
      mount: '/home',
      fstype: 'nfs',
      options: 'rw',
      note: 'Could not get extra information due to timeout',
    });
  });

  it('tell a bind mount, and names with spaces', () => {
    const bind = 'bind 36 25 8:1 /srv/my\\040data /mnt/my\\040data rw,relatime shared:1 - ext4 /dev/sda1 rw';

    const [mounts] = pick({ slow: ['mount /dev/sda1 /mnt/my\\040data ext4 rw 0 0', bind] }, 'mounts') as [Record<string, unknown>[]];

    assert.deepEqual([mounts[0]?.mount, mounts[0]?.options, mounts[0]?.uuid], ['/mnt/my data', 'rw,bind', 'N/A']);
  });

  it('are those of fstab on FreeBSD', () => {
    const host = {
      system: 'FreeBSD',
      files: { '/etc/fstab': '# Device\tMountpoint\tFStype\tOptions\tDump\tPass#\n/dev/ada0p2\t/\tufs\trw\t1\t1\n' },
      slow: ['df Filesystem 1024-blocks Used Avail Capacity Mounted on', 'df /dev/ada0p2 1000 400 600 40% /'],
    };

    assert.deepEqual(pick(host, 'mounts'), [
      [{ device: '/dev/ada0p2', mount: '/', fstype: 'ufs', options: 'rw', size_total: 1024000, size_available: 614400 }],
    ]);
  });
});

describe('interfaces', () => {
  const net = (device: string, values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`/sys/class/net/${device}/${name}`, value]));

  it('of Linux have first and further addresses, labels and a peer', () => {
    const host = {
      files: {
        ...net('eth0', { address: '02:fc:00:00:00:01', mtu: '1500', operstate: 'up', type: '1', speed: '1000', flags: '0x1003' }),
        ...net('tun0', { mtu: '1420', operstate: 'unknown', type: '65534', flags: '0x1091' }),
      },
      links: {
        '/sys/class/net/eth0/device': '../../../virtio2',
        '/sys/class/net/eth0/device/driver/module': '../../../../module/virtio_net',
      },
      said: {
        ip_addr: [
          '2: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0\\       valid_lft forever preferred_lft forever',
          '2: eth0    inet 192.0.2.3/24 scope global secondary eth0:1\\       valid_lft forever preferred_lft forever',
          '2: eth0    inet6 fe80::fc:ff:fe00:1/64 scope link \\       valid_lft forever preferred_lft forever',
          '3: tun0    inet 10.8.0.1 peer 10.8.0.2/32 scope global tun0\\       valid_lft forever preferred_lft forever',
        ].join('\n'),
        ip_route: '8.8.8.8 via 192.0.2.1 dev eth0 src 192.0.2.2 uid 0 \n    cache\n',
      },
    };
    const ipv4 = { address: '192.0.2.2', broadcast: '192.0.2.255', netmask: '255.255.255.0', network: '192.0.2.0', prefix: '24' };
    const further = { ...ipv4, address: '192.0.2.3', broadcast: '' };

    const [eth0, alias, tun0, all, first, sixth] = pick(
      host,
      'eth0',
      'eth0_1',
      'tun0',
      'all_ipv4_addresses',
      'default_ipv4',
      'default_ipv6',
    );

    assert.deepEqual(eth0, {
      device: 'eth0',
      macaddress: '02:fc:00:00:00:01',
      mtu: 1500,
      active: true,
      module: 'virtio_net',
      type: 'ether',
      pciid: 'virtio2',
      speed: 1000,
      promisc: false,
      ipv4,
      ipv4_secondaries: [further],
      ipv6: [{ address: 'fe80::fc:ff:fe00:1', prefix: '64', scope: 'link' }],
    });
    assert.deepEqual(alias, { ipv4_secondaries: [further] });
    assert.deepEqual((tun0 as { ipv4: unknown }).ipv4, {
      address: '10.8.0.1',
      broadcast: '',
      netmask: '255.255.255.255',
      network: '10.8.0.1',
      prefix: '32',
    });
    assert.deepEqual(all, ['192.0.2.2', '192.0.2.3', '10.8.0.1']);
    assert.deepEqual(first, {
      ...ipv4,
      gateway: '192.0.2.1',
      interface: 'eth0',
      macaddress: '02:fc:00:00:00:01',
      mtu: 1500,
      type: 'ether',
      alias: 'eth0',
    });
    assert.deepEqual(sixth, {});
  });

  it('of Linux know bridges and bonds', () => {
    const host = {
      files: {
        ...net('br0', { mtu: '1500', type: '1', 'bridge/bridge_id': '8000.0653f563a1a2', 'bridge/stp_state': '0' }),
        ...net('bond0', {
          type: '1',
          'bonding/slaves': 'eth1 eth2',
          'bonding/mode': 'active-backup 1',
          'bonding/miimon': '100',
          'bonding/lacp_rate': 'slow 0',
          'bonding/primary': 'eth1',
          'bonding/all_slaves_active': '0',
        }),
      },
      said: { ip_addr: '1: lo inet 127.0.0.1/8 scope host lo', bridge_ports: '/sys/class/net/br0/brif/eth3 /sys/class/net/br0/brif/eth4' },
    };

    assert.deepEqual(pick(host, 'br0', 'bond0'), [
      { device: 'br0', mtu: 1500, type: 'bridge', interfaces: ['eth3', 'eth4'], id: '8000.0653f563a1a2', stp: false },
      {
        device: 'bond0',
        type: 'bonding',
        slaves: ['eth1', 'eth2'],
        mode: 'active-backup',
        miimon: '100',
        lacp_rate: 'slow',
        primary: 'eth1',
        all_slaves_active: false,
      },
    ]);
  });

  it('of FreeBSD come from ifconfig and route', () => {
    const ifconfig = [
      'em0: flags=8863<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> metric 0 mtu 1500',
      '\toptions=481009b<RXCSUM,TXCSUM>',
      '\tether 08:00:27:aa:bb:cc',
      '\tinet 10.0.0.5 netmask 0xffffff00 broadcast 10.0.0.255',
      '\tinet6 fe80::a00:27ff:feaa:bbcc%em0 prefixlen 64 scopeid 0x1',
      '\tmedia: Ethernet autoselect (1000baseT <full-duplex>)',
      '\tstatus: active',
      'lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> metric 0 mtu 16384',
      '\tinet 127.0.0.1 netmask 0xff000000',
    ].join('\n');
    const host = { system: 'FreeBSD', said: { ifconfig, route: '   route to: default\n    gateway: 10.0.0.1\n  interface: em0\n' } };
    const ipv4 = { address: '10.0.0.5', netmask: '255.255.255.0', network: '10.0.0.0', broadcast: '10.0.0.255', prefix: '24' };

    const [interfaces, em0, first, all] = pick(host, 'interfaces', 'em0', 'default_ipv4', 'all_ipv4_addresses') as [
      unknown,
      Record<string, unknown>,
      Record<string, unknown>,
      unknown,
    ];

    assert.deepEqual([interfaces, all], [['em0', 'lo0'], ['10.0.0.5']]);
    assert.deepEqual(
      [em0.type, em0.macaddress, em0.mtu, em0.status, em0.media, em0.ipv4],
      ['ether', '08:00:27:aa:bb:cc', '1500', 'active', 'Ethernet', [ipv4]],
    );
    assert.deepEqual([first.interface, first.gateway, first.address, first.network], ['em0', '10.0.0.1', '10.0.0.5', '10.0.0.0']);
  });

  it("of a Linux without ip come from busybox's ifconfig", () => {
    const ifconfig = [
      'eth0      Link encap:Ethernet  HWaddr 02:42:AC:11:00:02  ',
      '          inet addr:172.17.0.2  Bcast:172.17.255.255  Mask:255.255.0.0',
      '          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1',
    ].join('\n');
    const routes = 'Iface\tDestination\tGateway\tFlags\neth0\t00000000\t010011AC\t0003\n';

    const [eth0, first] = pick({ said: { ifconfig, routes } }, 'eth0', 'default_ipv4') as [
      Record<string, unknown>,
      Record<string, unknown>,
    ];

    assert.deepEqual([eth0.macaddress, eth0.type, eth0.mtu], ['02:42:ac:11:00:02', 'ether', '1500']);
    assert.deepEqual([first.gateway, first.address, first.network, first.prefix], ['172.17.0.1', '172.17.0.2', '172.17.0.0', '16']);
  });
});

describe('a virtual host', () => {
  const DMI = '/sys/devices/virtual/dmi/id';
  const names = ['type', 'role', 'tech_guest', 'tech_host'].map((name) => `virtualization_${name}`);
  const cases: readonly (readonly [string, Host, ...unknown[]])[] = [
    ['a machine of its own', {}, 'NA', 'NA', [], []],
    ['one that runs others', { exists: ['/dev/kvm'], said: { virtual_signs: 'kvm 1 0 - Live 0x0\n' } }, 'kvm', 'host', [], ['kvm']],
    ['a guest of KVM', { files: { [`${DMI}/sys_vendor`]: 'QEMU\n' } }, 'kvm', 'guest', ['kvm'], []],
    ['VMware’s', { files: { [`${DMI}/product_name`]: 'VMware7,1\n' } }, 'VMware', 'guest', ['VMware'], []],
    ['VirtualBox’s', { files: { [`${DMI}/bios_vendor`]: 'innotek GmbH\n' } }, 'virtualbox', 'guest', ['virtualbox'], []],
    ['Hyper-V’s', { files: { [`${DMI}/sys_vendor`]: 'Microsoft Corporation\n' } }, 'VirtualPC', 'guest', ['VirtualPC'], []],
    ['a container of docker', { exists: ['/.dockerenv', '/dev/kvm'] }, 'docker', 'guest', ['container', 'docker'], ['kvm']],
    ['a container of podman', { said: { first_environment: 'container=podman' } }, 'podman', 'guest', ['container', 'podman'], []],
    [
      'a container of systemd',
      { files: { '/run/systemd/container': 'systemd-nspawn\n' } },
      'systemd-nspawn',
      'guest',
      ['container', 'systemd-nspawn'],
      [],
    ],
    ['Xen’s own', { exists: ['/proc/xen'], files: { '/proc/xen/capabilities': 'control_d\n' } }, 'xen', 'host', [], ['xen']],
    [
      'a guest on FreeBSD',
      { system: 'FreeBSD', said: { virtual_sysctl: 'kern.vm_guest: kvm\nsecurity.jail.jailed: 0\n' } },
      'kvm',
      'guest',
      ['kvm'],
      [],
    ],
  ];
  for (const [name, host, ...expected] of cases) {
    it(`is told from ${name}`, () => {
      assert.deepEqual(pick(host, ...names), expected);
    });
  }
});

describe('a chroot', () => {
  const root = '/dev/sda1 / xfs rw 0 0\n';
  for (const [isChroot, what, said] of [
    [false, 'the roots are one', { roots: '2049:2\n2049:2\n' }],
    [true, 'the roots differ', { roots: '2049:77\n2049:2\n' }],
    [true, 'the roots are on two disks', { roots: '2050:2\n2049:2\n' }],
    [false, 'the other root is hidden', { roots: '2049:2\n2 /\n' }],
    [true, 'the other root is hidden and this inode unusual', { roots: '2049:77\n77 /\n' }],
    [false, 'the other root is hidden and XFS has other inodes', { roots: '2049:128\n128 /\n', root_type: root }],
    [false, 'there is no stat', { roots: '2 /\n' }],
    [true, 'its name is set', { roots: '2049:2\n2049:2\n', debian_chroot: 'sid' }],
  ] as const) {
    it(`is ${isChroot ? '' : 'not '}seen where ${what}`, () => {
      assert.deepEqual(pick({ said }, 'is_chroot'), [isChroot]);
    });
  }
});

describe('services', () => {
  for (const [kind, host] of [
    ['systemd', { files: { '/proc/1/comm': 'systemd\n' } }],
    ['systemd', { files: { '/proc/1/comm': 'init\n' }, programs: ['systemctl'], exists: ['/run/systemd/system'] }],
    ['systemd', { files: { '/proc/1/comm': 'bash\n' }, programs: ['systemctl'], links: { '/sbin/init': '/lib/systemd/systemd' } }],
    ['openrc', { files: { '/proc/1/comm': 'init\n' }, exists: ['/sbin/openrc', '/etc/init.d'] }],
    ['sysvinit', { files: { '/proc/1/comm': 'init\n' }, exists: ['/etc/init.d'] }],
    ['runit', { files: { '/proc/1/comm': 'runit-init\n' } }],
    ['service', { files: { '/proc/1/comm': 'sh\n' } }],
    ['bsdinit', { system: 'FreeBSD', said: { first_process: '/sbin/init\n' } }],
    ['launchd', { system: 'Darwin', said: { first_process: '/sbin/launchd\n' } }],
  ] as const satisfies readonly (readonly [string, Host])[]) {
    it(`are run by ${kind} where ${JSON.stringify(host)}`, () => {
      assert.deepEqual(pick(host, 'service_mgr'), [kind]);
    });
  }
});

describe('what else a system says', () => {
  it('of its kernel’s command line is the last value, and all of them', () => {
    const [last, all] = pick({ files: { '/proc/cmdline': 'quiet console=tty0 console=ttyS0 root="a b"\n' } }, 'cmdline', 'proc_cmdline');

    assert.deepEqual(last, { quiet: true, console: 'ttyS0', root: '"a b"' });
    assert.deepEqual(all, { quiet: true, console: ['tty0', 'ttyS0'], root: '"a b"' });
  });

  it('of its resolver is a list of each kind', () => {
    const text = '# made by hand\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nsearch a.example b.example\noptions ndots:2 rotate\n';

    assert.deepEqual(pick({ files: { '/etc/resolv.conf': text } }, 'dns'), [
      { nameservers: ['10.0.0.1', '10.0.0.2'], search: ['a.example', 'b.example'], options: { ndots: '2', rotate: true } },
    ]);
  });

  it('of its environment keeps newlines', () => {
    assert.deepEqual(pick({ said: { environment: 'A=1\nB=x\ny z\nC=' } }, 'env'), [{ A: '1', B: 'x\ny z', C: '' }]);
  });

  it('of its clock is in its zone and in UTC, with the name of the zone in summer', () => {
    const date = '2026 11 21 10 36 00 Saturday 6 46 1795253760 CET +0100 169642123 325';

    const [time] = pick({ said: { date, zone_1: '+0100 CET', zone_2: '+0200 CEST' } }, 'date_time') as [Record<string, string>];

    assert.deepEqual(
      [time.date, time.time, time.iso8601, time.iso8601_micro, time.iso8601_basic_short, time.tz, time.tz_dst, time.tz_offset],
      ['2026-11-21', '10:36:00', '2026-11-21T09:36:00Z', '2026-11-21T09:36:00.169642Z', '20261121T103600', 'CET', 'CEST', '+0100'],
    );
  });

  it('of SELinux needs its library', () => {
    const enforcing = {
      '/sys/fs/selinux/enforce': '1',
      '/sys/fs/selinux/policyvers': '33',
      '/etc/selinux/config': 'SELINUX=enforcing\nSELINUXTYPE=targeted\n',
    };

    assert.deepEqual(pick({ said: { selinux_library: '/lib64/libselinux.so.1' }, files: enforcing }, 'selinux'), [
      { status: 'enabled', policyvers: 33, config_mode: 'enforcing', mode: 'enforcing', type: 'targeted' },
    ]);
    assert.deepEqual(pick({ files: enforcing }, 'selinux', 'selinux_python_present'), [
      { status: 'Missing selinux Python library' },
      false,
    ]);
  });

  it('of its volumes is told by the tools', () => {
    const slow = [
      'vgs   vg0,1,2,0,wz--n-,99.50,10.25',
      'lvs   root,vg0,-wi-ao----,50.00,,,,,,',
      'pvs   /dev/sda2,vg0,lvm2,a--,99.50,10.25',
      'lvm asked',
    ];

    assert.deepEqual(pick({ slow }, 'lvm'), [
      {
        vgs: { vg0: { size_g: '99.50', free_g: '10.25', num_lvs: '2', num_pvs: '1' } },
        lvs: { root: { size_g: '50.00', vg: 'vg0' } },
        pvs: { '/dev/sda2': { size_g: '99.50', free_g: '10.25', vg: 'vg0' } },
      },
    ]);
  });
});
