// Reads the group sources of ClusterShell's own configuration, without ClusterShell. It does not ask any of them.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { NodeSetError } from '../../base/node-set/errors.ts';
import { splitWords } from '../../base/shlex.ts';
import { type CfgSections, parseCfg } from './cfg-file.ts';
import type { GroupSource } from './group-source.ts';
import { substitute, type UpcallOptions, upcallSource } from './upcall-source.ts';
import { readYamlSources } from './yaml-source.ts';

const MAIN = 'Main';

/** Where ClusterShell looks, the last winning. @param env - The environment, for HOME, XDG_CONFIG_HOME and CLUSTERSHELL_CFGDIR. */
export function clusterShellDirectories(env: Readonly<Record<string, string | undefined>>): string[] {
  const home = env.HOME ?? '';
  const ofUser = env.XDG_CONFIG_HOME ?? (home === '' ? '' : path.join(home, '.config'));
  return [
    '/etc/clustershell',
    home === '' ? '' : path.join(home, '.local/etc/clustershell'),
    ofUser === '' ? '' : path.join(ofUser, 'clustershell'),
    env.CLUSTERSHELL_CFGDIR ?? '',
  ].filter((directory) => directory !== '');
}

export interface ClusterShellSources {
  readonly sources: ReadonlyMap<string, GroupSource>;
  /** What groups without a source belong to; undefined when there are no sources. */
  readonly defaultSource: string | undefined;
}

/**
 * Reads `groups.conf` of these directories, and the files it leads to, as ClusterShell 1.9.
 *
 * @param directories - {@link clusterShellDirectories}; those without a `groups.conf` are passed over.
 * @throws NodeSetError NODE_SET_CONFIG; YamlError.
 */
export async function readClusterShellSources(
  directories: readonly string[],
  options: Omit<UpcallOptions, 'directory'> = {},
): Promise<ClusterShellSources> {
  const merged = new Map<string, Map<string, string>>();
  let home: string | undefined;
  for (const directory of directories) {
    const file = path.join(directory, 'groups.conf');
    const text = await readIfThere(file);
    if (text === undefined) continue;
    home = directory;
    for (const [title, section] of parseCfg(text, file)) merged.set(title, new Map([...(merged.get(title) ?? []), ...section]));
  }
  const sources = new Map<string, GroupSource>();
  if (home === undefined) return { sources, defaultSource: undefined };
  const add = (found: readonly GroupSource[], file: string): void => {
    for (const source of found) {
      if (sources.has(source.name)) throw configError(`There are two group sources called ${source.name}`, file, 'Rename one of them');
      sources.set(source.name, source);
    }
  };
  const main = merged.get(MAIN);
  for (const directory of directoriesOf(main?.get('groupsdir') ?? main?.get('confdir') ?? '', home)) {
    for (const file of await filesOf(directory, '.conf')) {
      add(upcallSources(parseCfg((await readIfThere(file)) ?? '', file), file, { ...options, directory }), file);
    }
  }
  for (const directory of directoriesOf(main?.get('autodir') ?? '', home)) {
    // A file that others may not read has groups for others: as in ClusterShell.
    for (const file of await filesOf(directory, '.yaml')) add(readYamlSources((await readIfThere(file, 'EACCES')) ?? '', file), file);
  }
  const file = path.join(home, 'groups.conf');
  add(upcallSources(merged, file, { ...options, directory: home }), file);
  return { sources, defaultSource: defaultOf(main?.get('default') ?? '', sources, file) };
}

function defaultOf(named: string, sources: ReadonlyMap<string, GroupSource>, file: string): string | undefined {
  if (named === '') return [...sources.keys()][0];
  if (sources.has(named)) return named;
  throw configError(`The default group source ${named} is not there`, file, `Known: ${[...sources.keys()].join(', ') || 'none'}`);
}

function upcallSources(sections: CfgSections, file: string, options: UpcallOptions): GroupSource[] {
  return [...sections]
    .filter(([title]) => title !== MAIN)
    .flatMap(([title, section]) =>
      title.split(',').map((name) => {
        const map = section.get('map');
        if (map === undefined)
          throw configError(`The group source ${name} has no option map`, file, 'Add map: and a command that prints the nodes of $GROUP');
        return upcallSource(name.trim(), { map, all: section.get('all'), list: section.get('list') }, options);
      }),
    );
}

/** Directories with blanks between them, each once. */
function directoriesOf(words: string, home: string): readonly string[] {
  return [...new Set(splitWords(words).map((word) => path.normalize(substitute(word, { CFGDIR: home }))))];
}

async function filesOf(directory: string, ending: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw configError(`The directory cannot be read: ${String(codeOf(error))}`, directory, 'Check the directories of groups.conf', error);
  });
  return names
    .filter((name) => name.endsWith(ending) && !name.startsWith('.'))
    .sort()
    .map((name) => path.join(directory, name));
}

/** A file's text; undefined when it is not there, or cannot be read for a reason that is no fault. */
async function readIfThere(file: string, noFault = 'ENOENT'): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch((error: unknown) => {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === noFault) return undefined;
    throw configError(`The file cannot be read: ${String(code)}`, file, 'Check its permissions', error);
  });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function configError(message: string, where: string, fix: string, cause?: unknown): NodeSetError {
  return new NodeSetError('NODE_SET_CONFIG', message, { where, fix, cause });
}
