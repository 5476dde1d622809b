// Which files of a directory are playbooks. It looks at them only as far as that takes, and says nothing of what is wrong in them.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PlaybookError } from './errors.ts';

/** Directories whose YAML is something else, or somebody else's. */
const NO_PLAYBOOKS = new Set([
  'roles',
  'group_vars',
  'host_vars',
  'vars',
  'tasks',
  'handlers',
  'templates',
  'files',
  'meta',
  'node_modules',
]);
/** A list whose entries begin with the keywords of a play: `- hosts: all`, or the same after the name. By text: a playbook with a slip in its YAML is one, too. */
const PLAY = /^(?:-[ \t]+|[ \t]{1,4})(?:hosts|(?:ansible\.builtin\.)?import_playbook)[ \t]*:/m;
const LIST = /^-[ \t]/m;

/**
 * The playbooks in and below a directory, by name; what roles, variables and hidden directories hold is left out.
 *
 * @throws PlaybookError PLAYBOOK_NOT_FOUND when there is none.
 */
export function findPlaybooks(directory: string): string[] {
  const found = playbooksIn(directory);
  if (found.length > 0) return found;
  throw new PlaybookError('PLAYBOOK_NOT_FOUND', `There is no playbook in ${directory}`, {
    where: directory,
    fix: 'Name playbooks, or a directory with files that are lists of plays',
  });
}

function playbooksIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = path.join(directory, entry.name);
      if (entry.name.startsWith('.')) return [];
      if (entry.isDirectory()) return NO_PLAYBOOKS.has(entry.name) ? [] : playbooksIn(file);
      return entry.isFile() && /\.ya?ml$/.test(entry.name) && isPlaybook(readFileSync(file, 'utf8')) ? [file] : [];
    });
}

function isPlaybook(text: string): boolean {
  return LIST.test(text) && PLAY.test(text);
}
