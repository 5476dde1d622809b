// Where inventories come from: YAML, directories, scripts, host lists, and the files of variables beside them.
import assert from 'node:assert/strict';
import { chmod, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { FaultsError } from '#src/base/errors';
import type { Position } from '#src/base/position';
import { dict, toJson, type Value } from '#src/base/value';
import { Inventory } from '#src/inventory/inventory';
import { inventoryGraph, inventoryList } from '#src/inventory/listing';
import { isAlive } from '../support/alive.js';
import { withFiles } from './temporary.js';
import { VARS_VAULT } from './vaults.js';

const varsOf = (inventory: Inventory, host: string, playbookDirectory?: string): unknown =>
  JSON.parse(JSON.stringify(toJson(inventory.varsOf(host, { playbookDirectory }))));

describe('a YAML inventory', () => {
  it('has hosts, children and vars', async () => {
    const text =
      'all:\n  vars: {a: all}\n  children:\n    web:\n      vars: {a: web}\n      hosts:\n        web[1:2]: {id: 5}\n        solo:\n';
    await withFiles({ 'site.yml': text }, async (directory) => {
      const inventory = await Inventory.load(['site.yml'], { cwd: directory });

      assert.deepEqual(inventory.hostsOf('web'), ['web1', 'web2', 'solo']);
      assert.deepEqual(varsOf(inventory, 'web2'), { a: 'web', id: 5 });
      assert.deepEqual(varsOf(inventory, 'solo'), { a: 'web' });
    });
  });

  it('tells all faults with their places', async () => {
    const text = 'all:\n  host:\n    a:\n  children:\n    web:\n      hosts: [a, b]\n    db:\n      hosts:\n        d[3:1]:\n';
    await withFiles({ 'site.yml': text }, async (directory) => {
      await assert.rejects(Inventory.load(['site.yml'], { cwd: directory }), (error) => {
        assert.ok(error instanceof FaultsError);
        const places = error.faults.map(({ code, where }) => `${(where as Position).line}:${(where as Position).column} ${code}`);
        assert.deepEqual(places.sort(), ['2:3 INVENTORY_SYNTAX', '6:14 INVENTORY_SYNTAX', '9:9 INVENTORY_RANGE']);
        return true;
      });
    });
  });

  it('refuses plugins, saying where', async () => {
    await withFiles({ 'plugin.yml': 'plugin: aws_ec2\n' }, async (directory) => {
      await assert.rejects(Inventory.load(['plugin.yml'], { cwd: directory }), { code: 'INVENTORY_PLUGIN', message: /aws_ec2/ });
    });
  });
});

describe('variables', () => {
  const FILES = {
    'inventory/hosts':
      '[web]\nw k=line l=line\n[prod:children]\nweb\n[all:vars]\na=ini\nb=ini\n[prod:vars]\nb=ini-prod\nc=ini-prod\n[web:vars]\nc=ini-web\nd=ini-web\n',
    'inventory/group_vars/all.yml': 'd: all-file\ne: all-file\n',
    'inventory/group_vars/prod.yml': 'e: prod-file\nf: prod-file\n',
    'inventory/group_vars/web/a.yml': 'f: web-file\ng: web-a\n',
    'inventory/group_vars/web/b.yml': 'g: web-b\nk: web-file\n',
    'inventory/host_vars/w.yml': 'l: host-file\nm: host-file\n',
    'play/group_vars/all.yml': 'e: play-all\nn: play-all\n',
    'play/group_vars/web.json': '{"g": "play-web"}',
    'play/host_vars/w': 'm: play-host\n',
  };

  it('of sources come before those of files, and those of hosts win', async () => {
    await withFiles(FILES, async (directory) => {
      const inventory = await Inventory.load(['inventory/hosts'], { cwd: directory });

      assert.deepEqual(varsOf(inventory, 'w'), {
        a: 'ini',
        b: 'ini-prod',
        c: 'ini-web',
        d: 'all-file',
        e: 'prod-file',
        f: 'web-file',
        g: 'web-b',
        k: 'line',
        l: 'host-file',
        m: 'host-file',
      });
    });
  });

  it('beside the playbook win over those beside the inventory, level by level', async () => {
    await withFiles(FILES, async (directory) => {
      const inventory = await Inventory.load(['inventory/hosts'], { cwd: directory });

      assert.deepEqual(varsOf(inventory, 'w', path.join(directory, 'play')), {
        a: 'ini',
        b: 'ini-prod',
        c: 'ini-web',
        d: 'all-file',
        e: 'prod-file',
        f: 'web-file',
        g: 'play-web',
        k: 'line',
        l: 'host-file',
        m: 'play-host',
        n: 'play-all',
      });
    });
  });

  it('follow ansible_group_priority among groups of one depth', async () => {
    await withFiles({ hosts: '[a]\nh\n[b]\nh\n[a:vars]\nv=a\nansible_group_priority=10\n[b:vars]\nv=b\n' }, async (directory) => {
      const inventory = await Inventory.load(['hosts'], { cwd: directory });

      assert.deepEqual(varsOf(inventory, 'h'), { v: 'a' });
    });
  });

  it('in a file that is no map, or encrypted, are refused when asked for', async () => {
    const files = { hosts: '[web]\nw\n[db]\nd\n', 'group_vars/web.yml': '- a\n', 'host_vars/d.yml': VARS_VAULT };
    await withFiles(files, async (directory) => {
      const inventory = await Inventory.load(['hosts'], { cwd: directory });

      assert.throws(() => inventory.varsOf('w'), { code: 'INVENTORY_SYNTAX' });
      assert.throws(() => inventory.varsOf('d'), { code: 'VAULT_NO_PASSWORD' });
    });
  });
});

describe('a source', () => {
  it('that is a list needs no file', async () => {
    const inventory = await Inventory.load(['one, two:2222,[2001:db8::1]:22,']);

    assert.deepEqual([...inventory.hosts.keys()], ['one', 'two', '2001:db8::1']);
    assert.deepEqual(varsOf(inventory, 'two'), { ansible_port: 2222 });
    assert.deepEqual(inventory.hostsOf('ungrouped'), ['one', 'two', '2001:db8::1']);
  });

  it('that is a directory is all its files, in order, but those ignored', async () => {
    const files = {
      'd/2_later': '[web]\nb v=2\n',
      'd/1_first.yml': 'web: {hosts: {a: , b: {v: 1}}}\n',
      'd/x.ini': 'no\n',
      'd/y.bak': 'no\n',
      'd/.z': 'no\n',
      'd/group_vars/web.yml': 'g: 1\n',
    };
    await withFiles(files, async (directory) => {
      const inventory = await Inventory.load(['d'], { cwd: directory });

      assert.deepEqual([...inventory.hosts.keys()], ['a', 'b']);
      assert.deepEqual(varsOf(inventory, 'b'), { g: 1, v: 2 });
    });
  });

  it('that is a script is asked for --list, and for each host where there is no _meta', async () => {
    const files = {
      'meta.sh': `#!/bin/sh\n[ "$1" = --list ] || exit 9\necho '{"web": {"hosts": ["w"], "vars": {"a": 1}}, "_meta": {"hostvars": {"w": {"b": 2}}}}'\n`,
      'plain.sh': `#!/bin/sh\nif [ "$1" = --list ]; then echo '{"web": ["w"], "top": {"children": ["web"]}}'; else echo "{\\"name\\": \\"$2\\"}"; fi\n`,
    };
    await withFiles(files, async (directory) => {
      assert.deepEqual(varsOf(await Inventory.load(['meta.sh'], { cwd: directory }), 'w'), { a: 1, b: 2 });

      const plain = await Inventory.load(['plain.sh'], { cwd: directory });
      assert.deepEqual(varsOf(plain, 'w'), { name: 'w' });
      assert.deepEqual(plain.hostsOf('top'), ['w']);
    });
  });

  it('that is a script which does not end is ended with all it started, and what it said is told', async () => {
    const files = { 'slow.sh': '#!/bin/sh\necho looking up >&2\nsleep 60 &\necho $! > "$0.pid"\nwait\n' };
    await withFiles(files, async (directory) => {
      const started = Inventory.load(['slow.sh'], { cwd: directory, scriptTimeoutMs: 300 });

      await assert.rejects(started, { code: 'INVENTORY_SCRIPT', message: /did not end within 0\.3 s\nlooking up/ });
      const pid = Number(await readFile(path.join(directory, 'slow.sh.pid'), 'utf8'));
      // The signal was sent before the error; it arrives when the system gets to it.
      const deadline = Date.now() + 5_000;
      while (isAlive(pid) && Date.now() < deadline) await setTimeout(5);
      assert.equal(isAlive(pid), false);
    });
  });

  it('that is a script ends when the run is interrupted', async () => {
    await withFiles({ 'slow.sh': '#!/bin/sh\nsleep 60\n' }, async (directory) => {
      const load = Inventory.load(['slow.sh'], { cwd: directory, signal: AbortSignal.abort() });

      await assert.rejects(load, { code: 'INVENTORY_SCRIPT', message: /interrupted/ });
    });
  });

  it('that begins like a script must be one that may be run', async () => {
    await withFiles({ 'inv.sh': '#!/bin/sh\n' }, async (directory) => {
      await chmod(path.join(directory, 'inv.sh'), 0o644);

      await assert.rejects(Inventory.load(['inv.sh'], { cwd: directory }), { code: 'INVENTORY_SCRIPT', fix: /chmod \+x/ });
    });
  });

  it('that says nothing by its name is YAML where it begins like YAML, and ini otherwise', async () => {
    const files = {
      yaml: '---\nweb: {hosts: {w1: }}\n',
      map: '# web\nweb:\n  hosts:\n    w1:\n',
      ini: 'w1 url="http://a: b"\n',
      bad: 'web:\n  hosts: [w1]\n',
    };
    await withFiles(files, async (directory) => {
      const load = async (name: string): Promise<Inventory> => await Inventory.load([name], { cwd: directory });

      assert.deepEqual((await load('yaml')).hostsOf('web'), ['w1']);
      assert.deepEqual((await load('map')).hostsOf('web'), ['w1']);
      assert.deepEqual(varsOf(await load('ini'), 'w1'), { url: 'http://a: b' });
      await assert.rejects(load('bad'), { code: 'INVENTORY_SYNTAX', message: /map/ });
    });
  });

  it('in TOML or for a plugin is refused by name', async () => {
    await withFiles({ 'h.toml': '[web]\n', 'h.yml': 'plugin: amazon.aws.aws_ec2\nregions: [x]\n' }, async (directory) => {
      await assert.rejects(Inventory.load(['h.toml'], { cwd: directory }), { code: 'INVENTORY_PLUGIN', message: /TOML/ });
      await assert.rejects(Inventory.load(['h.yml'], { cwd: directory }), { code: 'INVENTORY_PLUGIN', message: /amazon\.aws\.aws_ec2/ });
    });
  });

  it('that is a failing script is an error', async () => {
    await withFiles(
      { 'fail.sh': '#!/bin/sh\necho no such cloud >&2\nexit 3\n', 'noise.sh': '#!/bin/sh\necho hello\n' },
      async (directory) => {
        await assert.rejects(Inventory.load(['fail.sh'], { cwd: directory }), {
          code: 'INVENTORY_SCRIPT',
          message: /exited with 3\nno such cloud$/,
        });
        await assert.rejects(Inventory.load(['noise.sh'], { cwd: directory }), { code: 'INVENTORY_SCRIPT' });
      },
    );
  });

  it('that is missing is an error that says what to do', async () => {
    await assert.rejects(Inventory.load(['/nowhere/hosts']), { code: 'INVENTORY_NOT_FOUND', fix: /comma/ });
  });

  it('is encrypted: refused', async () => {
    await withFiles({ hosts: VARS_VAULT }, async (directory) => {
      await assert.rejects(Inventory.load(['hosts'], { cwd: directory }), { code: 'VAULT_NO_PASSWORD' });
    });
  });
});

describe('variables of this machine', () => {
  it('are those of all, of host_vars, and how it is reached', async () => {
    const files = {
      hosts: 'w1\n[all:vars]\na=1\n',
      'group_vars/all.yml': 'b: 2\n',
      'host_vars/localhost.yml': 'c: 3\n',
      'play/group_vars/all.yml': 'd: 4\n',
    };
    await withFiles(files, async (directory) => {
      const inventory = await Inventory.load(['hosts'], { cwd: directory });

      assert.deepEqual(varsOf(inventory, 'localhost', path.join(directory, 'play')), {
        a: 1,
        b: 2,
        ansible_connection: 'local',
        c: 3,
        d: 4,
      });
    });
  });
});

describe('this machine', () => {
  it('needs no inventory', async () => {
    const inventory = await Inventory.load(['a,']);

    const [localhost] = inventory.select('localhost');

    assert.deepEqual(localhost?.vars, dict({ ansible_connection: 'local' } as Record<string, Value>));
    assert.deepEqual(
      inventory.select('all').map((host) => host.name),
      ['a'],
    );
  });
});

describe('a listing', () => {
  it('has groups and variables as ansible-inventory shows them', async () => {
    await withFiles({ hosts: 'lonely\n[web]\nw a=1\n[prod:children]\nweb\n' }, async (directory) => {
      const inventory = await Inventory.load(['hosts'], { cwd: directory });

      assert.deepEqual(JSON.parse(JSON.stringify(toJson(inventoryList(inventory)))), {
        _meta: { hostvars: { w: { a: 1 } } },
        all: { children: ['ungrouped', 'prod'] },
        ungrouped: { hosts: ['lonely'] },
        prod: { children: ['web'] },
        web: { hosts: ['w'] },
      });
      assert.equal(inventoryGraph(inventory), '@all:\n  |--@ungrouped:\n  |  |--lonely\n  |--@prod:\n  |  |--@web:\n  |  |  |--w\n');
    });
  });
});
