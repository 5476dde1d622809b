// Sources of every kind, written by hand, beside Ansible's own reading of them.
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { sealVault } from '#src/inventory/vault/vault-text';
import { needs } from '../support/real.js';
import { askAnsible, type InventoryCase } from './ansible-oracle.js';
import { differences } from './beside-ansible.js';
import { withFiles } from './temporary.js';
import { inlineVault, PASSWORD, VALUE_VAULT, VARS_VAULT } from './vaults.js';

const PATTERNS = ['all', '*', 'web', 'ungrouped', 'localhost', '127.0.0.1', 'all:!web', 'w*[0]', '!web', 'web:&db'];

function seal(text: string): string {
  return sealVault(Buffer.from(text), { id: 'default', password: Buffer.from(PASSWORD) });
}

interface Kind {
  readonly files: Readonly<Record<string, string>>;
  readonly sources: readonly string[];
  readonly playbook?: string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  'a list of hosts': { files: {}, sources: ['one, two:2222,[2001:db8::1]:22,one:99'] },
  'two lists': { files: {}, sources: ['a,b', 'b,c,'] },
  'a file whose name has a comma': { files: { 'a,b': '[web]\nw1\n' }, sources: ['a,b'] },
  'a list that has localhost': { files: {}, sources: ['localhost,w1'] },
  'localhost by its address': { files: { hosts: '127.0.0.1 a=1\n[web]\nw1\n' }, sources: ['hosts'] },
  'a YAML file whose name does not say so': { files: { hosts: '# yes\nall:\n  hosts:\n    w1: {a: 1}\n' }, sources: ['hosts'] },
  'a YAML file that begins with ---': { files: { hosts: '---\nweb:\n  hosts: {w1: , w2: }\n' }, sources: ['hosts'] },
  'an ini file with ports and colons': {
    files: { 'hosts.x': 'w1:22 url="http://x: 1"\nw2 a="b: c"\n' },
    sources: ['hosts.x'],
  },
  'an ini file of another name': { files: { 'hosts.prod': '[web]\nw1\n' }, sources: ['hosts.prod'] },
  JSON: { files: { 'hosts.json': '{"web": {"hosts": {"w1": {"a": 1.0, "b": 1e3}}, "children": {"db": null}}}' }, sources: ['hosts.json'] },
  'strings in place of maps': { files: { 'h.yml': 'web: {hosts: w1, children: db}\n' }, sources: ['h.yml'] },
  'names and variables of odd types': {
    files: {
      'h.yml': 'web:\n  hosts:\n    w1: {truth: yes, half: 0.5, nothing: ~, list: [0o7, 0x1f, 1_000, 12:30], name017: text}\n',
    },
    sources: ['h.yml'],
  },
  'a host that is no text': { files: { 'h.yml': 'web: {hosts: {7: }}\n' }, sources: ['h.yml'] },
  'a list of hosts in YAML': { files: { 'h.yml': 'web: {hosts: [w1]}\n' }, sources: ['h.yml'] },
  'ranges of all kinds': {
    files: { hosts: '[web]\nw[1:3]\nw[01:10:3].x\nd[a:c]\nD[y:B]\nn[:2]\nr[1:2]c[a:b]\nw[1:1]:22\n[x:y]\n' },
    sources: ['hosts'],
  },
  'more ranges': { files: { hosts: 'w[1:3]:2222\nn[:2]:22\nip-10.0.0.[1:3]\n2001:db8::1\na/b:22\nhost_:22\n' }, sources: ['hosts'] },
  'a range without an end': { files: { hosts: 'w[1:]\n' }, sources: ['hosts'] },
  'a range of unequal width': { files: { hosts: 'w[01:100]\n' }, sources: ['hosts'] },
  'a bracket that is no range': { files: { hosts: 'w[1]\n' }, sources: ['hosts'] },
  'an address in brackets without a port': { files: { hosts: '[2001:db8::1] a=1\n' }, sources: ['hosts'] },
  'a port that is missing': { files: { hosts: 'w1:\n' }, sources: ['hosts'] },
  'a port of a host that is known': { files: { hosts: 'w1\n[web]\nw1:22\nw2:22\nw2:33\n' }, sources: ['hosts'] },
  'an open quote': { files: { hosts: 'w1 a="b\n' }, sources: ['hosts'] },
  'a section with blanks': { files: { hosts: '[web ]\nw1\n' }, sources: ['hosts'] },
  'a section of an unknown kind': { files: { hosts: '[web:hosts]\nw1\n[web:var]\n' }, sources: ['hosts'] },
  'variables of nobody': { files: { hosts: '[web:vars]\na=1\n' }, sources: ['hosts'] },
  'a child that is nobody': { files: { hosts: '[web:children]\ndb\n' }, sources: ['hosts'] },
  'children declared later, in another order': {
    files: { hosts: '[p:children]\nb\na\nc\n[c:children]\nd\n[a]\nw1\n[d]\nw2\n[b]\nw3\n[p:vars]\nx=1\n' },
    sources: ['hosts'],
  },
  'a group in itself': { files: { hosts: '[web:children]\nweb\n' }, sources: ['hosts'] },
  'groups in each other': { files: { hosts: '[a:children]\nb\n[b:children]\na\n' }, sources: ['hosts'] },
  'hosts of all itself': { files: { hosts: '[all]\nw1\nw2\n[web]\nw2\n[ungrouped]\nw3\n' }, sources: ['hosts'] },
  'ungrouped as a child': { files: { hosts: 'w1\n[web:children]\nungrouped\n[db]\nw2\n' }, sources: ['hosts'] },
  'ranks of groups': {
    files: {
      hosts:
        '[a]\nw1\n[b]\nw1\n[c]\nw1\n[a:vars]\nv=a\nansible_group_priority=10\n[b:vars]\nv=b\nansible_group_priority="5"\n[c:vars]\nv=c\n',
    },
    sources: ['hosts'],
  },
  'a rank that is no number': { files: { hosts: '[a]\nw1\n[a:vars]\nansible_group_priority=high\n' }, sources: ['hosts'] },
  'variables said in several sources': {
    files: { one: '[web]\nw1 a=1 b=1\n[web:vars]\nc=1\nd=1\n', two: '[web]\nw1 b=2\n[web:vars]\nd=2\n[db:children]\nweb\n' },
    sources: ['one', 'two'],
  },
  'directories that come twice': {
    files: { 'x/one': 'w1\n', 'x/two': 'w2\n', 'y/one': 'w1\n', 'x/host_vars/w1': 'a: x\n', 'y/host_vars/w1': 'a: y\n' },
    sources: ['x/one', 'y/one', 'x/two'],
  },
  'lines that end otherwise': { files: { hosts: '[web]\r\nw1 a=1\r\nw2 b="x"\r\n[web:vars]\r\nc=1\r\n' }, sources: ['hosts'] },
  'a directory': {
    files: {
      'd/1_one': '[web]\nw1\n',
      'd/2_two.yml': 'db: {hosts: {w1: {a: 2}}}\n',
      'd/sub/three': 'w3\n',
      'd/sub/group_vars/web.yml': 'not: read\n',
      'd/vars_plugins/x': '[[[\n',
      'd/host_vars/w3/deep/er.yml': 'a: 3\n',
      ...Object.fromEntries(
        ['~', '.orig', '.ini', '.cfg', '.retry', '.pyc', '.swp', '.bak', '.rpm', '.md', '.txt', '.rst'].map((end) => [
          `d/x${end}`,
          '[[[\n',
        ]),
      ),
      'd/.hidden': '[[[\n',
    },
    sources: ['d'],
  },
  'files of variables of every name': {
    files: {
      hosts: '[web]\nw1\n[db]\nd1\n[eu:children]\nweb\ndb\n',
      'group_vars/all/one.yml': 'a: one\nb: one\n',
      'group_vars/all/two': 'b: two\n',
      'group_vars/all/sub/three.json': '{"c": "three"}',
      'group_vars/all/sub.d/four.yml': 'd: no\n',
      'group_vars/all/five.txt': 'd: no\n',
      'group_vars/all/.six.yml': 'd: no\n',
      'group_vars/all/seven.yml~': 'd: no\n',
      'group_vars/all.yml': 'e: no, there is a directory\n',
      'group_vars/web': 'f: bare\n',
      'group_vars/web.yml': 'f: no, there is a bare one\n',
      'group_vars/db.yaml': 'f: yaml\n',
      'group_vars/db.json': '{"f": "no"}',
      'group_vars/eu.yml': '',
      'group_vars/ungrouped.yml': '[]\n'.replace('[]', '{}'),
      'host_vars/w1.yml': '---\ng: 1\n',
    },
    sources: ['hosts'],
  },
  'variables beside the playbook': {
    files: {
      'i/hosts': '[web]\nw1\n',
      'i/group_vars/all.yml': 'a: i-all\nb: i-all\n',
      'i/group_vars/web.yml': 'c: i-web\n',
      'i/host_vars/w1.yml': 'd: i\ne: i\n',
      'p/group_vars/all.yml': 'b: p-all\nc: p-all\n',
      'p/group_vars/web.yml': 'a: p-web\n',
      'p/host_vars/w1.yml': 'e: p\n',
    },
    sources: ['i/hosts'],
    playbook: 'p',
  },
  'a script with _meta': {
    files: {
      'inv.sh': `#!/bin/sh\n[ "$1" = --list ] || exit 9\necho '{"web": {"hosts": ["w1", "w2"], "vars": {"a": 1.5}, "children": ["db"]}, "db": ["d1"], "solo": {"x": 1}, "_meta": {"hostvars": {"w1": {"b": [1]}, "stranger": {"c": 1}}}}'\n`,
    },
    sources: ['inv.sh'],
  },
  'a script that is asked for each host': {
    files: {
      'inv.sh': `#!/bin/sh\nif [ "$1" = --list ]; then echo '{"web": {"hosts": ["w1"]}, "db": {"children": ["web"]}, "_meta": {}}'; elif [ "$2" = w1 ]; then echo '{"me": "w1"}'; fi\n`,
    },
    sources: ['inv.sh', 'w9,'],
  },
  'a script that fails': { files: { 'inv.sh': '#!/bin/sh\necho no >&2\nexit 3\n' }, sources: ['inv.sh'] },
  'a script that prints no object': { files: { 'inv.sh': '#!/bin/sh\necho "[1]"\n' }, sources: ['inv.sh'] },
  'a script with hosts that are no list': { files: { 'inv.sh': `#!/bin/sh\necho '{"web": {"hosts": "w1"}}'\n` }, sources: ['inv.sh'] },
  'encrypted files and values': {
    files: {
      hosts: '[web]\nw1\n',
      'group_vars/all.yml': VARS_VAULT,
      'group_vars/web.yml': `secret: ${inlineVault(VALUE_VAULT, 4)}list:\n  - ${inlineVault(VALUE_VAULT, 6)}`,
    },
    sources: ['hosts'],
  },
  'inventories that are encrypted themselves': {
    files: { 'one.yml': seal('web: {hosts: {w1: {a: 1}}}'), two: seal('[db]\nw1 b=2\n') },
    sources: ['one.yml', 'two'],
  },
};
/** Drawn with variables, an encrypted value is opened by Ansible; here it stays as it is. */
const NOT_DRAWN = new Set(['encrypted files and values']);

describe('sources of every kind, beside Ansible', needs('python3', 'ansible'), () => {
  it('are read alike, or refused alike', async () => {
    const kinds = Object.entries(KINDS);
    const files = kinds.flatMap(([, kind], i) => Object.entries(kind.files).map(([name, text]) => [`${i}/${name}`, text]));
    await withFiles(Object.fromEntries(files) as Record<string, string>, async (directory) => {
      const cases = kinds.map(([, { files: own, sources, playbook }], i): InventoryCase => {
        const isFile = (name: string): boolean => Object.keys(own).some((file) => file === name || file.startsWith(`${name}/`));
        return {
          sources: sources.map((name) => (isFile(name) ? path.join(directory, String(i), name) : name)),
          patterns: PATTERNS,
          vaultPassword: PASSWORD,
          ...(playbook === undefined ? {} : { playbookDirectory: path.join(directory, String(i), playbook) }),
        };
      });

      const answers = askAnsible({ inventories: cases }).inventories;

      const differing: unknown[] = [];
      for (const [i, [name]] of kinds.entries()) {
        const one = cases[i];
        if (one === undefined) continue;
        const found = (await differences(one, answers[i] ?? null)) as { about: string }[];
        const counted = found.filter(({ about }) => about !== 'drawn' || !NOT_DRAWN.has(name));
        if (counted.length > 0) differing.push({ name, counted });
      }
      assert.deepEqual(differing, []);
    });
  });
});
