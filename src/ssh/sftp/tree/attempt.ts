// The names of what is not complete yet, by which a later attempt finds it again. It makes and removes nothing.
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { decodeName, encodeName, joined } from '../names.ts';
import type { TreePlan } from './plan.ts';

const MARK = 12;
const TEMPORARY = /^\..*\.[0-9a-f]{12,24}\.part$/s;

/** Whether a name looks like one for what is not complete: of whoever, and perhaps under way at this moment. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/**
 * One attempt to copy a tree. Its temporary names are `.<name>.<source><version>.part`: the first half says from where it comes, the second
 * one which version it is; without `resume` the second one is random.
 */
export class Attempt {
  readonly resumes: boolean;
  readonly #source: string;
  readonly #versions = new Set<string>();

  /** @param source - From where, so that no other source has the same. */
  constructor(source: string, resumes: boolean) {
    this.#source = mark(source);
    this.resumes = resumes;
  }

  /** The path of something for the time it is incomplete, beside its place; without a version nobody finds it again. */
  nameFor(place: string, version?: string): string {
    const second = this.resumes && version !== undefined ? mark(version) : randomBytes(MARK / 2).toString('hex');
    this.#versions.add(second);
    // A name may have 255 bytes.
    const name = decodeName(encodeName(path.posix.basename(place)).subarray(0, 220));
    return joined(path.posix.dirname(place), `.${name}.${this.#source}${second}.part`);
  }

  /** Whether a name belongs to an attempt with the same source that is of no use to this one, once all its names are given. */
  isStale(name: string): boolean {
    if (!this.resumes || !isTemporary(name)) return false;
    const marks = name.slice(-'.part'.length - 2 * MARK, -'.part'.length);
    return marks.startsWith(this.#source) && marks.length === 2 * MARK && !this.#versions.has(marks.slice(MARK));
  }
}

/** What a tree is now: another one when any file of it is. */
export function versionOf({ files, directories, links }: TreePlan): string {
  const lines = [
    ...files.map(({ path: at, attributes }) => `f ${at}\0${fileVersion(attributes)}`),
    ...directories.map(({ path: at }) => `d ${at}`),
    ...links.map(({ path: at, target }) => `l ${at}\0${target}`),
  ];
  return mark(lines.sort().join('\n'));
}

/** What a file is now. */
export function fileVersion({ version, sizeBytes, mtimeSeconds }: TreePlan['files'][number]['attributes']): string {
  return version ?? `${sizeBytes} ${mtimeSeconds}`;
}

function mark(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, MARK);
}
