// Filters that choose by chance. With a seed they choose as Python does, so that a host keeps the minute its cron job was given.
import { Mersenne } from '../mersenne.ts';
import { type Any, data, items, Undefined } from '../values.ts';
import { type FilterTable, fail } from './define.ts';

export const chanceFilters: FilterTable = {
  random: [
    ['start', 'step', 'seed'],
    (value, args) => {
      const [start, step] = [args.any('start'), args.any('step')];
      const chance = new Mersenne(seeding(args.any('seed')));
      if (typeof value === 'number') {
        const [from, by] = [whole(start, 0), whole(step, 1) || 1];
        const count = Math.ceil((value - from) / by);
        if (count <= 0) fail(`empty range for randrange() (${from}, ${value}, ${value - from})`);
        return from + chance.below(count) * by;
      }
      if (whole(start, 0) !== 0 || whole(step, 0) !== 0) fail('start and step can only be used with integer values');
      const list = items(value);
      return list.length === 0 ? new Undefined('random', 'No random item, sequence was empty') : chance.choice(list);
    },
  ],
  shuffle: [['seed'], (value, args) => new Mersenne(seeding(args.any('seed') || undefined)).shuffle(items(value))],
};

function seeding(seed: Any | undefined) {
  return seed === undefined || seed === null ? undefined : data(seed);
}

function whole(value: Any | undefined, otherwise: number): number {
  if (value === undefined || value === null || value === false) return otherwise;
  return typeof value === 'number' ? value : fail('start and step must be ints');
}
