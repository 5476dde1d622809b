// --nodes and --exclude-nodes: hosts chosen as ClusterShell writes them, beside patterns and never blended with them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withFiles } from '../inventory/temporary.ts';
import { call } from './fake-context.ts';

const INVENTORY = '[web]\nweb[01:04] greeting=hello\n[web:vars]\nansible_connection=local\n';
const LOCAL = ['-e', 'ansible_connection=local'] as const;

async function withInventory<T>(use: (cwd: string) => Promise<T>): Promise<T> {
  return await withFiles({ 'inventory.ini': INVENTORY }, use);
}

function listed(...names: string[]): string {
  return [`  hosts (${names.length}):`, ...names.map((name) => `    ${name}`), ''].join('\n');
}

describe('--nodes', () => {
  it('names hosts that need no inventory', async () => {
    const { code, stdout, stderr } = await call(['run', '-w', 'n[1-2],m1', ...LOCAL, '--', 'echo', 'hi']);

    assert.equal(stderr, '');
    assert.match(stdout, /^── m1,n\[1-2\] \(3\) · ok\nhi\n/);
    assert.equal(code, 0);
  });

  it('stands in for the pattern of every verb', async () => {
    const verbs = [
      ['run', 'uptime'],
      ['put', '/etc/hostname', '/tmp/'],
      ['get', '/etc/hostname', 'here/'],
      ['ping'],
      ['tunnel', '-L', '0:localhost:1'],
    ];

    for (const [verb = '', ...words] of verbs) {
      const { stdout, stderr } = await call([verb, '--nodes', 'n[1-2]', '-w', 'x', ...words, '--list-hosts']);

      assert.equal(stdout, listed('n1', 'n2', 'x'), `${verb}: ${stderr}`);
    }
  });

  it('leaves no room for a pattern', async () => {
    const ping = await call(['ping', 'web', '-w', 'n1', '--list-hosts']);
    const put = await call(['put', '-w', 'n1', '/etc/hostname', '--list-hosts']);

    assert.match(ping.stderr, /EXTRA_ARGUMENT/);
    assert.match(put.stderr, /`remote` is missing/);
  });

  it('takes hosts and variables of the inventory where it has them, and groups', async () => {
    await withInventory(async (cwd) => {
      const { stdout } = await call(['inventory', '-w', '@web!web[03-04],other'], { cwd });
      const { stdout: names } = await call(['ping', '-w', '@web&web[02-09]', '--list-hosts'], { cwd });

      assert.deepEqual(JSON.parse(stdout), {
        other: {},
        web01: { ansible_connection: 'local', greeting: 'hello' },
        web02: { ansible_connection: 'local', greeting: 'hello' },
      });
      assert.equal(names, listed('web02', 'web03', 'web04'));
    });
  });

  it('is read from left to right, where a pattern takes away last', async () => {
    await withInventory(async (cwd) => {
      const nodes = await call(['ping', '-w', 'web01!web01,web01', '--list-hosts'], { cwd });
      const pattern = await call(['ping', 'web01,!web01,web02', '--list-hosts'], { cwd });

      assert.equal(nodes.stdout, listed('web01'));
      assert.equal(pattern.stdout, listed('web02'));
    });
  });

  it('is never looked for in a pattern', async () => {
    await withInventory(async (cwd) => {
      const range = await call(['ping', 'web[01-02]', '--list-hosts'], { cwd });
      const group = await call(['ping', '@web', '--list-hosts'], { cwd });

      // The subscript of a group in an Ansible pattern: positions 1 and 2.
      assert.equal(range.stdout, listed('web02', 'web03'));
      assert.match(group.stderr, /PATTERN_NO_MATCH/);
    });
  });

  it('goes with no --limit, which is a pattern', async () => {
    const { code, stderr } = await call(['ping', '-w', 'n[1-3]', '-l', 'n1']);

    assert.equal(code, 1);
    assert.match(stderr, /BAD_FLAG[\s\S]*--limit n1[\s\S]*--exclude-nodes/);
  });

  it('refuses to work on nobody, on too many, and on what it cannot read', async () => {
    assert.match((await call(['ping', '-w', 'n1!n1'])).stderr, /NO_HOSTS/);
    assert.match((await call(['ping', '-w', 'n[1-99999999]'])).stderr, /NODE_SET_TOO_LARGE/);
    assert.match((await call(['ping', '-w', 'n[1-'])).stderr, /--nodes:1:2/);
    assert.equal((await call(['ping', '-w', 'n1!n1', '--allow-empty', '--list-hosts'])).stdout, listed());
  });
});

describe('--exclude-nodes', () => {
  it('takes hosts away from a node set or a pattern', async () => {
    await withInventory(async (cwd) => {
      const nodes = await call(['ping', '-w', 'n[1-5]', '-x', 'n2', '-x', 'n[4-9]', '--list-hosts'], { cwd });
      const pattern = await call(['ping', 'web', '-x', 'web[02-03],nobody', '--list-hosts'], { cwd });

      assert.equal(nodes.stdout, listed('n1', 'n3'));
      assert.equal(pattern.stdout, listed('web01', 'web04'));
    });
  });

  it('says so when it leaves nobody', async () => {
    await withInventory(async (cwd) =>
      assert.match((await call(['ping', 'web', '-x', '@web'], { cwd })).stderr, /NO_HOSTS[\s\S]*--exclude-nodes @web/),
    );
  });
});
