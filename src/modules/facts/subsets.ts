// Which collectors a `gather_subset` asks for, as ansible 2.14. It does not know what a collector does.
import type { Collector } from './seam.ts';

/** What is always gathered, unless `!min` says no. */
const MINIMUM: ReadonlySet<string> = new Set([
  ...['apparmor', 'caps', 'cmdline', 'date_time', 'distribution', 'dns', 'env', 'fips', 'local', 'lsb', 'pkg_mgr', 'platform', 'python'],
  ...['selinux', 'service_mgr', 'ssh_pub_keys', 'user'],
]);

/** Ansible's, of other tools or of things that nobody asks for: allowed, and nothing comes of them. */
const OTHERS: readonly string[] = ['caps', 'system_capabilities', 'system_capabilities_enforced', 'facter', 'ohai'];

export type Selection =
  | { readonly kind: 'selected'; readonly collectors: readonly Collector[] }
  | { readonly kind: 'bad'; readonly msg: string };

/**
 * Selects collectors, with those whose facts they need, in an order in which every one comes after what it needs.
 *
 * `all`, `min`, the name of a collector or of one of its facts, each with a `!` in front to leave it out; what is asked for by
 * name stays, whatever is left out beside it. Leaving out what does not exist is no mistake, asking for it is.
 */
export function selectCollectors(collectors: readonly Collector[], subset: readonly string[]): Selection {
  const valid = new Set([...collectors.flatMap((one) => [one.name, ...(one.factIds ?? [])]), ...OTHERS]);
  const [added, excluded, named] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const word of ['min', ...(subset.length === 0 ? ['all'] : subset)]) {
    if (word === 'min') addAll(added, MINIMUM);
    else if (word === 'all') addAll(added, valid);
    else if (word === '!min') addAll(excluded, MINIMUM);
    else if (word === '!all')
      addAll(
        excluded,
        [...valid].filter((name) => !MINIMUM.has(name)),
      );
    else if (word.startsWith('!'))
      addAll(excluded, [word.slice(1), ...(collectors.find((one) => one.name === word.slice(1))?.factIds ?? [])]);
    else if (valid.has(word)) {
      added.add(word);
      named.add(word);
    } else {
      return {
        kind: 'bad',
        msg: `Bad subset '${word}' given to Ansible. gather_subset options allowed: all, ${[...valid].sort().join(', ')}`,
      };
    }
  }
  const isWanted = (name: string): boolean => added.has(name) && (!excluded.has(name) || named.has(name));
  const wanted = collectors.filter((one) => [one.name, ...(one.factIds ?? [])].some(isWanted));
  return { kind: 'selected', collectors: withNeeds(collectors, wanted) };
}

function addAll(set: Set<string>, names: Iterable<string>): void {
  for (const name of names) set.add(name);
}

function withNeeds(collectors: readonly Collector[], wanted: readonly Collector[]): Collector[] {
  const ordered = new Set<Collector>();
  const add = (one: Collector): void => {
    for (const name of one.needs ?? []) for (const needed of collectors) if (needed.name === name && !ordered.has(needed)) add(needed);
    ordered.add(one);
  };
  for (const one of wanted) add(one);
  return [...ordered];
}
