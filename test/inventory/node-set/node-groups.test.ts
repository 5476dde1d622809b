// Groups of node sets from an inventory and from ClusterShell's configuration: who is asked, and what is refused.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { Inventory } from '#src/inventory/inventory';
import { clusterShellDirectories, readClusterShellSources } from '#src/inventory/node-set/clustershell-config';
import { NodeGroups } from '#src/inventory/node-set/node-groups';
import { withFiles } from '../temporary.js';
import { SITE } from './site.js';

const HOSTS = '[web]\nweb[01:04]\n[db]\ndb1\n[prod:children]\nweb\ndb\n';
const NOWHERE = { inventory: async () => await Promise.resolve(undefined), clusterShell: async () => await readClusterShellSources([]) };

async function withGroups<T>(
  files: Readonly<Record<string, string>>,
  use: (groups: NodeGroups, directory: string) => Promise<T>,
  more: { readonly defaultSource?: string } = {},
): Promise<T> {
  return await withFiles({ ...files, 'hosts.ini': HOSTS }, async (directory) => {
    const inventory = async () => await Inventory.load(['hosts.ini'], { cwd: directory });
    return await use(
      new NodeGroups({ inventory, clusterShell: async () => await readClusterShellSources([directory]), ...more }),
      directory,
    );
  });
}

/** The groups of a configuration alone. */
async function withConfig<T>(
  files: Readonly<Record<string, string>>,
  use: (groups: NodeGroups) => Promise<T>,
  options: object = {},
): Promise<T> {
  return await withFiles(files, async (directory) => {
    return await use(new NodeGroups({ ...NOWHERE, clusterShell: async () => await readClusterShellSources([directory], options) }));
  });
}

describe('groups of an inventory', () => {
  it('are meant by @group, and those of ClusterShell by @source:group beside them', async () => {
    const folded = await withGroups(SITE, async (groups) => (await groups.read('@web!web02,@racks:rack2,@inventory:db')).toString());

    assert.equal(folded, 'db1,example[4-5],web[01,03-04]');
  });

  it('give all hosts for @* and wildcards', async () => {
    await withGroups({}, async (groups) => {
      assert.equal((await groups.read('@*')).toString(), 'db1,web[01-04]');
      assert.equal((await groups.read('w*&web[03-09]')).toString(), 'web[03-04]');
    });
  });

  it('are written instead of their hosts by regroup, the largest first', async () => {
    await withGroups({}, async (groups) => {
      assert.equal(await groups.regroup(await groups.read('@prod!web01')), '@db,web[02-04]');
      assert.equal(await groups.regroup(await groups.read('@prod,x1')), '@all,x1');
    });
  });

  it('give way to another source when that is the default', async () => {
    await withGroups(SITE, async (groups) => assert.equal((await groups.read('@rack2')).toString(), 'example[4-5]'), {
      defaultSource: 'racks',
    });
  });

  it('need no configuration of ClusterShell that can be read', async () => {
    await withGroups({ 'groups.conf': '[broken' }, async (groups) => {
      assert.equal((await groups.read('@db')).toString(), 'db1');
      await assert.rejects(groups.read('@local:x'), { code: 'NODE_SET_CONFIG' });
    });
  });
});

describe('a group that cannot be found', () => {
  it('is refused with the name that was most likely meant', async () => {
    await withGroups(SITE, async (groups) => {
      await assert.rejects(groups.read('n1,@wbe', '--nodes'), {
        code: 'NODE_SET_GROUP',
        message: 'The source inventory has no group `wbe`',
        fix: 'Did you mean `web`?',
        where: { file: '--nodes', line: 1, column: 4, lineText: 'n1,@wbe' },
      });
      await assert.rejects(groups.read('@local:oi'), { code: 'NODE_SET_GROUP', fix: 'Did you mean `io`?' });
      await assert.rejects(groups.read('@rakcs:rack1'), { code: 'NODE_SET_GROUP', fix: 'Did you mean `racks`?' });
    });
  });

  it('is refused where there are no groups at all', async () => {
    await assert.rejects(new NodeGroups(NOWHERE).read('@web'), { code: 'NODE_SET_GROUP', message: 'There are no groups' });
  });

  it('is not looked for by a source that can only be asked for one by name', async () => {
    await withConfig({ 'groups.conf': '[a]\nmap: echo n1\n' }, async (groups) => {
      assert.equal((await groups.read('@x')).toString(), 'n1');
      await assert.rejects(groups.read('@@a'), { code: 'NODE_SET_GROUP', message: /cannot say which groups/ });
      await assert.rejects(groups.read('@*'), { code: 'NODE_SET_GROUP', message: /cannot say which groups/ });
    });
  });
});

describe('a command that knows groups', () => {
  it('is asked once for each question', async () => {
    await withFiles({ 'groups.conf': '[a]\nmap: echo $GROUP >> $CFGDIR/log; echo n1\n' }, async (directory) => {
      const groups = new NodeGroups({ ...NOWHERE, clusterShell: async () => await readClusterShellSources([directory]) });

      await groups.read('@x,@y,@x');
      await groups.read('@y');

      assert.equal(await readFile(`${directory}/log`, 'utf8'), 'x\ny\n');
    });
  });

  it('never sees a name that a shell would read as more', async () => {
    await withConfig({ 'groups.conf': '[a]\nmap: echo $GROUP\n' }, async (groups) => {
      for (const name of ['$(id)', '`id`', 'x;id', "x'y", '-n', 'a/b', 'x|y', 'x>y'])
        await assert.rejects(groups.read(`@${name}`), { code: 'NODE_SET_GROUP' }, name);
    });
  });

  it('is an error with its own words when it fails', async () => {
    await withConfig(SITE, async (groups) => {
      await assert.rejects(groups.read('@one:bad'), { code: 'NODE_SET_SOURCE', message: 'The group source one failed: no such thing' });
    });
  });

  it('is ended with all it has started when it takes too long, or when somebody interrupts', async () => {
    const files = { 'groups.conf': '[a]\nmap: sleep 600 | cat\n' };
    const left = new AbortController();

    const late = withConfig(files, async (groups) => await groups.read('@x'), { timeoutMs: 100 });
    const interrupted = withConfig(files, async (groups) => await groups.read('@x'), { signal: left.signal });

    await assert.rejects(late, { code: 'NODE_SET_SOURCE', message: /no answer within 100 ms/ });
    left.abort(new Error('left'));
    await assert.rejects(interrupted, { message: 'left' });
  });
});

describe("ClusterShell's configuration", () => {
  it('is looked for where ClusterShell does, the last winning', () => {
    assert.deepEqual(clusterShellDirectories({ HOME: '/home/ann', CLUSTERSHELL_CFGDIR: '/opt/cs' }), [
      '/etc/clustershell',
      '/home/ann/.local/etc/clustershell',
      '/home/ann/.config/clustershell',
      '/opt/cs',
    ]);
    assert.deepEqual(clusterShellDirectories({ XDG_CONFIG_HOME: '/x' }), ['/etc/clustershell', '/x/clustershell']);
  });

  it('is merged from several directories, option by option', async () => {
    const files = {
      'a/groups.conf': '[Main]\ndefault: two\n[one]\nmap: echo n1\n[two]\nmap: echo n2\n',
      'b/groups.conf': '[one]\nmap: echo m1\n',
    };

    const read = await withFiles(files, async (directory) => {
      const clusterShell = async () => await readClusterShellSources(['a', 'none', 'b'].map((name) => `${directory}/${name}`));
      return (await new NodeGroups({ ...NOWHERE, clusterShell }).read('@x,@one:x')).toString();
    });

    assert.equal(read, 'm1,n2');
  });

  const faults: readonly [string, Readonly<Record<string, string>>, RegExp][] = [
    ['a source without map', { 'groups.conf': '[a]\nlist: echo\n' }, /no option map/],
    ['an option twice', { 'groups.conf': '[a]\nmap: x\nMAP: y\n' }, /twice/],
    ['a section twice', { 'groups.conf': '[a]\nmap: x\n[a]\nmap: x\n' }, /twice/],
    ['a line that is nothing', { 'groups.conf': '[a]\nmap\n' }, /neither/],
    ['an option before any section', { 'groups.conf': 'map: x\n' }, /no section/],
    ['a default that is not there', { 'groups.conf': '[Main]\ndefault: b\n[a]\nmap: x\n' }, /default group source b/],
    ['two sources of one name', { 'groups.conf': '[Main]\nautodir: $CFGDIR\n[a]\nmap: x\n', 'x.yaml': 'a: {g: n1}' }, /two group sources/],
    ['a group that is a number', { 'groups.conf': '[Main]\nautodir: $CFGDIR\n', 'x.yaml': 'a: {g: 5}' }, /no text/],
    ['a file that is a list', { 'groups.conf': '[Main]\nautodir: $CFGDIR\n', 'x.yaml': '- a' }, /no map/],
  ];
  for (const [name, files, message] of faults) {
    it(`refuses ${name}`, async () => {
      await assert.rejects(
        withConfig(files, async (groups) => await groups.read('@a:g')),
        { code: 'NODE_SET_CONFIG', message },
      );
    });
  }
});
