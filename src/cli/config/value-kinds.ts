// The kinds of values a setting can have: how each is read from YAML and from plain text, and its JSON Schema. It knows no setting.
import path from 'node:path';
import { parseDuration, parseSize, UnitError } from '../../base/units.ts';
import { Float, type Value } from '../../base/value.ts';

/** What surrounds a value that is read. */
export interface Surroundings {
  /** Where relative paths start; undefined leaves them as they are, to start in the current directory. */
  readonly directory: string | undefined;
  /** What `~` stands for, where that is known. */
  readonly home: string | undefined;
  /** What a choice can be. */
  readonly choices: readonly string[];
}

/** How values of one kind are read. What makes no sense is undefined, so that the caller can say where it stands. */
export interface ValueKind {
  /** What a person should give: `a whole number from 1`. */
  readonly wanted: (choices: readonly string[]) => string;
  readonly schema: (choices: readonly string[]) => Readonly<Record<string, unknown>>;
  readonly fromYaml: (value: Value, around: Surroundings) => unknown;
  /** From a variable of the environment, where everything is text. */
  readonly fromText: (text: string, around: Surroundings) => unknown;
  /** As sshoal.yml would have it, for `config show`. */
  readonly show: (value: unknown) => string | number | boolean | readonly string[];
}

const DURATION = String.raw`^\s*\d+(?:\.\d+)?\s*(?:[mM]?[sS]|[mMhHdD])?\s*$`;
const SIZE = String.raw`^\s*\d+(?:\.\d+)?\s*(?:[kKmMgGtT]?(?:[iI][bB])?|[bB])\s*$`;
const TRUE_WORDS = new Set(['yes', 'true', 'on', '1', 'y', 't']);
const FALSE_WORDS = new Set(['no', 'false', 'off', '0', 'n', 'f']);

/** Yes or no as ansible 2.14 reads it; undefined for other words, which Ansible takes for no. */
export function truthOf(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  return FALSE_WORDS.has(word) ? false : undefined;
}

/** A path with `~` and the directory it starts from; `none` and what has neither stay as they are. */
export function pathOf(text: string, { directory, home }: Pick<Surroundings, 'directory' | 'home'>): string {
  const expanded = home !== undefined && /^~(?:\/|$)/.test(text) ? path.join(home, text.slice(1)) : text;
  return directory === undefined ? expanded : path.resolve(directory, expanded);
}

/** Sources of inventories from one text: commas part them, and a comma at the end makes one list of hosts of it. */
export function sourcesOf(text: string, around: Pick<Surroundings, 'directory' | 'home'>): string[] {
  if (text.endsWith(',')) return [text];
  return commaParts(text).map((source) => pathOf(source, around));
}

const shown = (value: unknown): string => String(value);
const list = { type: 'array', items: { type: 'string', minLength: 1 } } as const;
const oneOrMore = (): Readonly<Record<string, unknown>> => ({ oneOf: [{ type: 'string', minLength: 1 }, list] });

const text: ValueKind = {
  wanted: () => 'text',
  schema: () => ({ type: ['string', 'integer'], minLength: 1 }),
  // A user named 1000 is text to everybody but YAML.
  fromYaml: (value) => (typeof value === 'number' ? String(value) : nonEmpty(value)),
  fromText: (given) => given,
  show: shown,
};

function wholeNumbers(from: number, to: number): ValueKind {
  const inside = (value: number): number | undefined => (value >= from && value <= to ? value : undefined);
  return {
    wanted: () => `a whole number from ${from} to ${to}`,
    schema: () => ({ type: 'integer', minimum: from, maximum: to }),
    fromYaml: (value) => (typeof value === 'number' ? inside(value) : undefined),
    fromText: (given) => (/^\s*\d{1,9}\s*$/.test(given) ? inside(Number(given)) : undefined),
    show: Number,
  };
}

export const VALUE_KINDS = {
  text,
  count: wholeNumbers(1, 999_999),
  port: wholeNumbers(1, 65_535),
  level: wholeNumbers(0, 4),
  times: wholeNumbers(0, 999_999),
  switch: {
    wanted: () => 'yes or no',
    schema: () => ({ type: 'boolean' }),
    fromYaml: (value) => (typeof value === 'boolean' ? value : undefined),
    fromText: truthOf,
    show: Boolean,
  },
  choice: {
    wanted: (choices) => `one of ${choices.join(', ')}`,
    schema: (choices) => ({ enum: choices }),
    fromYaml: (value, { choices }) => choices.find((choice) => choice === value),
    fromText: (given, { choices }) => choices.find((choice) => choice === given.trim()),
    show: shown,
  },
  duration: {
    wanted: () => 'a duration such as 30s, 5m or 1.5h; a bare number is seconds',
    schema: () => ({
      oneOf: [
        { type: 'string', pattern: DURATION },
        { type: 'number', minimum: 0 },
      ],
    }),
    fromYaml: (value) => {
      if (typeof value === 'number') return durationOf(String(value));
      return value instanceof Float ? durationOf(String(value.value)) : typeof value === 'string' ? durationOf(value) : undefined;
    },
    fromText: durationOf,
    show: (value) => `${Number(value) / 1_000}s`,
  },
  size: {
    wanted: () => 'a size such as 512, 64k, 10M or 1.5G; a bare number is bytes',
    schema: () => ({
      oneOf: [
        { type: 'string', pattern: SIZE },
        { type: 'integer', minimum: 1 },
      ],
    }),
    fromYaml: (value) => (typeof value === 'number' ? sizeOf(String(value)) : typeof value === 'string' ? sizeOf(value) : undefined),
    fromText: sizeOf,
    show: Number,
  },
  file: {
    wanted: () => 'a path',
    schema: () => ({ type: 'string', minLength: 1 }),
    fromYaml: (value, around) => (typeof value === 'string' && value !== '' ? fileOrNone(value, around) : undefined),
    fromText: fileOrNone,
    show: shown,
  },
  files: {
    wanted: () => 'a path, or a list of them',
    schema: oneOrMore,
    fromYaml: (value, around) => texts(value)?.map((one) => pathOf(one, around)),
    fromText: (given, around) => commaParts(given).map((one) => pathOf(one, around)),
    show: (value) => value as readonly string[],
  },
  sources: {
    wanted: () => 'an inventory source, or a list of them',
    schema: oneOrMore,
    // Within a list every source stands alone: a path there may well hold a comma only as a list of hosts.
    fromYaml: (value, around) => texts(value)?.map((one) => (one.includes(',') ? one : pathOf(one, around))),
    fromText: sourcesOf,
    show: (value) => value as readonly string[],
  },
  words: {
    wanted: () => 'text, or a list of texts',
    schema: oneOrMore,
    fromYaml: texts,
    fromText: commaParts,
    show: (value) => value as readonly string[],
  },
} as const satisfies Readonly<Record<string, ValueKind>>;

export type KindName = keyof typeof VALUE_KINDS;

function sizeOf(given: string): number | undefined {
  return quantity(() => parseSize(given, ''));
}

function durationOf(given: string): number | undefined {
  return quantity(() => parseDuration(given, ''));
}

/** Undefined for a text that is none. */
function quantity(parse: () => number): number | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof UnitError) return undefined;
    throw error;
  }
}

function fileOrNone(given: string, around: Surroundings): string {
  return given === 'none' ? given : pathOf(given, around);
}

function nonEmpty(value: Value): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function texts(value: Value): string[] | undefined {
  const items = (Array.isArray(value) ? value : [value]).map(nonEmpty);
  return items.every((item) => item !== undefined) ? items : undefined;
}

function commaParts(given: string): string[] {
  return given
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
