// include_vars: variables of files of the controller, for the rest of the run.
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Dict, dict, type Value } from '../../base/value.ts';
import { readVarsFile } from '../../inventory/vars-files.ts';
import { pythonRegex } from '../../jinja/regex/python-regex.ts';
import { TaskError } from '../errors.ts';
import { filePlaces, requireFile } from '../run/find-file.ts';
import { saysYes } from '../run/task-run.ts';
import type { Action, ActionContext } from './seam.ts';

const ENDINGS = ['yaml', 'yml', 'json'];
const ONLY_DIRECTORIES = ['depth', 'files_matching', 'ignore_files', 'extensions', 'ignore_unknown_extensions'];

export const includeVars: Action = {
  name: 'include_vars',
  summary: 'read variables from files of the controller',
  params: {
    file: { type: 'str', description: 'A file, looked for in vars/ and beside the playbook' },
    dir: { type: 'str', description: 'A directory, with all files in and below it, by name' },
    name: { type: 'str', description: 'Put all variables into a dict of this name' },
    depth: { type: 'int', default: 0, description: 'With dir: how many directories; 0 for all' },
    files_matching: { type: 'str', description: 'With dir: only files whose name this regular expression finds' },
    ignore_files: {
      type: 'list',
      elements: 'str',
      description: 'With dir: leave out files whose name ends as these regular expressions say',
    },
    extensions: { type: 'list', elements: 'str', default: ENDINGS, description: 'With dir: endings of files' },
    ignore_unknown_extensions: {
      type: 'bool',
      default: false,
      description: 'With dir: leave out files with other endings, which are an error else',
    },
    hash_behaviour: { type: 'str', unsupported: 'Merge dicts where they are used, with the filter combine', description: 'Merge dicts' },
  },
  freeForm: 'file',
  run: (context) => {
    const { args } = context;
    const files = filesOf(context);
    const read: Dict = new Map();
    for (const file of files) for (const [name, value] of readVarsFile(file, context.vault)) read.set(name, value);
    const name = args.get('name');
    const vars: Dict = typeof name === 'string' && name !== '' ? new Map([[name, read]]) : read;
    return {
      includedVars: vars,
      result: { changed: false, failed: false, values: dict({ ansible_facts: vars, ansible_included_var_files: files }) },
    };
  },
};

function filesOf({ args, directories }: ActionContext): string[] {
  const [file, dir] = [args.get('file'), args.get('dir')];
  const stray = ONLY_DIRECTORIES.find((key) => args.has(key));
  if (typeof file === 'string' && (dir !== undefined || stray !== undefined))
    throw new TaskError('BAD_PARAMETER', `include_vars: \`file\` and \`${dir === undefined ? stray : 'dir'}\` exclude each other`, {
      fix: 'Name a file, or a directory',
    });
  if (typeof file === 'string') return [requireFile(file.replace(/\n$/, ''), 'vars', directories)];
  if (typeof dir === 'string') return filesBelow(directoryOf(dir, directories), args);
  throw new TaskError('BAD_PARAMETER', 'include_vars needs `file` or `dir`', { fix: 'Write include_vars: file.yml' });
}

function directoryOf(dir: string, directories: readonly string[]): string {
  // A directory is beside the tasks, or in the vars/ of their role.
  const places = directories.flatMap((directory) => [path.resolve(directory, dir), ...filePlaces(dir, 'vars', [directory])]);
  const found = places.find((place) => statSync(place, { throwIfNoEntry: false })?.isDirectory() === true);
  if (found !== undefined) return found;
  throw new TaskError('FILE_NOT_FOUND', `There is no directory ${dir}`, { where: [...new Set(places)].join(', '), fix: 'Check the path' });
}

function filesBelow(directory: string, args: Dict): string[] {
  const depth = Number(args.get('depth') ?? 0);
  const matching = args.get('files_matching');
  const pattern = typeof matching === 'string' && matching !== '' ? pythonRegex(matching) : undefined;
  const time = { patternMs: 2_000 };
  const ignored = listOf(args.get('ignore_files'), /\s+/).map((one) => pythonRegex(`${one}$`));
  const endings = listOf(args.get('extensions') ?? ENDINGS, /\s*,\s*/);
  const lenient = saysYes(args.get('ignore_unknown_extensions') ?? false);
  // In order of their whole paths, each directory before what is below it; as in Ansible, the depth counts directories.
  const walked = directoriesBelow(directory).sort();
  return walked.slice(0, depth === 0 ? undefined : depth).flatMap((one) =>
    namesIn(one, false)
      .filter((name) => pattern === undefined || pattern.search(name, time) !== null)
      .filter((name) => !ignored.some((regex) => regex.search(name, time) !== null))
      .flatMap((name) => {
        const file = path.join(one, name);
        if (endings.includes(path.extname(name).slice(1))) return [file];
        if (lenient) return [];
        throw new TaskError('BAD_PARAMETER', `${file} does not have a valid extension: ${endings.join(', ')}`, {
          where: file,
          fix: 'Give ignore_unknown_extensions: true, or ignore_files',
        });
      }),
  );
}

function directoriesBelow(directory: string): string[] {
  return [directory, ...namesIn(directory, true).flatMap((name) => directoriesBelow(path.join(directory, name)))];
}

function namesIn(directory: string, directories: boolean): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() === directories)
    .map(({ name }) => name)
    .sort();
}

function listOf(value: Value | undefined, separator: RegExp): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map(String);
  return String(value as string)
    .split(separator)
    .filter((one) => one !== '');
}
