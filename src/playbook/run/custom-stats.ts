// Figures that set_stats keeps for the end of a run. It shows nothing.
import { type Dict, Float, isDict, type Key, typeName, type Value } from '../../base/value.ts';
import { WHOLE_RUN } from '../events.ts';

/** What one set_stats says. */
export interface StatsChange {
  readonly data: Dict;
  /** Whether the hosts have them, not the run. */
  readonly perHost: boolean;
  /** Whether they join those of the same name; else they take their place. */
  readonly aggregate: boolean;
}

export class CustomStats {
  readonly #figures = new Map<string, Dict>();

  /** By host, and {@link WHOLE_RUN}; undefined where nobody kept any. */
  get all(): ReadonlyMap<string, Dict> | undefined {
    return this.#figures.size === 0 ? undefined : this.#figures;
  }

  /** @param hosts - Those whose task it is. */
  take({ data, perHost, aggregate }: StatsChange, hosts: readonly string[]): void {
    for (const host of perHost ? hosts : [WHOLE_RUN]) {
      const known = this.#figures.get(host) ?? new Map<Key, Value>();
      this.#figures.set(host, known);
      for (const [name, value] of data) {
        const before = known.get(name);
        known.set(name, aggregate && before !== undefined ? joined(before, value) : value);
      }
    }
  }
}

/** Two figures as one, as ansible 2.14: those of different types do not go together, and the first one stays. */
function joined(before: Value, value: Value): Value {
  if (isDict(before)) return isDict(value) ? merged(before, value) : before;
  if (Array.isArray(before)) return Array.isArray(value) ? [...before, ...value] : before;
  if (typeof before === 'string') return typeof value === 'string' ? before + value : before;
  const wanted = typeName(before);
  const given = typeName(value);
  if (wanted === 'NoneType' || (given !== wanted && !(given === 'bool' && wanted === 'int'))) return before;
  if (typeof before === 'bigint' || typeof value === 'bigint') return BigInt(before as number) + BigInt(value as number);
  const sum = number(before) + number(value);
  return wanted === 'float' ? new Float(sum) : sum;
}

function number(value: Value): number {
  return value instanceof Float ? value.value : Number(value as number | boolean);
}

/** Dicts in dicts are merged too; anything else takes the place of what was there. */
function merged(before: Dict, value: Dict): Dict {
  const all: Dict = new Map(before);
  for (const [key, item] of value) {
    const known = all.get(key);
    all.set(key, isDict(known) && isDict(item) ? merged(known, item) : item);
  }
  return all;
}
