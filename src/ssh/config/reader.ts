// What ssh_config files say of one host: blocks that apply, first values, included files. It opens no connection.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { positionOf } from '../../base/position.ts';
import { SshSettingsError } from '../errors.ts';
import { globPattern } from '../host-keys/name-pattern.ts';
import { readingOf } from './keywords.ts';
import { type ConfigLine, type ConfigSource, expandGlob, readLines } from './lines.ts';
import { expandTokens } from './tokens.ts';

/** For whom a configuration is asked. */
export interface ConfigQuery {
  /** The name as it was given. */
  readonly host: string;
  readonly user: string | undefined;
  readonly port?: number | undefined;
  readonly localUser: string;
  readonly homeDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Keyword in lower case -> values, as they stand in the files. */
export type HostConfig = ReadonlyMap<string, readonly string[]>;

const MAX_INCLUDE_DEPTH = 16;
const MATCH_EXEC_MS = 10_000;

/**
 * What some files say of a host.
 *
 * @param files - In order of precedence: the user's own, then the system's. Missing ones are empty.
 * @param given - Lines that come before those of the files: flags.
 * @throws SshSettingsError SSH_CONFIG, with file:line:column, on text that cannot be read.
 */
export async function readSshConfig(
  files: readonly ConfigSource[],
  query: ConfigQuery,
  given: readonly ConfigLine[] = [],
): Promise<HostConfig> {
  const found = new Map<string, string[]>();
  const first = new Reader(query, found, query.host, false);
  for (const line of given) first.take(line);
  for (const file of files) await first.file(file, true, 0);
  const canonical = await canonicalName(found, query);
  if (canonical === undefined && !first.wantsFinalPass) return found;
  // Once more from the beginning, under the name that came of it; what has a value keeps it.
  if (canonical !== undefined) found.set('hostname', [canonical]);
  const second = new Reader(query, found, canonical ?? hostNameIn(found, query.host), true);
  for (const file of files) await second.file(file, true, 0);
  return found;
}

class Reader {
  readonly #query: ConfigQuery;
  readonly #found: Map<string, string[]>;
  readonly #host: string;
  readonly #isFinal: boolean;
  wantsFinalPass = false;

  constructor(query: ConfigQuery, found: Map<string, string[]>, host: string, isFinal: boolean) {
    this.#query = query;
    this.#found = found;
    this.#host = host.toLowerCase();
    this.#isFinal = isFinal;
  }

  /** @param active - Whether the block that includes the file applies. */
  async file(file: ConfigSource, active: boolean, depth: number): Promise<void> {
    let applies = active;
    for (const line of await readLines(file)) {
      if (line.keyword === 'host') applies = active && matchesPatterns(this.#host, line.words);
      else if (line.keyword === 'match') applies = (await this.#matches(line, active)) && active;
      else if (line.keyword === 'include') await this.#include(line, applies, depth);
      else if (applies) this.take(line);
    }
  }

  /** A line that applies. */
  take({ keyword, words }: ConfigLine): void {
    const values = this.#found.get(keyword);
    const value = words.join(' ');
    // Of these two roads the first one named is taken.
    if (keyword === 'proxyjump' && this.#found.has('proxycommand')) return;
    if (keyword === 'proxycommand' && this.#found.has('proxyjump')) return;
    switch (readingOf(keyword)) {
      case 'each':
        if (values === undefined) this.#found.set(keyword, [value]);
        else if (!values.includes(value)) values.push(value);
        break;
      case 'environment':
        this.#found.set(keyword, withEnvironment(values ?? [], words));
        break;
      case 'list':
        if (values === undefined) this.#found.set(keyword, [...words]);
        break;
      default:
        if (values === undefined) this.#found.set(keyword, [value]);
    }
  }

  /** @param active - Commands are only run where their answer counts. */
  async #matches(line: ConfigLine, active: boolean): Promise<boolean> {
    const words = [...line.words];
    let result = true;
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      const negated = word.startsWith('!');
      const [, name = '', attached] = /^!?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
      const criterion = name.toLowerCase();
      if (criterion === 'all') {
        if (line.words.length > 2 || (line.words.length === 2 && !this.#isFinalWord(line.words[0]))) {
          throw fault(line, 'Match all stands alone', 'Remove the other criteria');
        }
        result &&= !negated;
        continue;
      }
      if (criterion === 'canonical' || criterion === 'final') {
        if (criterion === 'final') this.wantsFinalPass ||= !this.#isFinal;
        result &&= this.#isFinal !== negated;
        continue;
      }
      const argument = attached ?? words.shift();
      if (argument === undefined) throw fault(line, `Match ${criterion} needs patterns`, `Write: Match ${criterion} PATTERN`);
      const holds = await this.#criterion(criterion, argument, line, active && result);
      result &&= holds !== negated;
    }
    return result;
  }

  #isFinalWord(word: string | undefined): boolean {
    return word === 'canonical' || word === 'final';
  }

  async #criterion(criterion: string, argument: string, line: ConfigLine, counts: boolean): Promise<boolean> {
    const { host, user, localUser } = this.#query;
    const patterns = argument.split(',');
    switch (criterion) {
      case 'host':
        return matchesPatterns(hostNameIn(this.#found, this.#host).toLowerCase(), patterns);
      case 'originalhost':
        return matchesPatterns(host.toLowerCase(), patterns);
      case 'user':
        return matchesPatterns(user ?? this.#found.get('user')?.[0] ?? localUser, patterns);
      case 'localuser':
        return matchesPatterns(localUser, patterns);
      case 'exec':
        return counts && (await this.#exec(argument));
      default:
        throw fault(line, `There is no criterion ${criterion}`, 'Use host, originalhost, user, localuser, exec, final, canonical or all');
    }
  }

  async #exec(command: string): Promise<boolean> {
    const { host, user, localUser, homeDirectory, environment } = this.#query;
    const there = hostNameIn(this.#found, this.#host);
    const values = {
      originalHost: host,
      host: there,
      port: Number(this.#found.get('port')?.[0] ?? 22),
      user: user ?? this.#found.get('user')?.[0] ?? localUser,
      localUser,
      homeDirectory,
      hostKeyAlias: this.#found.get('hostkeyalias')?.[0] ?? there,
      jump: this.#found.get('proxyjump')?.[0] ?? '',
      environment: {},
    };
    const expanded = expandTokens(command, values, 'CdhijkLlnpru', 'Match exec');
    return await succeeds(environment.SHELL ?? '/bin/sh', expanded);
  }

  async #include(line: ConfigLine, active: boolean, depth: number): Promise<void> {
    if (depth >= MAX_INCLUDE_DEPTH) throw fault(line, 'Files include each other too deeply', 'Remove the circle of Include lines');
    const { homeDirectory } = this.#query;
    for (const word of line.words) {
      const home = word.replace(/^~(?=\/|$)/, homeDirectory);
      // As ssh: in ~/.ssh or, of the system's files, in /etc/ssh, wherever this one is.
      const base = line.file.startsWith('/etc/ssh/') ? '/etc/ssh' : path.join(homeDirectory, '.ssh');
      for (const file of await expandGlob(path.isAbsolute(home) ? home : path.join(base, home))) await this.file(file, active, depth + 1);
    }
  }
}

/** HostName with its two tokens, or the name itself. */
export function hostNameIn(found: HostConfig, host: string): string {
  return (found.get('hostname')?.[0] ?? host).replaceAll(/%([%h])/g, (_token, letter: string) => (letter === 'h' ? host : '%'));
}

/** `LANG LC_*` adds, `-LC_*` takes away what is there. */
function withEnvironment(values: readonly string[], words: readonly string[]): string[] {
  let list = [...values];
  for (const word of words) {
    if (word.startsWith('-')) list = list.filter((one) => !globPattern(word.slice(1)).test(one));
    else if (!list.includes(word)) list.push(word);
  }
  return list;
}

/** A list of patterns: any must match, and no negated one. */
export function matchesPatterns(name: string, patterns: readonly string[]): boolean {
  let matched = false;
  for (const pattern of patterns) {
    const negated = pattern.startsWith('!');
    if (!globPattern(negated ? pattern.slice(1) : pattern).test(name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

/** What is expanded into it was checked before: host, user and port hold no character that means anything to a shell. */
async function succeeds(shell: string, command: string): Promise<boolean> {
  return await new Promise<boolean>((resolve) => {
    const child = spawn(shell, ['-c', command], { stdio: 'ignore', timeout: MATCH_EXEC_MS, killSignal: 'SIGKILL' });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

/** CanonicalizeHostname: the full name of a short one. @returns undefined when that is not asked for or not found. */
async function canonicalName(found: HostConfig, { host }: ConfigQuery): Promise<string | undefined> {
  const mode = found.get('canonicalizehostname')?.[0]?.toLowerCase() ?? 'no';
  const domains = (found.get('canonicaldomains') ?? []).filter((word) => word !== 'none');
  const proxied = [found.get('proxyjump'), found.get('proxycommand')].some(
    (values) => values !== undefined && values[0]?.toLowerCase() !== 'none',
  );
  if (mode !== 'always' && (mode !== 'yes' || proxied)) return undefined;
  const name = hostNameIn(found, host).toLowerCase();
  const maxDots = Number(found.get('canonicalizemaxdots')?.[0] ?? 1);
  if (name.endsWith('.')) return name.slice(0, -1);
  const isAddress = /^[0-9.]+$/.test(name) || name.includes(':');
  const dots = name.split('.').length - 1;
  if (!isAddress && dots <= maxDots) {
    const { lookup } = await import('node:dns/promises');
    for (const domain of domains) {
      const full = `${name}.${domain}`;
      const there = await lookup(full).then(
        () => true,
        () => false,
      );
      if (there) return full;
    }
    if (domains.length > 0 && found.get('canonicalizefallbacklocal')?.[0]?.toLowerCase() === 'no') {
      throw new SshSettingsError('SSH_CONFIG', `${name} is in none of the CanonicalDomains`, {
        where: host,
        fix: 'Give the full name of the host',
      });
    }
  }
  return name;
}

function fault(line: ConfigLine, message: string, fix: string): SshSettingsError {
  return new SshSettingsError('SSH_CONFIG', message, { where: positionOf(line.file, line.text, line.number, 1), fix });
}
