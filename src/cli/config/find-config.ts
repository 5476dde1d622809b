// Where sshoal.yml and ansible.cfg may be, and which of them counts. It does not read what is in them.
import { accessSync, constants, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Context } from '../context.ts';
import { ConfigError } from '../errors.ts';
import { pathOf } from './value-kinds.ts';

/** A place where a file was looked for. */
export interface Place {
  readonly file: string;
  /** What made it a place: `--config`, `SSHOAL_CONFIG`, or nothing but habit. */
  readonly from?: string;
  readonly state: 'read' | 'absent' | 'unreadable' | 'passed over' | 'world-writable directory';
}

type Surroundings = Pick<Context, 'env' | 'cwd'>;

/** Instead of a file: read none. */
const NONE = 'none';

/**
 * The places of sshoal.yml, of which the first that has one counts: `--config`, `SSHOAL_CONFIG`, the current directory unless
 * everybody may write there, the user's configuration ($XDG_CONFIG_HOME), `/etc/sshoal`.
 *
 * @param flag - The value of `--config`.
 * @throws ConfigError `CONFIG_NOT_FOUND` where a file was named that is not there, `CONFIG_UNREADABLE`.
 */
export function sshoalPlaces(flag: string | undefined, { env, cwd }: Surroundings): Place[] {
  const home = homeOf(env);
  const named = flag !== undefined ? (['--config', flag] as const) : (['SSHOAL_CONFIG', env.SSHOAL_CONFIG ?? ''] as const);
  const [from, name] = named;
  if (name === NONE) return [];
  if (name !== '') return [namedPlace(pathOf(name, { directory: cwd, home }), from)];
  const userDirectory = env.XDG_CONFIG_HOME || (home === undefined ? undefined : path.join(home, '.config'));
  const places = usualPlaces(cwd, 'sshoal.yml', [
    ...(userDirectory === undefined ? [] : [path.join(userDirectory, 'sshoal', 'sshoal.yml')]),
    '/etc/sshoal/sshoal.yml',
  ]);
  const unreadable = places.find((place) => place.state === 'unreadable');
  if (unreadable !== undefined) throw unreadableError(unreadable.file);
  return places;
}

/** The places of ansible.cfg, as ansible 2.14 looks for it; none where `--config none` wants no file at all. */
export function ansiblePlaces(flag: string | undefined, { env, cwd }: Surroundings): Place[] {
  if ((flag ?? env.SSHOAL_CONFIG) === NONE) return [];
  const home = homeOf(env);
  const named = env.ANSIBLE_CONFIG ?? '';
  const file = named === '' ? undefined : pathOf(named, { directory: cwd, home });
  const usual = usualPlaces(cwd, 'ansible.cfg', [
    ...(home === undefined ? [] : [path.join(home, '.ansible.cfg')]),
    '/etc/ansible/ansible.cfg',
  ]);
  if (file === undefined) return usual;
  const inside = isDirectory(file) ? path.join(file, 'ansible.cfg') : file;
  const first: Place = { file: inside, from: 'ANSIBLE_CONFIG', state: stateOf(inside) };
  return first.state === 'read' ? [first, ...usual.map(passedOver)] : [first, ...usual];
}

/** All places of both. */
export function findPlaces(flag: string | undefined, context: Surroundings): Place[] {
  return [...sshoalPlaces(flag, context), ...ansiblePlaces(flag, context)];
}

/** The file that counts. */
export function chosenFile(places: readonly Place[]): string | undefined {
  return places.find((place) => place.state === 'read')?.file;
}

/** Where `~` is; a value, since the process may be somebody else's. */
export function homeOf(env: Context['env']): string | undefined {
  return env.HOME || env.USERPROFILE || undefined;
}

function namedPlace(file: string, from: string): Place {
  const state = stateOf(file);
  if (state === 'unreadable') throw unreadableError(file);
  if (state === 'read') return { file, from, state };
  throw new ConfigError('CONFIG_NOT_FOUND', `There is no file ${file}`, {
    where: from,
    fix: 'Check the path, or begin one: sshoal config init > sshoal.yml',
  });
}

function usualPlaces(cwd: string, name: string, others: readonly string[]): Place[] {
  const here = path.join(cwd, name);
  // Whoever can write there could make us run their programs; as ansible, and as it does, only where a file is.
  const trusted = !isWorldWritable(cwd);
  let taken = false;
  return [here, ...others].map((file) => {
    const state = stateOf(file);
    if (state === 'read' && file === here && !trusted) return { file, state: 'world-writable directory' };
    if (state === 'read' && taken) return { file, state: 'passed over' };
    taken ||= state === 'read';
    return { file, state };
  });
}

function passedOver(place: Place): Place {
  return place.state === 'read' ? { ...place, state: 'passed over' } : place;
}

function stateOf(file: string): Place['state'] {
  const found = find(file);
  if (found === undefined || found.isDirectory()) return 'absent';
  try {
    accessSync(file, constants.R_OK);
    return 'read';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return 'unreadable';
  }
}

function isDirectory(file: string): boolean {
  return find(file)?.isDirectory() === true;
}

/** What is there; as for Python, nothing is where we may not look. */
function find(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if (['ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

// Windows has no such bit, and Node makes one up.
function isWorldWritable(directory: string): boolean {
  const mode = find(directory)?.mode ?? 0;
  return process.platform !== 'win32' && (mode & 0o002) !== 0;
}

function unreadableError(file: string): ConfigError {
  return new ConfigError('CONFIG_UNREADABLE', `${file} cannot be read`, {
    where: file,
    fix: 'Give yourself the right to read it, or name another file: --config',
  });
}
