// lookup sequence: numbers as text, counted and formatted as `5-8`, `2-10/2:web%02d` or `start=1 end=5 format=%x` say.
import type { Value } from '../../base/value.ts';
import { formatPercent } from '../../jinja/percent-format.ts';
import { parseKeyValue } from '../../modules/parameters/key-value.ts';
import type { Lookup } from './seam.ts';
import { failed, textTerm } from './terms.ts';

const NUMBER = '(0?x?[0-9a-f]+)';
const SHORT = new RegExp(`^(?:${NUMBER}-)?${NUMBER}(?:/${NUMBER})?(?::(.+))?$`, 'i');
/** More is surely a slip. */
const MOST = 1_000_000;
const FIX = 'Write for instance start=1 end=10 stride=2 format=web%02d, or 1-10/2:web%02d';

interface Steps {
  readonly start: number;
  readonly end: number | undefined;
  readonly count: number | undefined;
  readonly stride: number;
  readonly format: string;
}

export const sequence: Lookup = {
  name: 'sequence',
  summary: 'numbers as text: 5-8, 2-10/2, 4:host%02d, or start= end= count= stride= format=',
  options: {},
  find: (terms) => terms.flatMap((term) => numbersOf(readSteps(textTerm('sequence', term)))),
};

function readSteps(term: string): Steps {
  const short = SHORT.exec(term);
  if (short !== null) {
    const [, start, end = '', stride, format] = short;
    return {
      start: start === undefined ? 1 : wholeNumber('start', start),
      end: wholeNumber('end', end),
      count: undefined,
      stride: stride === undefined ? 1 : wholeNumber('stride', stride),
      format: format ?? '%d',
    };
  }
  const given = parseKeyValue(term);
  const stray = [...given.keys()].filter((key) => !['start', 'end', 'count', 'stride', 'format'].includes(key));
  if (stray.length > 0) throw failed('sequence', `\`${term}\` cannot be read`, FIX);
  const read = (key: string): number | undefined => {
    const text = given.get(key);
    return text === undefined ? undefined : wholeNumber(key, text);
  };
  return {
    start: read('start') ?? 1,
    end: read('end'),
    count: read('count'),
    stride: read('stride') ?? 1,
    format: given.get('format') ?? '%d',
  };
}

// As Python's int(text, 0): a 0 in front makes no octal number.
function wholeNumber(key: string, text: string): number {
  const plain = text.trim().replaceAll(/(?<=[\da-f])_(?=[\da-f])/gi, '');
  const sign = plain.startsWith('-') ? -1 : 1;
  const digits = plain.replace(/^[-+]/, '');
  if (/^(?:0+|[1-9]\d*|0x[\da-f]+|0o[0-7]+|0b[01]+)$/i.test(digits)) return sign * Number(digits);
  throw failed('sequence', `${key} cannot be \`${text}\``, 'Write a whole number without zeros in front, or 0x1f, or 0o17');
}

// The end of a count is one before the number that would follow, as in Ansible; counting down that makes one too many.
function endOf({ start, end, count, stride }: Steps): number {
  if ((end === undefined) === (count === undefined)) throw failed('sequence', 'either count or end must be given, and not both', FIX);
  return end ?? start + (count ?? 0) * stride - 1;
}

function numbersOf(steps: Steps): Value[] {
  const { start, stride, format, count } = steps;
  const end = endOf(steps);
  if (format.split('%').length !== 2) throw failed('sequence', `the format \`${format}\` must have one %`, FIX);
  if (stride === 0 || count === 0) return [];
  if (stride > 0 && end < start) throw failed('sequence', 'to count backwards make stride negative', FIX);
  if (stride < 0 && end > start) throw failed('sequence', "to count forward don't make stride negative", FIX);
  const length = Math.floor((end - start) / stride) + 1;
  if (length > MOST) throw failed('sequence', `${length} items are surely a slip`, `At most ${MOST} are made`);
  return Array.from({ length }, (_, i) => formatted(format, start + i * stride));
}

function formatted(format: string, number: number): string {
  try {
    return formatPercent(format, number);
  } catch (cause) {
    throw failed('sequence', `${number} cannot be formatted with \`${format}\``, FIX, cause);
  }
}
