// Facts made of what other kinds of hosts say.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toJson } from '#src/base/value';
import { factsOf } from '#src/modules/facts';

const facts = (values: Record<string, string>) =>
  toJson(factsOf({ bodies: [], values: new Map(Object.entries(values)) })) as Record<string, unknown>;

describe('factsOf', () => {
  it('names distributions and families as Ansible does', () => {
    const distribution = (values: Record<string, string>) => {
      const found = facts({ uname_s: 'Linux', uname_r: '6.1', ...values });
      return ['distribution', 'distribution_version', 'distribution_major_version', 'distribution_release', 'os_family'].map(
        (name) => found[`ansible_${name}`],
      );
    };

    assert.deepEqual(distribution({ os_release: 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n', debian_version: '12.11\n' }), [
      'Debian',
      '12.11',
      '12',
      'bookworm',
      'Debian',
    ]);
    assert.deepEqual(
      distribution({ os_release: 'ID=ubuntu\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\n', debian_version: 'bookworm/sid' }),
      ['Ubuntu', '22.04', '22', 'jammy', 'Debian'],
    );
    assert.deepEqual(distribution({ os_release: 'ID="rocky"\nVERSION_ID="9.3"\nVERSION="9.3 (Blue Onyx)"\n' }), [
      'Rocky',
      '9.3',
      '9',
      'Blue Onyx',
      'RedHat',
    ]);
    assert.deepEqual(distribution({ os_release: 'ID=alpine\nVERSION_ID=3.19.1\n', alpine_release: '3.19.1' }), [
      'Alpine',
      '3.19.1',
      '3',
      'NA',
      'Alpine',
    ]);
    assert.deepEqual(
      distribution({ os_release: 'ID=pop\nNAME="Pop!_OS"\nID_LIKE="ubuntu debian"\nVERSION_ID="22.04"\n' }).at(-1),
      'Debian',
    );
    assert.deepEqual(distribution({ uname_s: 'FreeBSD', uname_r: '14.0-RELEASE' }), [
      'FreeBSD',
      '14.0-RELEASE',
      '14',
      '14.0-RELEASE',
      'FreeBSD',
    ]);
    assert.deepEqual(distribution({ uname_s: 'Darwin', uname_r: '23.1.0', sw_vers: 'ProductVersion:\t14.1' }), [
      'MacOSX',
      '14.1',
      '14',
      '23.1.0',
      'Darwin',
    ]);
  });

  it('counts processors, cores and threads', () => {
    const cpu = (id: number) => `processor\t: ${id}\nphysical id\t: ${id % 2}\nsiblings\t: 4\ncpu cores\t: 2\n\n`;

    const found = facts({
      cpuinfo: [0, 1, 2, 3, 4, 5, 6, 7].map(cpu).join(''),
      meminfo: 'MemTotal:       2048000 kB\nSwapTotal: 1024 kB\n',
    });

    assert.deepEqual(
      ['processor_count', 'processor_cores', 'processor_threads_per_core', 'processor_vcpus', 'memtotal_mb', 'swaptotal_mb'].map(
        (name) => found[`ansible_${name}`],
      ),
      [2, 2, 2, 8, 2000, 1],
    );
  });

  it('reads addresses from ifconfig where there is no ip', () => {
    const found = facts({
      ifconfig:
        'lo0: flags=8049<UP>\n\tinet 127.0.0.1 netmask 0xff000000\nem0: flags=8843<UP>\n\tinet 10.0.0.5 netmask 0xffffff00 broadcast 10.0.0.255\n',
    });

    assert.deepEqual([found.ansible_interfaces, found.ansible_all_ipv4_addresses], [['lo0', 'em0'], ['10.0.0.5']]);
    assert.equal((found.ansible_em0 as { ipv4: { network: string } }).ipv4.network, '10.0.0.0');
  });

  it('keeps the newlines of a variable of the environment', () => {
    assert.deepEqual({ ...(facts({ env: 'A=1\nB=x\ny z\nC=' }).ansible_env as object) }, { A: '1', B: 'x\ny z', C: '' });
  });
});
