// lookup fileglob: files of the controller that shell patterns find.
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { globRegex } from '../../inventory/glob.ts';
import { findFile } from '../run/find-file.ts';
import type { Lookup, LookupContext } from './seam.ts';
import { textTerm } from './terms.ts';

export const fileglob: Lookup = {
  name: 'fileglob',
  summary: 'files of the controller that match patterns, of the first directory that has any, sorted by name',
  options: {},
  find: (terms, _options, context) =>
    terms.flatMap((term) => {
      const pattern = textTerm('fileglob', term);
      for (const directory of directoriesOf(pattern, context)) {
        const found = matching(directory, path.basename(pattern));
        if (found.length > 0) return found;
      }
      return [];
    }),
};

// Patterns are for names only: a directory is named as it is.
function directoriesOf(pattern: string, { directories }: LookupContext): string[] {
  if (!pattern.includes('/')) return directories.flatMap((directory) => [path.join(directory, 'files'), directory]);
  const directory = findFile(path.dirname(pattern), 'files', directories);
  return directory === undefined ? [] : [directory];
}

function matching(directory: string, pattern: string): string[] {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const regex = globRegex(pattern);
  // As a shell: a pattern finds no hidden files unless it begins with a dot itself.
  return readdirSync(directory)
    .filter((name) => regex.test(name) && (pattern.startsWith('.') || !name.startsWith('.')))
    .map((name) => path.join(directory, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
    .sort();
}
