// Files with tasks: where they are looked for, and how they are read. It does not know what a task is.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Position } from '../../base/position.ts';
import { parseYaml, type YamlNode } from '../../base/yaml.ts';
import { PlaybookError } from '../errors.ts';
import type { ParseContext, Project } from './parse-context.ts';

/** Finds the file of an include. @throws PlaybookError PLAYBOOK_NOT_FOUND with the places looked at. */
export function findTaskFile(name: string, at: Position, { role, directory, playDirectory, inHandlers }: ParseContext): string {
  const roles: string[] = [];
  for (let one = role; one !== undefined; one = one.parent) roles.push(path.join(one.directory, inHandlers ? 'handlers' : 'tasks'));
  const places = path.isAbsolute(name) ? [name] : [...new Set([directory, ...roles, playDirectory])].map((one) => path.join(one, name));
  const found = places.find(isFile);
  if (found !== undefined) return found;
  throw new PlaybookError('PLAYBOOK_NOT_FOUND', `There is no file ${places.join(' or ')}`, {
    where: at,
    fix: 'Check the name; it is relative to the file that names it, then to the role and to the playbook',
  });
}

/** The trees of a YAML file, opened where it is encrypted. @throws YamlError, VaultError, PlaybookError PLAYBOOK_NOT_FOUND. */
export function readTrees(file: string, at: Position | string, { vault, digests }: Pick<Project, 'vault' | 'digests'>): YamlNode[] {
  const shown = typeof at === 'string' ? file : shownAs(file, at.file);
  const bytes = readBytes(file, at);
  digests.set(path.resolve(file), digestOf(bytes));
  return parseYaml(vault.file(bytes, shown), shown).map(vault.tree);
}

/** A file was met that is read while the play runs: who goes on with the play must know whether it has changed. @throws PlaybookError PLAYBOOK_NOT_FOUND. */
export function noteRead(file: string, { reads }: Pick<Project, 'reads'>): void {
  if (isFile(file)) reads.set(path.resolve(file), digestOf(readBytes(file, file)));
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** How a file is called in faults and reports: relatively where the file that names it was named so. */
export function shownAs(file: string, namedIn: string): string {
  if (path.isAbsolute(namedIn)) return file;
  return path.join(path.dirname(namedIn), path.relative(path.dirname(path.resolve(namedIn)), file));
}

function readBytes(file: string, at: Position | string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new PlaybookError('PLAYBOOK_NOT_FOUND', `${file} cannot be read`, {
      where: at,
      fix: 'Check the path and its permissions',
      cause,
    });
  }
}

export function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

export function isDirectory(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
