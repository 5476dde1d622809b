// lookup password: passwords that are made once, and then kept in files of the controller.
import { randomInt } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ParamSpecs, Params } from '../../modules/seam.ts';
import type { TaskError } from '../errors.ts';
import { readOptions } from './options.ts';
import type { Lookup, LookupContext } from './seam.ts';
import { failed, inlineOptions, textTerm } from './terms.ts';

const HASHED = 'Read the password plain, and hash it with the filter password_hash and a salt of your own';

const OPTIONS: ParamSpecs = {
  length: { type: 'int', default: 20, description: 'How many characters' },
  chars: {
    type: 'raw',
    default: ['ascii_letters', 'digits', '.,:-_'],
    description: 'Which: names such as ascii_letters, digits, hexdigits, punctuation, or the very characters; ,, is a comma',
  },
  encrypt: { type: 'str', unsupported: HASHED, description: 'A hash to return instead' },
  ident: { type: 'str', unsupported: HASHED, description: 'The version of a hash' },
  seed: {
    type: 'str',
    unsupported: 'Use the filter random with a seed, or let the file keep the password',
    description: 'Make it of this',
  },
};

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const BLANKS = ' \t\n\r\v\f';
/** The names of Python's module string. */
const SETS: Readonly<Record<string, string>> = {
  ascii_letters: LOWER + LOWER.toUpperCase(),
  ascii_lowercase: LOWER,
  ascii_uppercase: LOWER.toUpperCase(),
  digits: DIGITS,
  hexdigits: `${DIGITS}abcdefABCDEF`,
  octdigits: '01234567',
  punctuation: PUNCTUATION,
  whitespace: BLANKS,
  printable: DIGITS + LOWER + LOWER.toUpperCase() + PUNCTUATION + BLANKS,
};

export const password: Lookup = {
  name: 'password',
  summary: 'a password from a file, made and written there (0600) when there is none yet; /dev/null keeps none',
  options: OPTIONS,
  find: (terms, options, context) =>
    terms.map((term) => {
      const { key, given } = inlineOptions('password', textTerm('password', term), Object.keys(OPTIONS));
      if (key === undefined)
        throw failed('password', 'a term must begin with the path of a file', "Write lookup('password', 'credentials/db')");
      const own = given.size === 0 ? options : { ...options, ...pick(readOptions('password', OPTIONS, given), given) };
      const found = passwordIn(path.resolve(context.controller.playbookDirectory, key), own, context);
      context.controller.secrets?.add(found);
      return found;
    }),
};

function pick(params: Params, given: ReadonlyMap<string, string>): Params {
  return Object.fromEntries(Object.entries(params).filter(([name]) => given.has(name)));
}

function passwordIn(file: string, options: Params, { controller }: LookupContext): string {
  if (file === '/dev/null') return newPassword(options);
  const before = contentOf(file, controller.vault.file);
  // Ansible keeps a salt behind the password where it was told to hash.
  if (before !== undefined) return before.trimEnd().replace(/ salt=\S*(?: ident=\S*)?$/, '');
  const made = newPassword(options);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  try {
    // Whoever else makes it at the same time: the first wins, and all use that.
    writeFileSync(file, `${made}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(file, 0o600);
    return made;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw unwritable(file, error);
    return passwordIn(file, options, { controller } as LookupContext);
  }
}

function contentOf(file: string, open: (bytes: Uint8Array, file: string) => string): string | undefined {
  try {
    return open(readFileSync(file), file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    if (error instanceof Error && 'code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code))
      throw unwritable(file, error);
    throw error;
  }
}

function unwritable(file: string, cause: unknown): TaskError {
  return failed(
    'password',
    `${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
    'Name a file that can be read and written',
    cause,
  );
}

function newPassword({ length, chars }: Params): string {
  const wanted = Array.isArray(chars) ? chars.map(String) : splitChars(String(chars as string));
  const from = wanted
    .map((one) => (Object.hasOwn(SETS, one) ? (SETS[one] ?? '') : one))
    .join('')
    .replaceAll(/["']/g, '');
  const letters = [...from];
  if (letters.length === 0) throw failed('password', 'there are no characters to make it of', 'Give chars=ascii_letters,digits');
  return Array.from({ length: Number(length) }, () => letters[randomInt(letters.length)]).join('');
}

/** `ascii_letters,digits,.,,` as Ansible splits it: two commas stand for one. */
function splitChars(text: string): string[] {
  const comma = text.includes(',,') ? [','] : [];
  return [
    ...comma,
    ...text
      .replaceAll(',,', ',')
      .split(',')
      .filter((one) => one !== ''),
  ];
}
