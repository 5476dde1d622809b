// What tools of a host print, read: services, packages, sections of INI files. The samples are as these tools print them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toJson } from '#src/base/value';
import { PACKAGE_TOOLS, packagesByName } from '#src/modules/packages/package-lists';
import { chkconfigServices, openrcServices, rcctlServices, systemdServices, sysvServices } from '#src/modules/services/service-lists';
import { hasSections, readSection, writeSection } from '#src/modules/texts/ini-sections';

const json = (value: Parameters<typeof toJson>[0]): unknown => JSON.parse(JSON.stringify(toJson(value)));

describe('lists of services', () => {
  it('are read from systemd', () => {
    const units = `  UNIT            LOAD      ACTIVE   SUB     DESCRIPTION
  cron.service    loaded    active   running Regular jobs
  once.service    loaded    active   exited  Once
● gone.service    not-found inactive dead    gone.service
● bad.service     loaded    failed   failed  Broken
LOAD   = Reflects whether the unit definition was properly loaded.
`;
    const files = `UNIT FILE       STATE    PRESET
cron.service    enabled  enabled
once.service    static   -
getty@.service  enabled  enabled
other.service   disabled enabled

5 unit files listed.
`;

    const services = systemdServices(units, files, 'other.service inactive');

    const entry = (name: string, state: string, status: string) => [name, { name, state, status, source: 'systemd' }];
    assert.deepEqual(
      json(services),
      Object.fromEntries([
        entry('cron.service', 'running', 'enabled'),
        entry('once.service', 'stopped', 'static'),
        entry('gone.service', 'stopped', 'not-found'),
        entry('bad.service', 'stopped', 'failed'),
        entry('getty@.service', 'unknown', 'enabled'),
        entry('other.service', 'inactive', 'disabled'),
      ]),
    );
  });

  it('are read from init scripts, chkconfig, OpenRC and OpenBSD', () => {
    assert.deepEqual(json(sysvServices(' [ + ]  ssh\n [ - ]  x11 common\n [ ? ]  hwclock\n')), {
      ssh: { name: 'ssh', state: 'running', source: 'sysv' },
      'x11 common': { name: 'x11 common', state: 'stopped', source: 'sysv' },
    });
    assert.deepEqual(
      json(
        chkconfigServices(
          'sshd\t0:off\t1:off\t2:on\t3:on\t4:on\t5:on\t6:off\nnet  0:off 1:off 2:off 3:off 4:off 5:off 6:off\n',
          'sshd running',
        ),
      ),
      {
        sshd: { name: 'sshd', state: 'running', status: 'enabled', source: 'sysv' },
        net: { name: 'net', state: 'stopped', status: 'disabled', source: 'sysv' },
      },
    );
    assert.deepEqual(
      json(openrcServices('Runlevel: default\n sshd   [  started  ]\n acpid  [  stopped  ]\n', '  sshd | boot default\n acpid |\n')),
      {
        sshd: { name: 'sshd', state: 'started', source: 'openrc', runlevels: ['boot', 'default'] },
        acpid: { name: 'acpid', state: 'stopped', source: 'openrc', runlevels: null },
      },
    );
    assert.deepEqual(json(rcctlServices('a\nb\nc\n', 'a\nb\n', 'a\n', 'b\n')), {
      a: { name: 'a', state: 'running', source: 'rcctl', status: 'enabled' },
      b: { name: 'b', state: 'failed', source: 'rcctl', status: 'enabled' },
      c: { name: 'c', state: 'stopped', source: 'rcctl', status: 'disabled' },
    });
  });
});

describe('lists of packages', () => {
  const read = (name: string, text: string): unknown => {
    const tool = PACKAGE_TOOLS.find((one) => one.name === name);
    assert.ok(tool);
    return json(packagesByName(tool, text));
  };
  const CASES: readonly (readonly [tool: string, text: string, packages: unknown])[] = [
    [
      'apt',
      'libc6:amd64\t2.36\tamd64\tlibs\tinstalled\nlibc6:i386\t2.36\ti386\tlibs\tinstalled\nold\t1\tall\tmisc\tconfig-files\n',
      { libc6: ['amd64', 'i386'].map((arch) => ({ name: 'libc6', version: '2.36', arch, category: 'libs', source: 'apt' })) },
    ],
    [
      'rpm',
      'bash\t5.1\t6.el9\t(none)\tx86_64\nkey\t1\t2\t1\t(none)\n',
      {
        bash: [{ name: 'bash', version: '5.1', release: '6.el9', epoch: null, arch: 'x86_64', source: 'rpm' }],
        key: [{ name: 'key', version: '1', release: '2', epoch: 1, arch: null, source: 'rpm' }],
      },
    ],
    [
      'apk',
      'ca-certificates-20230506-r0\nx\n',
      { 'ca-certificates': [{ name: 'ca-certificates', version: '20230506', release: 'r0', source: 'apk' }] },
    ],
    [
      'pacman',
      'Name            : bash\nVersion         : 5.2-1\nArchitecture    : x86_64\nProvides        : sh  posix=1\n\n',
      { bash: [{ name: 'bash', version: '5.2-1', arch: 'x86_64', provides: ['sh', 'posix'], source: 'pacman' }] },
    ],
    [
      'portage',
      'app-shells bash 5.2 r1\n',
      { bash: [{ category: 'app-shells', name: 'bash', version: '5.2', ebuild_revision: 'r1', source: 'portage' }] },
    ],
    [
      'pkg',
      'bash\t5.2\tFreeBSD\tFreeBSD:13:amd64\n',
      { bash: [{ name: 'bash', version: '5.2', origin: 'FreeBSD', arch: 'amd64', source: 'pkg' }] },
    ],
    ['pkg_info', 'bash-5.2p1        GNU shell\n', { bash: [{ name: 'bash', version: '5.2p1', source: 'pkg_info' }] }],
  ];
  for (const [tool, text, packages] of CASES) it(`are read from ${tool}`, () => assert.deepEqual(read(tool, text), packages));
});

describe('sections', () => {
  const FILE = '# mine\n[a]\nName = one\nbaseurl: x\n\ty\n\n[b]\nc = d\n';

  it('are read with values of several lines', () => {
    assert.deepEqual(
      readSection(FILE, 'a'),
      new Map([
        ['name', 'one'],
        ['baseurl', 'x\ny'],
      ]),
    );
    assert.equal(readSection(FILE, 'c'), undefined);
  });

  it('are written in their place, and taken out', () => {
    const wanted = new Map([['baseurl', 'x\nz']]);

    assert.equal(writeSection(FILE, 'a', wanted), '# mine\n[a]\nbaseurl = x\n\tz\n\n[b]\nc = d\n');
    assert.equal(writeSection(FILE, 'e', wanted), `${FILE}\n[e]\nbaseurl = x\n\tz\n\n`);
    assert.equal(writeSection('', 'e', wanted), '[e]\nbaseurl = x\n\tz\n\n');
    assert.equal(writeSection(FILE, 'a', undefined), '# mine\n[b]\nc = d\n');
    assert.equal(hasSections('# [a]\n'), false);
  });
});
