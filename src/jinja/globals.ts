// Functions that every template has: range, dict, namespace and their like.
import { isDict, type Value } from '../base/value.ts';
import { bind } from './call-arguments.ts';
import { DateTime } from './dates.ts';
import { TemplateError } from './errors.ts';
import { lipsum } from './lipsum.ts';
import { NamespaceObject } from './objects.ts';
import { str } from './printing.ts';
import { clockAt, strftime } from './strftime.ts';
import { type Any, type CallArguments, data, dictKey, IterableObject, items, JinjaObject, NativeFunction, Undefined } from './values.ts';

const MAX_RANGE = 1_000_000;

class Range extends IterableObject {
  readonly #text: string;

  constructor(start: number, stop: number, step: number) {
    const length = Math.max(0, Math.ceil((stop - start) / step));
    if (length > MAX_RANGE) throw new TemplateError(`Range too big. The sandbox blocks ranges larger than MAX_RANGE (${MAX_RANGE}).`);
    super('range', length, () => Array.from({ length }, (_, i): Value => start + i * step));
    this.#text = step === 1 ? `range(${start}, ${stop})` : `range(${start}, ${stop}, ${step})`;
  }

  override text(): string {
    return this.#text;
  }
}

class Cycler extends JinjaObject {
  readonly typeName = 'Cycler';
  readonly #items: readonly Any[];
  #at = 0;

  constructor(list: readonly Any[]) {
    super();
    this.#items = list;
  }

  override attribute(name: string): Any | undefined {
    const current = this.#items[this.#at] ?? null;
    if (name === 'current') return current;
    if (name === 'next') {
      return new NativeFunction(() => {
        const value = this.#items[this.#at] ?? null;
        this.#at = (this.#at + 1) % this.#items.length;
        return value;
      });
    }
    if (name !== 'reset') return undefined;
    return new NativeFunction(() => {
      this.#at = 0;
      return null;
    });
  }
}

function range(args: CallArguments): Any {
  const numbers = args.positional.map((value) => {
    if (typeof value === 'number') return value;
    if (value instanceof Undefined) return value.fail();
    throw new TemplateError("'range' needs whole numbers", { fix: 'Turn text into a number with | int' });
  });
  const [first = 0, second, step = 1] = numbers;
  if (numbers.length === 0 || step === 0)
    throw new TemplateError(step === 0 ? 'range() arg 3 must not be zero' : 'range expected at least 1 argument, got 0');
  return second === undefined ? new Range(0, first, 1) : new Range(first, second, step);
}

function makeDict({ positional, keywords }: CallArguments): Any {
  const [source] = positional;
  const pairs = source === undefined ? [] : isDict(source) ? [...source] : items(source).map((pair) => items(pair));
  const map = new Map(pairs.map(([key = null, value = null]) => [dictKey(key), value]));
  for (const [name, value] of keywords) map.set(name, data(value));
  return map;
}

function namespace({ positional, keywords }: CallArguments): Any {
  const [source] = positional;
  const start = isDict(source) ? [...source].map(([key, value]): [string, Any] => [String(key), value]) : [];
  return new NamespaceObject(new Map([...start, ...keywords]));
}

function joiner(args: CallArguments): Any {
  const separator = bind('joiner', ['sep'], args).text('sep', ', ');
  let used = false;
  return new NativeFunction(() => {
    const text = used ? separator : '';
    used = true;
    return text;
  });
}

export const GLOBALS: ReadonlyMap<string, Any> = new Map<string, Any>([
  ['range', new NativeFunction(range)],
  ['dict', new NativeFunction(makeDict)],
  ['namespace', new NativeFunction(namespace)],
  [
    'cycler',
    new NativeFunction(({ positional }) => {
      if (positional.length === 0) throw new TemplateError('at least one item has to be provided');
      return new Cycler(positional);
    }),
  ],
  ['joiner', new NativeFunction(joiner)],
  ['lipsum', new NativeFunction(lipsum)],
  [
    'now',
    new NativeFunction((args) => {
      const read = bind('now', ['utc', 'fmt'], args);
      const at = new Date();
      const { shownMs } = clockAt(at, read.truth('utc', false));
      const milliseconds = ((shownMs % 1_000) + 1_000) % 1_000;
      const clock = { shownMs: shownMs - milliseconds, microsecond: milliseconds * 1_000 };
      return read.text('fmt', '') === '' ? new DateTime(clock) : strftime(read.text('fmt'), clock);
    }),
  ],
  [
    'undef',
    new NativeFunction(
      (args) =>
        new Undefined('undef()', str(args.positional[0] ?? args.keywords.get('hint') ?? 'Mandatory variable has not been overridden')),
    ),
  ],
]);
