// Facts under the names that playbooks use, of what a probe reported. It does not know how the probe was sent.
import { type Dict, dict, type Value } from '../../base/value.ts';
import { globSource } from '../regex/glob.ts';
import { foundIn } from './found.ts';
import type { Collector, Facts } from './seam.ts';

/** What a probe of these collectors reported -> `ansible_<name>` and value, in the collectors' order. */
export function factsOf(collectors: readonly Collector[], records: ReadonlyMap<string, string>): Dict {
  const found = foundIn(records);
  let facts: Facts = {};
  for (const collector of collectors) facts = { ...facts, ...collector.read(found, facts) };
  return new Map([...dict(facts)].map(([name, value]): [string, Value] => [`ansible_${String(name)}`, value]));
}

/** Those facts whose names a glob matches, as Python's fnmatch; the prefix may be left away. No glob, or an empty one: all. */
export function filterFacts(facts: Dict, globs: readonly string[]): Dict {
  if (globs.length === 0) return facts;
  const patterns = globs.map(globRegex);
  return new Map([...facts].filter(([name]) => patterns.some((pattern) => pattern.test(String(name)))));
}

function globRegex(glob: string): RegExp {
  if (glob === '') return /^/;
  const body = globSource(glob);
  return new RegExp(/^(?:ansible_|facter|ohai)/.test(glob) ? `^(?:${body})$` : `^(?:ansible_)?(?:${body})$`, 's');
}
