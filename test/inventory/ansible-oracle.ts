// Ansible's own reading of many inventories, patterns and literals, asked in one process. It compares nothing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import process from 'node:process';

export interface InventoryCase {
  /** Absolute paths, or lists of hosts. */
  readonly sources: readonly string[];
  readonly patterns?: readonly string[];
  readonly playbookDirectory?: string;
  /** Password of the id default. */
  readonly vaultPassword?: string;
}

/** What Ansible makes of an inventory; undefined where it refuses a source. */
export interface InventoryAnswer {
  readonly list: string;
  readonly export: string;
  readonly yaml: string;
  readonly graph: string;
  /** With variables. */
  readonly drawn: string;
  /** Names for each pattern; null where it is refused. */
  readonly patterns: readonly (readonly string[] | null)[];
}

interface Questions {
  readonly inventories?: readonly InventoryCase[];
  /** Values of an ini inventory. */
  readonly literals?: readonly string[];
}

interface Answers {
  readonly inventories: readonly (InventoryAnswer | null)[];
  /** As JSON; null where JSON cannot say it. */
  readonly literals: readonly (string | null)[];
}

const ORACLE = `
import json, sys
from ansible import context
from ansible.module_utils.common.collections import ImmutableDict
from ansible.cli.inventory import InventoryCLI
from ansible.errors import AnsibleError
from ansible.inventory.group import Group
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultSecret
from ansible.parsing.yaml.dumper import AnsibleDumper
from ansible.plugins.inventory.ini import InventoryModule
from ansible.vars.manager import VariableManager

# Anchors say the same with fewer words.
AnsibleDumper.ignore_aliases = lambda self, data: True
PLAIN = dict(host=None, graph=False, list=True, yaml=False, toml=False, export=False, show_vars=False, pattern='all', extra_vars=(), subset=None)

# Ansible goes through sets here, in the order of their addresses: the order of hosts below several groups is chance. This is the
# same walk, level by level, in the order in which groups became children.
def walk(self, rel, include_self=False, preserve_ordering=False):
    ordered, level = ([self] if include_self else []), [self]
    while level:
        below = [item for one in level for item in getattr(one, rel)]
        level = [item for i, item in enumerate(below) if item not in ordered and item not in below[:i]]
        ordered.extend(level)
    return ordered if preserve_ordering else set(ordered)

Group._walk_relationship = walk

def show(inventory, loader, playbook, **more):
    context.CLIARGS = ImmutableDict(dict(PLAIN, basedir=playbook, **more))
    cli = object.__new__(InventoryCLI)
    cli.inventory, cli.loader = inventory, loader
    cli.vm = VariableManager(loader=loader, inventory=inventory)
    if more.get('graph'):
        return cli.inventory_graph()
    top = cli._get_group('all')
    return cli.dump(cli.yaml_inventory(top) if more.get('yaml') else cli.json_inventory(top))

def hosts(inventory, pattern):
    # Otherwise the first pattern that names this machine says what the others call it.
    if inventory._inventory.localhost and inventory._inventory.localhost.implicit:
        inventory._inventory.localhost = None
        inventory.clear_caches()
    try:
        return [host.name for host in inventory.get_hosts(pattern)]
    except (AnsibleError, IndexError):
        return None

def answer(case):
    loader = DataLoader()
    if case.get('playbookDirectory'):
        loader.set_basedir(case['playbookDirectory'])
    if case.get('vaultPassword'):
        loader.set_vault_secrets([('default', VaultSecret(case['vaultPassword'].encode()))])
    context.CLIARGS = ImmutableDict(PLAIN)
    try:
        inventory = InventoryManager(loader=loader, sources=case['sources'])
    except Exception as error:
        sys.stderr.write(str(error))
        return None
    playbook = case.get('playbookDirectory')
    return {
        'list': show(inventory, loader, playbook),
        'export': show(inventory, loader, playbook, export=True),
        'yaml': show(inventory, loader, playbook, yaml=True, export=True),
        'graph': show(inventory, loader, playbook, graph=True),
        'drawn': show(inventory, loader, playbook, graph=True, show_vars=True),
        'patterns': [hosts(inventory, pattern) for pattern in case.get('patterns', [])],
    }

def plain(value):
    if isinstance(value, (list, tuple)):
        return all(plain(item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(key, (str, int)) and not isinstance(key, bool) and plain(item) for key, item in value.items())
    return value is None or (isinstance(value, (bool, int, float, str)) and value == value and value not in (float('inf'), -float('inf')))

def literal(text):
    try:
        value = InventoryModule._parse_value(text)
        return json.dumps(value) if plain(value) else None
    except Exception:
        return None

given = json.load(sys.stdin)
print(json.dumps({
    'inventories': [answer(case) for case in given.get('inventories', [])],
    'literals': [literal(text) for text in given.get('literals', [])],
}))
`;

/** Asks Ansible, which refuses here what it would only warn of elsewhere: a source that it cannot read. */
export function askAnsible(questions: Questions): Answers {
  const done = spawnSync('/usr/bin/python3', ['-W', 'ignore', '-c', ORACLE], {
    input: JSON.stringify(questions),
    env: {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      HOME: '/nonexistent',
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: '1',
      ANSIBLE_DEPRECATION_WARNINGS: '0',
    },
    cwd: '/',
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: 120_000,
  });
  assert.equal(done.status, 0, done.stderr);
  return JSON.parse(done.stdout) as Answers;
}
