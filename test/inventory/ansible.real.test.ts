// Inventories and patterns, beside Ansible's own reading of them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, it } from 'node:test';
import { InputError } from '#src/base/errors';
import { toJson } from '#src/base/value';
import { Inventory } from '#src/inventory/inventory';
import { inventoryGraph, inventoryList } from '#src/inventory/listing';
import { needs } from '../support/real.js';
import { withFiles } from './temporary.js';

const SCRIPT = `#!/bin/sh
cat <<'END'
{"web": {"hosts": ["w1", "w2"], "vars": {"a": 1, "f": 1.5}}, "db": ["d1"], "prod": {"children": ["web", "db"]},
 "_meta": {"hostvars": {"w1": {"x": [1, {"y": null}]}}}}
END
`;

const FILES: Readonly<Record<string, string>> = {
  'plain.ini': `# comment
; another
lonely
10.0.0.1:2222 ansible_user=root
[web]
web[01:04].example.com port=80 name="quoted text" quoted='single' # trailing
web9 list=[1,2] dict="{'a': 1}" none=None yes=True no=False text=yes hex=0x1f octal=0o17 old=017 float=1.50 big=12345678901234567890
  indented weird=a=b empty= hash=a#b under=1_000 exp=1e3 neg=-5 tuple=(1,2) string="'5'" plus=+1
[db:children]
mysql
postgres
[mysql]
m[a:c]
[postgres]
p[0:6:2] id=7
web9
[db:vars]
port=5432
spaced = some text here
list=[1, 2, 'three']
commented=value # not a comment
quoted="kept"
number= 42
[all:vars]
everywhere=true
really=True
[prod:children]
web
db
[empty]
[2001]
[v6]
six ansible_host=::1
[2001:db8::1]:22
`,
  'tree.yml': `all:
  vars: {everywhere: 1, text: 'yes'}
  hosts:
    lonely:
    addressed: {ansible_host: 10.0.0.1, nested: {a: [1, 2.5, null, true]}}
  children:
    web:
      vars:
        port: 80
      hosts:
        web[1:3]:
          id: 5
        web1:
          id: 6
    db:
      children:
        mysql:
          hosts:
            m1:
            web1:
        postgres:
          hosts: p1
      vars: {port: 5432}
    empty:
`,
  'site/hosts':
    '[web]\nw1\nw2 from=line\n[db]\nd1\n[prod:children]\nweb\ndb\n[prod:vars]\nlevel=ini-prod\nini=1\n[web:vars]\nlevel=ini-web\n[all:vars]\nlevel=ini-all\nbase=ini\n',
  'site/group_vars/all.yml': 'level: file-all\nbase: file\nlist: [1, 2]\n',
  'site/group_vars/prod.yml': 'level: file-prod\n',
  'site/group_vars/web/one.yml': 'one: 1\nboth: one\n',
  'site/group_vars/web/two.yml': 'two: 2\nboth: two\n',
  'site/group_vars/web/.hidden.yml': 'hidden: 1\n',
  'site/group_vars/web/notes.txt': 'not: read\n',
  'site/group_vars/db': 'bare: true\n',
  'site/group_vars/ungrouped.json': '{"json": 1}',
  'site/host_vars/w1.yml': 'level: host\n',
  'site/host_vars/w2.yaml': 'from: file\n',
  'many/1_first.yml': 'web: {hosts: {a: {v: 1}, b: }, vars: {g: 1}}\n',
  'many/2_second': '[web]\nb v=2\nc\n[db]\na\n[web:vars]\ng=2\n',
  'many/ignored.ini': 'never\n',
  'many/.hidden': 'never\n',
  'many/group_vars/web.yml': 'beside: 1\n',
  'dynamic.sh': SCRIPT,
  'ansible.cfg': '[defaults]\n',
  'priority.ini': '[a]\nh\n[b]\nh\n[c:children]\nb\n[a:vars]\nv=a\nansible_group_priority=10\n[b:vars]\nv=b\nw=b\n[c:vars]\nw=c\n',
};

const SOURCES: readonly (readonly string[])[] = [
  ['plain.ini'],
  ['tree.yml'],
  ['site/hosts'],
  ['many'],
  ['dynamic.sh'],
  ['priority.ini'],
  ['one,two:2222,'],
  ['plain.ini', 'tree.yml'],
];

const PATTERNS = [
  'all',
  '*',
  'web',
  'web:db',
  'web,db',
  'web:&prod',
  'web:!web9',
  '!web',
  'all:!web:!db',
  '&web',
  'web[0]',
  'web[-1]',
  'web[1:2]',
  'web[1:]',
  'web[0:0]',
  'web[1-2]',
  'web[99]',
  'all[0]',
  'all[-2]',
  'web*',
  '*.example.com',
  'web0?.example.com',
  '~web\\d+',
  '~(web|m).*',
  '~.*[ab]$',
  'm[a:b]',
  'm?',
  'p*[0]',
  'lonely',
  'db:mysql',
  'mysql:web',
  'prod:!mysql',
  'prod:&db',
  'db[0]:web[0]',
  'web9:lonely',
  'ungrouped',
  '10.0.0.1',
  'empty',
  'web:nobody*',
  'no*',
  'web, db',
  ' web ',
  'web::db',
  'mysql[1:]:!mb',
  '!all',
  'all:&mysql:!ma',
  '~^p',
  'm[!a]',
  'db,&mysql',
  'web[0],web[1]',
  'w1',
  'all:!all',
  '*:!web*',
  'mysql[0:1]:&db',
];

const ENVIRONMENT = { ...process.env, ANSIBLE_CONFIG: undefined, ANSIBLE_NOCOLOR: '1', ANSIBLE_INVENTORY_UNPARSED_WARNING: '0' };

function run(program: string, args: readonly string[], cwd: string, input?: string): string {
  const done = spawnSync(program, args, {
    cwd,
    env: ENVIRONMENT,
    encoding: 'utf8',
    timeout: 60_000,
    ...(input === undefined ? {} : { input }),
  });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
}

// One process asks for all patterns; `ansible PATTERN --list-hosts` does just this.
const ASK_PATTERNS = `
import json, sys
from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
given = json.load(sys.stdin)
def hosts(inventory, pattern):
    try:
        return [host.name for host in inventory.list_hosts(pattern)]
    except AnsibleError:
        return None
answers = []
for sources in given['sources']:
    inventory = InventoryManager(loader=DataLoader(), sources=sources)
    answers.append([hosts(inventory, pattern) for pattern in given['patterns']])
print(json.dumps(answers))
`;

describe('beside Ansible', needs('python3', 'ansible', 'ansible-inventory'), () => {
  it('inventories hold the same hosts, groups and variables', async () => {
    await withFiles(FILES, async (directory) => {
      const answers: unknown[] = [];
      const expectations: unknown[] = [];
      for (const sources of SOURCES) {
        const flags = sources.flatMap((source) => ['-i', source]);
        const expected: unknown = JSON.parse(run('ansible-inventory', [...flags, '--list'], directory));

        const inventory = await Inventory.load(sources, { cwd: directory });

        answers.push({ sources, list: JSON.parse(JSON.stringify(toJson(inventoryList(inventory)))) as unknown });
        expectations.push({ sources, list: expected });
      }

      assert.deepEqual(answers, expectations);
    });
  });

  it('groups are drawn alike', async () => {
    await withFiles(FILES, async (directory) => {
      const inventory = await Inventory.load(['site/hosts'], { cwd: directory });

      assert.equal(inventoryGraph(inventory), run('ansible-inventory', ['-i', 'site/hosts', '--graph'], directory));
    });
  });

  it('patterns pick the same hosts in the same order', async () => {
    await withFiles(FILES, async (directory) => {
      const sources = [['plain.ini'], ['tree.yml'], ['site/hosts']].map((list) => list.map((source) => path.join(directory, source)));
      const answers = JSON.parse(
        run('/usr/bin/python3', ['-c', ASK_PATTERNS], directory, JSON.stringify({ sources, patterns: PATTERNS })),
      ) as (string[] | null)[][];
      const differing: unknown[] = [];

      for (const [i, list] of sources.entries()) {
        const inventory = await Inventory.load(list);
        for (const [j, pattern] of PATTERNS.entries()) {
          const ansible = answers[i]?.[j] ?? [];
          const ours = pick(inventory, pattern);
          // A name that is nobody's is an error here, where Ansible warns.
          if (ours !== 'PATTERN_NO_MATCH' && ours.join() !== ansible.join()) differing.push({ source: list[0], pattern, ansible, ours });
          if (ours === 'PATTERN_NO_MATCH' && answers[i]?.[j]?.length !== 0 && !/[:,]/.test(pattern))
            differing.push({ pattern, ansible, ours });
        }
      }

      assert.deepEqual(differing, []);
    });
  });

  it('limits narrow as the command line does', async () => {
    await withFiles(FILES, async (directory) => {
      for (const [pattern, limit] of [
        ['all', 'web:!web9'],
        ['prod', 'mysql,lonely'],
      ] as const) {
        const output = run('ansible', [pattern, '-i', 'plain.ini', '--limit', limit, '--list-hosts'], directory);
        const expected = output
          .split('\n')
          .slice(1)
          .map((line) => line.trim())
          .filter((line) => line !== '');

        const inventory = await Inventory.load(['plain.ini'], { cwd: directory });

        assert.deepEqual(
          inventory.select(pattern, { limit }).map((host) => host.name),
          expected,
        );
      }
    });
  });
});

function pick(inventory: Inventory, pattern: string): string[] | 'PATTERN_NO_MATCH' {
  try {
    return inventory.select(pattern).map((host) => host.name);
  } catch (error) {
    if (error instanceof InputError) return error.code === 'PATTERN_NO_MATCH' ? 'PATTERN_NO_MATCH' : [];
    throw error;
  }
}
