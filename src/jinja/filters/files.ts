// Filters that look at the files, users and environment of the machine that templates.
import path from 'node:path';
import type { Machine } from '../machine.ts';
import { stripText } from '../methods/text.ts';
import { str } from '../printing.ts';
import { type Any, tuple } from '../values.ts';
import { type FilterTable, textOf } from './define.ts';

export const fileFilters: FilterTable = {
  realpath: [[], (value, _args, { machine }) => machine.realPath(str(value))],
  expanduser: [
    [],
    (value, _args, { machine }) =>
      str(value).replace(/^~([^/]*)/, (all, user: string) => machine.home(user)?.replace(/(?<=.)\/+$/, '') ?? all),
  ],
  expandvars: [
    [],
    (value, _args, { machine }) =>
      str(value).replace(/\$(?:([A-Za-z0-9_]+)|\{([^}]*)\})/g, (all, bare?: string, braced?: string) => {
        const name = bare ?? braced ?? '';
        return machine.variable(name) ?? all;
      }),
  ],
  // Names of files of Windows.
  win_basename: [[], (value) => windows(value).name],
  win_dirname: [[], (value) => windows(value).directory],
  win_splitdrive: [[], (value) => tuple([windows(value).drive, windows(value).rest])],
  fileglob: [[], (value, _args, { machine }) => glob(str(value), machine).filter((file) => machine.kind(file) === 'file')],
};

/** As Python's ntpath splits them. */
function windows(value: Any): { readonly drive: string; readonly rest: string; readonly directory: string; readonly name: string } {
  const text = textOf(value, 'win_');
  const drive = /^(?:[\\/]{2}[^\\/]+[\\/][^\\/]+|.:)/s.exec(text)?.[0] ?? '';
  const rest = text.slice(drive.length);
  const name = /[^\\/]*$/.exec(rest)?.[0] ?? '';
  const head = rest.slice(0, rest.length - name.length);
  return { drive, rest, name, directory: drive + (/^[\\/]*$/.test(head) ? head : stripText(head, '\\/', false, true)) };
}

/** As Python's `glob.glob`, sorted: names that begin with a dot only match a pattern that does. */
function glob(pattern: string, machine: Machine): string[] {
  const [directory, name] = [path.posix.dirname(pattern), path.posix.basename(pattern)];
  const isMagic = /[*?[]/;
  if (!isMagic.test(pattern)) return machine.kind(pattern, 'link itself') === undefined ? [] : [pattern];
  const above = isMagic.test(directory) ? glob(directory, machine).filter((one) => machine.kind(one) === 'directory') : [directory];
  const matches = wildcard(name);
  return above.flatMap((one) =>
    [...machine.list(one)]
      .filter((entry) => matches.test(entry) && (name.startsWith('.') || !entry.startsWith('.')))
      .sort()
      .map((entry) => (directory === '.' && !pattern.startsWith('.') ? entry : `${one === '/' ? '' : one}/${entry}`)),
  );
}

// As Python's fnmatch: *, ?, [abc], [!abc].
function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\*+|\?|\[!?\]?[^\]]*\]|[^]/gu, (part) => {
    if (part.startsWith('*')) return '.*';
    if (part === '?') return '.';
    if (part.length > 2 && part.startsWith('[')) {
      return `[${part[1] === '!' ? '^' : ''}${part.slice(part[1] === '!' ? 2 : 1, -1).replace(/[\\\]^[]/g, '\\$&')}]`;
    }
    return part.replace(/[\\^$.|+()[\]{}/-]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 's');
}
