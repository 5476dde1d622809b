// The lines of an ssh_config file: keyword and words, each file parsed once. It does not know what they mean.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { positionOf } from '../../base/position.ts';
import { didYouMean } from '../../base/suggest.ts';
import { SshSettingsError } from '../errors.ts';
import { FileCache, readIfThere } from '../file-cache.ts';
import { globPattern } from '../host-keys/name-pattern.ts';
import { KEYWORDS, keywordOf, readingOf } from './keywords.ts';

export interface ConfigLine {
  /** In lower case. */
  readonly keyword: string;
  readonly words: readonly string[];
  readonly file: string;
  /** From 1. */
  readonly number: number;
  /** Of the whole file. */
  readonly text: string;
}

const cache = new FileCache<readonly ConfigLine[]>(async (file) => parseLines((await readIfThere(file)).toString('utf8'), file));

/** A file, or a text with the name it has in messages. */
export type ConfigSource = string | { readonly name: string; readonly text: string };

/** @returns The lines of a source; none when it is a file that is missing. @throws SshSettingsError SSH_CONFIG. */
export async function readLines(source: ConfigSource): Promise<readonly ConfigLine[]> {
  return typeof source === 'string' ? await readFileLines(source) : parseLines(source.text, source.name);
}

async function readFileLines(file: string): Promise<readonly ConfigLine[]> {
  try {
    return await cache.load(file);
  } catch (error) {
    if (error instanceof SshSettingsError) throw error;
    throw new SshSettingsError('SSH_CONFIG', `${file} cannot be read`, {
      where: file,
      fix: 'Make it readable, or give another with -F',
      cause: error,
    });
  }
}

/** @throws SshSettingsError SSH_CONFIG, with file:line:column. */
export function parseLines(text: string, file: string): ConfigLine[] {
  const lines: ConfigLine[] = [];
  // A keyword that only newer programs know is forgiven from where IgnoreUnknown says so on.
  let ignored: readonly string[] = [];
  for (const [i, raw] of text.split('\n').entries()) {
    const line = parseLine(raw, { file, number: i + 1, text }, ignored);
    if (line === undefined) continue;
    if (line.keyword === 'ignoreunknown' && ignored.length === 0) ignored = line.words.flatMap((word) => word.toLowerCase().split(','));
    lines.push(line);
  }
  return lines;
}

function parseLine(raw: string, at: Omit<ConfigLine, 'keyword' | 'words'>, ignored: readonly string[]): ConfigLine | undefined {
  const trimmed = raw.replace(/[\s\f]+$/, '').trimStart();
  if (trimmed === '' || trimmed.startsWith('#')) return undefined;
  const column = raw.indexOf(trimmed) + 1;
  const fail = (message: string, fix: string): never => {
    throw new SshSettingsError('SSH_CONFIG', message, { where: positionOf(at.file, at.text, at.number, column), fix });
  };
  const match = /^("?)([A-Za-z][A-Za-z0-9]*)\1(?:\s*=\s*|\s+|$)(.*)$/s.exec(trimmed);
  if (match === null) return fail('This is no `Keyword value` line', 'Write a keyword and its value, or start a comment with #');
  const [, , word = '', rest = ''] = match;
  const keyword = keywordOf(word);
  if (keyword === undefined) {
    if (ignored.some((pattern) => globPattern(pattern).test(word.toLowerCase()))) return undefined;
    return fail(`ssh has no keyword ${word}`, didYouMean(word, KEYWORDS, 'Remove it, or name it in IgnoreUnknown above'));
  }
  const words = readingOf(keyword) === 'line' ? [rest] : splitWords(rest);
  if (words === undefined) return fail('A quote is not closed', 'Close it');
  if (words.length === 0 || words[0] === '') return fail(`${word} needs a value`, 'Give it one, or remove the line');
  return { keyword, words, ...at };
}

/** As ssh's argv_split: quotes of both kinds, backslash before a quote or a backslash, comment from a word that begins with `#`. */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  for (let i = 0; i < text.length; ) {
    if (text[i] === ' ' || text[i] === '\t') {
      i++;
      continue;
    }
    if (text[i] === '#') break;
    let word = '';
    let quote = '';
    for (; i < text.length; i++) {
      const char = text[i] ?? '';
      const next = text[i + 1];
      if (char === '\\' && (next === '"' || next === "'" || next === '\\' || (quote === '' && next === ' '))) {
        word += next;
        i++;
      } else if (quote === '' && (char === ' ' || char === '\t')) break;
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
      else if (char === quote) quote = '';
      else word += char;
    }
    if (quote !== '') return undefined;
    words.push(word);
  }
  return words;
}

/** Files of a path whose parts may hold `*`, `?` and `[...]`, in order. */
export async function expandGlob(pattern: string): Promise<string[]> {
  const parts = pattern.split(path.sep);
  let found = [path.isAbsolute(pattern) ? path.sep : '.'];
  for (const part of parts.filter((one) => one !== '')) {
    if (!/[*?[]/.test(part)) {
      found = found.map((directory) => path.join(directory, part));
      continue;
    }
    const matcher = pathPattern(part);
    const lists = await Promise.all(found.map(async (directory) => ({ directory, names: await namesIn(directory) })));
    found = lists.flatMap(({ directory, names }) =>
      names
        .filter((name) => matcher.test(name) && (!name.startsWith('.') || part.startsWith('.')))
        .sort()
        .map((name) => path.join(directory, name)),
    );
  }
  return found;
}

/** `*`, `?` and sets as in glob(7); a bracket that is not closed is a bracket. */
function pathPattern(part: string): RegExp {
  const pieces = part.split(/(\[[!^]?\]?[^\]]*\])/);
  const source = pieces.map((piece, i) => {
    if (i % 2 === 0) return globPattern(piece).source.slice(1, -1);
    const [, negation, members = ''] = /^\[([!^]?)(.*)\]$/s.exec(piece) ?? [];
    return `[${negation === '' ? '' : '^'}${members.replace(/[\\\]^[]/g, '\\$&')}]`;
  });
  return new RegExp(`^${source.join('')}$`, 's');
}

/** The same few directories are looked into for each of thousands of hosts. */
const listings = new FileCache(async (directory) => await readdir(directory));

/** A directory that is not there, or not ours to read, holds nothing to include. */
async function namesIn(directory: string): Promise<string[]> {
  return await listings.load(directory).catch(() => []);
}
