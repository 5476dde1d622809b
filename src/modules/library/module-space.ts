// The modules that a playbook can name: those built in, and those of its `library` directories before them. It does not know what they do.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { FaultsError, SshoalError } from '../../base/errors.ts';
import { LibraryError, type ModuleError } from '../errors.ts';
import { findModule, MODULES, shortName, unknownModule } from '../registry.ts';
import type { Module } from '../seam.ts';
import { scriptedModule } from './scripted-module.ts';
import { interpreterOf, shellModule } from './shell-module.ts';

/** What a name stands for. */
export type Found =
  | { readonly kind: 'module'; readonly module: Module /** Undefined for what is built in. */; readonly file?: string }
  /** A file that has the name and is no module: it is an error only where somebody wants it. */
  | { readonly kind: 'refused'; readonly name: string; readonly file: string; readonly error: SshoalError };

/** What comes first where several files of one directory have one name; others come between the last two. */
const EXTENSIONS = ['.sh', '.mjs', '.js', '.cjs', '.mts', '.ts', '.cts', '', '.py'];
/** As in Ansible, and what compilers leave behind: never modules. */
const NEVER = new Set(['.pyc', '.pyo', '.md', '.txt', '.rst', '.yml', '.yaml', '.json', '.map', '.swp', '.bak', '.orig', '.retry']);
const SCRIPTED = new Set(['.mjs', '.js', '.cjs', '.mts', '.ts', '.cts']);
/** Nobody writes a module of a megabyte; a file that large is something else. */
const LIMIT_BYTES = 1024 * 1024;

/**
 * @example
 * ```ts
 * const modules = await ModuleSpace.load(await libraryDirectories(['site.yml']));
 * const playbook = Playbook.load(['site.yml'], { modules });
 * ```
 */
export class ModuleSpace {
  /** Only what is built in. */
  static readonly builtIn = new ModuleSpace([]);

  readonly #own: ReadonlyMap<string, Found>;
  /** All of them, those too that stand behind another of their name. */
  readonly #all: readonly Found[];

  private constructor(all: readonly Found[]) {
    this.#all = all;
    // The first of a name wins, so it comes last into the map.
    this.#own = new Map(all.toReversed().map((one) => [nameOf(one), one]));
  }

  /**
   * Reads the files of directories, the first of which win; a directory that is not there has none, as in Ansible. Files in
   * JavaScript are imported, which runs their code on this machine. What cannot be used is kept as refused.
   */
  static async load(directories: readonly string[]): Promise<ModuleSpace> {
    const all: Found[] = [];
    for (const directory of new Set(directories.map((one) => path.resolve(one)))) all.push(...(await readLibrary(directory)));
    return new ModuleSpace(all);
  }

  /**
   * What a task means by a name. As in ansible 2.14, `ansible.builtin.NAME` is always the one built in; `NAME` and
   * `ansible.legacy.NAME` may be one of one's own.
   */
  find(name: string): Found | undefined {
    const own = name.startsWith('ansible.builtin.') ? undefined : this.#own.get(shortName(name));
    if (own !== undefined) return own;
    const module = findModule(name);
    return module && { kind: 'module', module };
  }

  /** The error for a name that {@link find} does not know. */
  unknown(name: string, actions: Iterable<string> = []): ModuleError {
    return unknownModule(name, [...this.#own.keys(), ...actions]);
  }

  /** Everything there is by its name, own ones before those built in. */
  get found(): readonly Found[] {
    const builtIn = MODULES.filter(({ name }) => !this.#own.has(name)).map((module): Found => ({ kind: 'module', module }));
    return [...this.#own.values(), ...builtIn].toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  /** What stands behind one of a name: the files, then whether one is built in. */
  hiddenBehind(name: string): { readonly files: readonly string[]; readonly isBuiltIn: boolean } {
    const files = this.#all.flatMap((one) => (nameOf(one) === name && one !== this.#own.get(name) ? [one.file ?? ''] : []));
    return { files, isBuiltIn: this.#own.has(name) && findModule(name) !== undefined };
  }
}

/**
 * Where the modules of playbooks are: `library` beside each, `library` in the roles beside each and in further directories of
 * roles, then further directories.
 *
 * @param directories - Of the playbooks.
 * @param more.rolesPath - Directories of roles.
 * @param more.further - As ANSIBLE_LIBRARY names them.
 */
export async function libraryDirectories(
  directories: readonly string[],
  { rolesPath = [], further = [] }: { readonly rolesPath?: readonly string[]; readonly further?: readonly string[] } = {},
): Promise<string[]> {
  const ofRoles = [...directories.map((directory) => path.join(directory, 'roles')), ...rolesPath];
  const roles = await Promise.all(
    ofRoles.map(async (directory) => (await namesIn(directory)).map((name) => path.join(directory, name, 'library'))),
  );
  return [...directories.map((directory) => path.join(directory, 'library')), ...roles.flat(), ...further];
}

/** @returns None where there is no such directory. @throws LibraryError `LIBRARY_UNREADABLE`. */
async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).toSorted();
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return [];
    throw unreadable(directory, cause);
  }
}

async function readLibrary(directory: string): Promise<Found[]> {
  const candidates = (await namesIn(directory)).flatMap((file) => {
    const extension = path.extname(file);
    const name = path.basename(file, extension);
    const isModule = !NEVER.has(extension) && /^[A-Za-z_]\w*$/.test(name) && name !== '__init__';
    return isModule ? [{ name, extension, file: path.join(directory, file) }] : [];
  });
  const found: Found[] = [];
  for (const { name, extension, file } of candidates) {
    try {
      const module = await readModule(name, extension, file);
      if (module !== undefined) found.push({ kind: 'module', module, file });
    } catch (error) {
      if (!(error instanceof SshoalError)) throw error;
      found.push({ kind: 'refused', name, file, error });
    }
  }
  return found.toSorted((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ kind, file = '' }: Found): number {
  const extension = path.extname(file);
  const rank = EXTENSIONS.indexOf(EXTENSIONS.includes(extension) ? extension : '');
  return kind === 'refused' ? rank + EXTENSIONS.length : rank;
}

/** @returns Undefined for what nobody can have meant as a module: a directory, a README. */
async function readModule(name: string, extension: string, file: string): Promise<Module | undefined> {
  if (extension === '.py') throw python(name, file);
  if (SCRIPTED.has(extension)) return await scriptedModule(name, file);
  const text = await readText(file);
  if (text === undefined) return undefined;
  const interpreter = interpreterOf(text);
  if (extension !== '.sh' && interpreter === undefined) return undefined;
  if (/^python[\d.]*$/.test(interpreter ?? '')) throw python(name, file);
  return shellModule(name, text, file);
}

async function readText(file: string): Promise<string | undefined> {
  try {
    const bytes = await readFile(file);
    if (bytes.length <= LIMIT_BYTES && !bytes.includes(0)) return bytes.toString('utf8');
    throw new LibraryError('LIBRARY_NOT_SH', `${path.basename(file)} is a program, and no text that hosts could run`, {
      where: file,
      fix: 'Copy it with the module copy, and run it with command',
    });
  } catch (cause) {
    if (cause instanceof LibraryError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'EISDIR') return undefined;
    throw unreadable(file, cause);
  }
}

function python(name: string, file: string): LibraryError {
  const builtIn = findModule(name) === undefined ? '' : `Say ansible.builtin.${name} for the one that is built in, or write`;
  return new LibraryError('LIBRARY_PYTHON', `The module \`${name}\` is written in Python, which sshoal does not run on hosts`, {
    where: file,
    fix: `${builtIn || 'Write'} ${name}.sh or ${name}.mjs beside it, or do it with command, shell and the modules there are: sshoal doc`,
  });
}

function unreadable(file: string, cause: unknown): LibraryError {
  return new LibraryError('LIBRARY_UNREADABLE', `It cannot be read: ${(cause as Error).message}`, {
    where: file,
    fix: 'Let yourself read it',
    cause,
  });
}

function nameOf(found: Found): string {
  return found.kind === 'module' ? found.module.name : found.name;
}

/** The first thing that is wrong with a file, for where there is room for one sentence. */
export function firstFault(error: SshoalError): SshoalError {
  return error instanceof FaultsError ? (error.faults[0] ?? error) : error;
}
