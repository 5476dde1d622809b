// ssh_config files: what they say of one host. The first value of a keyword wins, as ssh does. It opens no connection.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { positionOf } from '../base/position.ts';
import { SshSettingsError } from './errors.ts';
import { globPattern } from './host-keys/name-pattern.ts';

/** For whom a configuration is asked. */
export interface ConfigQuery {
  /** The name as it was given. */
  readonly host: string;
  readonly user: string | undefined;
  readonly localUser: string;
  readonly homeDirectory: string;
}

/** Keyword in lower case -> values; only identityfile collects more than one. */
export type HostConfig = ReadonlyMap<string, readonly string[]>;

interface Line {
  readonly keyword: string;
  readonly words: readonly string[];
  readonly file: string;
  readonly number: number;
  readonly text: string;
}

const MAX_INCLUDE_DEPTH = 16;
const COLLECTS = new Set(['identityfile', 'certificatefile', 'sendenv', 'setenv']);
/** Their whole rest of the line is one value. */
const WHOLE_LINE = new Set(['proxycommand', 'localcommand', 'remotecommand', 'knownhostscommand']);

/**
 * What some files say of a host.
 *
 * @param files - In order of precedence: the user's own, then the system's. Missing ones are empty.
 * @throws SshSettingsError SSH_CONFIG, with file:line, on text that cannot be read and on `Match exec`, which is never run.
 */
export async function readSshConfig(files: readonly string[], query: ConfigQuery): Promise<HostConfig> {
  const found = new Map<string, string[]>();
  for (const file of files) await new Reader(query, found).file(file, true, 0);
  return found;
}

class Reader {
  readonly #query: ConfigQuery;
  readonly #found: Map<string, string[]>;

  constructor(query: ConfigQuery, found: Map<string, string[]>) {
    this.#query = query;
    this.#found = found;
  }

  /** @param active - Whether the block that includes the file applies. */
  async file(file: string, active: boolean, depth: number): Promise<void> {
    const text = await readIfThere(file);
    if (text === undefined) return;
    let applies = active;
    for (const line of parseLines(text, file)) {
      if (line.keyword === 'host') applies = active && matchesPatterns(this.#query.host, line.words);
      else if (line.keyword === 'match') applies = active && this.#matches(line);
      else if (line.keyword === 'include') await this.#include(line, applies, depth);
      else if (applies) this.#take(line);
    }
  }

  #take(line: Line): void {
    const values = this.#found.get(line.keyword);
    const value = line.words.join(' ');
    if (values === undefined) this.#found.set(line.keyword, [value]);
    else if (COLLECTS.has(line.keyword)) values.push(value);
  }

  #matches(line: Line): boolean {
    const words = [...line.words];
    if (words.length === 0) throw fault(line, 'Match needs a criterion', 'Write for instance: Match host web*');
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      const negated = word.startsWith('!');
      const criterion = (negated ? word.slice(1) : word).toLowerCase();
      const result = this.#criterion(criterion, words, line);
      if (result === negated) return false;
    }
    return true;
  }

  #criterion(criterion: string, words: string[], line: Line): boolean {
    const { host, user, localUser } = this.#query;
    if (criterion === 'all') return true;
    // We read the files once and rename no host: the second reading that these ask for never comes.
    if (criterion === 'final' || criterion === 'canonical') return false;
    const patterns = words.shift()?.split(',');
    if (patterns === undefined) throw fault(line, `Match ${criterion} needs patterns`, `Write: Match ${criterion} PATTERN`);
    switch (criterion) {
      case 'host':
        return matchesPatterns(this.#found.get('hostname')?.[0]?.replaceAll('%h', host) ?? host, patterns);
      case 'originalhost':
        return matchesPatterns(host, patterns);
      case 'user':
        return matchesPatterns(user ?? this.#found.get('user')?.[0] ?? localUser, patterns);
      case 'localuser':
        return matchesPatterns(localUser, patterns);
      default:
        throw fault(
          line,
          `Match ${criterion} is not supported`,
          'Use Host, or Match with host, originalhost, user, localuser or all; or -F with another file',
        );
    }
  }

  async #include(line: Line, active: boolean, depth: number): Promise<void> {
    if (depth >= MAX_INCLUDE_DEPTH) throw fault(line, 'Files include each other too deeply', 'Remove the circle of Include lines');
    for (const word of line.words) {
      const home = word.replace(/^~(?=\/|$)/, this.#query.homeDirectory);
      const absolute = path.isAbsolute(home) ? home : path.join(path.dirname(line.file), home);
      for (const file of await glob(absolute)) await this.file(file, active, depth + 1);
    }
  }
}

function parseLines(text: string, file: string): Line[] {
  return text.split('\n').flatMap((raw, i): Line[] => {
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const match = /^([A-Za-z0-9]+)(?:\s*=\s*|\s+|$)(.*)$/s.exec(trimmed);
    const at = { file, number: i + 1, text };
    if (match === null)
      throw fault(
        { keyword: '', words: [], ...at },
        'This is no `Keyword value` line',
        'Write a keyword and its value, or start a comment with #',
      );
    const keyword = (match[1] ?? '').toLowerCase();
    const rest = match[2] ?? '';
    const words = WHOLE_LINE.has(keyword) ? [rest] : splitWords(rest);
    if (words.length === 0) throw fault({ keyword, words, ...at }, `${match[1]} needs a value`, 'Give it one, or remove the line');
    return [{ keyword, words, ...at }];
  });
}

function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/(?:"[^"]*"|[^\s"])+/g)) {
    if (word.startsWith('#')) break;
    words.push(word.replaceAll('"', ''));
  }
  return words;
}

/** A list of patterns: any must match, and no negated one. */
function matchesPatterns(name: string, patterns: readonly string[]): boolean {
  const lower = name.toLowerCase();
  let matched = false;
  for (const pattern of patterns) {
    const negated = pattern.startsWith('!');
    if (!globPattern((negated ? pattern.slice(1) : pattern).toLowerCase()).test(lower)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new SshSettingsError('SSH_CONFIG', `${file} cannot be read`, {
      where: file,
      fix: 'Make it readable, or give another with -F',
      cause: error,
    });
  }
}

/** Files of a path whose last part may hold `*` and `?`. */
async function glob(pattern: string): Promise<string[]> {
  const [directory, last] = [path.dirname(pattern), path.basename(pattern)];
  if (!/[*?]/.test(last)) return [pattern];
  const names = await readdir(directory).catch(() => []);
  const matcher = globPattern(last);
  return names
    .filter((name) => matcher.test(name) && (!name.startsWith('.') || last.startsWith('.')))
    .sort()
    .map((name) => path.join(directory, name));
}

function fault(line: Line, message: string, fix: string): SshSettingsError {
  return new SshSettingsError('SSH_CONFIG', message, { where: positionOf(line.file, line.text, line.number, 1), fix });
}
