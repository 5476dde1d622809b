// `lipsum()`: text that means nothing, to fill a page.
import { bind } from './call-arguments.ts';
import { BudgetError } from './errors.ts';
import { Mersenne } from './mersenne.ts';
import type { Any, CallArguments } from './values.ts';

const WORDS =
  'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo consequat duis aute irure in reprehenderit voluptate velit esse cillum eu fugiat nulla pariatur excepteur sint occaecat cupidatat non proident sunt culpa qui officia deserunt mollit anim id est laborum'.split(
    ' ',
  );
/** Most words of one call. */
const MAX_WORDS = 1_000_000;

/** As Jinja2's: `n` paragraphs of `min` to below `max` words, in `<p>` unless `html` is false. */
export function lipsum(args: CallArguments): Any {
  const read = bind('lipsum', ['n', 'html', 'min', 'max'], args);
  const [count, least, most] = [read.int('n', 5), read.int('min', 20), read.int('max', 100)];
  if (count * most > MAX_WORDS) throw new BudgetError('This lipsum() is too long');
  const chance = new Mersenne(undefined);
  const paragraphs = Array.from({ length: Math.max(0, count) }, () => paragraph(least + chance.below(Math.max(1, most - least)), chance));
  return read.truth('html', true) ? paragraphs.map((text) => `<p>${text}</p>`).join('\n') : paragraphs.join('\n\n');
}

function paragraph(length: number, chance: Mersenne): string {
  let [text, isStart] = ['', true];
  for (let i = 0; i < length; i++) {
    const word = chance.choice(WORDS);
    const end = i === length - 1 ? '.' : ['.', ',', '', '', '', '', '', ''][chance.below(8)];
    text += `${i === 0 ? '' : ' '}${isStart ? word.charAt(0).toUpperCase() + word.slice(1) : word}${end}`;
    isStart = end === '.';
  }
  return text;
}
