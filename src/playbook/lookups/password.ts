// lookup password: passwords that are made once, and then kept in files of the controller.
import { randomBytes, randomInt } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { md5Crypt, saltOf, shaCrypt } from '../../jinja/crypt.ts';
import { Mersenne } from '../../jinja/mersenne.ts';
import type { ParamSpecs, Params } from '../../modules/seam.ts';
import type { TaskError } from '../errors.ts';
import { readOptions } from './options.ts';
import type { Controller, Lookup } from './seam.ts';
import { failed, inlineOptions, textTerm } from './terms.ts';

interface Hash {
  readonly saltLength: number;
  readonly of: (password: string, salt: string) => string;
}

/** As crypt(3), with the rounds it has when nobody says how many. */
export const HASHES: Readonly<Record<string, Hash>> = {
  sha512_crypt: { saltLength: 16, of: (password, salt) => shaCrypt('sha512', password, salt) },
  sha256_crypt: { saltLength: 16, of: (password, salt) => shaCrypt('sha256', password, salt) },
  md5_crypt: { saltLength: 8, of: md5Crypt },
};

const OPTIONS: ParamSpecs = {
  length: { type: 'int', default: 20, description: 'How many characters' },
  chars: {
    type: 'raw',
    default: ['ascii_letters', 'digits', '.,:-_'],
    description: 'Which: names such as ascii_letters, digits, hexdigits, punctuation, or the very characters; ,, is a comma',
  },
  encrypt: {
    type: 'str',
    choices: Object.keys(HASHES),
    description: 'Give a hash instead; its salt is kept beside the password, which stays plain in the file',
  },
  ident: { type: 'str', unsupported: 'Only bcrypt has versions, and it is not there', description: 'The version of bcrypt' },
  seed: { type: 'str', description: 'Make it of this: the same seed gives the same password' },
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
  find: (terms, options, { controller }) =>
    terms.map((term) => {
      const { key, given } = inlineOptions('password', textTerm('password', term), Object.keys(OPTIONS));
      if (key === undefined)
        throw failed('password', 'a term must begin with the path of a file', "Write lookup('password', 'credentials/db')");
      const inline = readOptions('password', OPTIONS, given);
      const own = { ...options, ...Object.fromEntries([...given.keys()].map((name) => [name, inline[name]])) };
      const kept = passwordOf(path.resolve(controller.playbookDirectory, key), own, controller);
      controller.secrets?.add(kept.password);
      return hashOf(own)?.of(kept.password, kept.salt ?? '') ?? kept.password;
    }),
};

/** A password as its file keeps it. */
interface Kept {
  readonly password: string;
  readonly salt: string | undefined;
}

function passwordOf(file: string, options: Params, controller: Controller): Kept {
  if (file === '/dev/null') return newPassword(options);
  const content = contentOf(file, controller)?.trimEnd();
  if (content === undefined) {
    const made = newPassword(options);
    // Whoever else makes it at the same time: the first wins, and all use that.
    return write(file, made, 'wx') ? made : passwordOf(file, options, controller);
  }
  const [, stored = content, salt] = /^(.*) salt=(\S*?)(?: ident=\S*)?$/s.exec(content) ?? [];
  const kept = withSalt({ password: stored, salt }, options);
  // A hash must be the same each time, or every run would change something.
  if (kept.salt !== salt) write(file, kept, 'w');
  return kept;
}

function newPassword(options: Params): Kept {
  const { length, chars, seed } = options;
  const wanted = Array.isArray(chars) ? chars.map(String) : splitChars(String(chars as string));
  const from = wanted
    .map((one) => (Object.hasOwn(SETS, one) ? (SETS[one] ?? '') : one))
    .join('')
    .replaceAll(/["']/g, '');
  const letters = [...from];
  if (letters.length === 0) throw failed('password', 'there are no characters to make it of', 'Give chars=ascii_letters,digits');
  const chance = typeof seed === 'string' ? new Mersenne(seed) : undefined;
  const text = Array.from({ length: Number(length) }, () => letters[chance?.below(letters.length) ?? randomInt(letters.length)]).join('');
  return withSalt({ password: text, salt: undefined }, options);
}

function withSalt({ password: text, salt }: Kept, options: Params): Kept {
  const hash = hashOf(options);
  return { password: text, salt: salt ?? (hash === undefined ? undefined : saltOf(randomBytes(hash.saltLength))) };
}

function hashOf({ encrypt }: Params): Hash | undefined {
  return typeof encrypt === 'string' ? HASHES[encrypt] : undefined;
}

/** `ascii_letters,digits,.,,` as Ansible splits it: two commas stand for one. */
function splitChars(text: string): string[] {
  const comma = text.includes(',,') ? [','] : [];
  const parts = text.replaceAll(',,', ',').split(',');
  return [...comma, ...parts.filter((one) => one !== '')];
}

function contentOf(file: string, { vault }: Controller): string | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unusable(file, error);
  }
  return vault.file(bytes, file);
}

/** @returns False when there is a file already, and must be none. */
function write(file: string, { password: text, salt }: Kept, flag: 'wx' | 'w'): boolean {
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${text}${salt === undefined ? '' : ` salt=${salt}`}\n`, { mode: 0o600, flag });
    chmodSync(file, 0o600);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && statSync(file, { throwIfNoEntry: false })?.isFile() === true) return false;
    throw unusable(file, error);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function unusable(file: string, cause: unknown): TaskError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return failed('password', `${file}: ${reason}`, 'Name a file that can be read and written', cause);
}
