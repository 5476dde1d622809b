// Tasks that this floor and Ansible must carry out alike: what is there before, and the arguments. `@` is the directory of the case.

export interface Case {
  readonly name: string;
  readonly module: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Files by name (text), directories (ending in a slash), links (`-> target`), second names (`= name`). A mode may stand before a bar: `0600|text`. */
  readonly before?: Readonly<Record<string, string>>;
  readonly checkMode?: boolean;
  /** Whether the messages must be the same too. */
  readonly sameMsg?: boolean;
  /** Carried out a second time, which must change as much or as little; what differs is compared too. */
  readonly twice?: boolean;
  /** Where that is twice: whether what differs is shown alike. Default true. */
  readonly sameDiff?: boolean;
}

const HOSTS = '127.0.0.1 localhost\n# end of hosts\n::1 localhost';
const CONF = 'a=1\nb=2\nc=3\n';

export const CASES: readonly Case[] = [
  { name: 'copy makes a file', module: 'copy', args: { content: 'x\n', dest: '@/new' } },
  { name: 'copy makes a file with a mode', module: 'copy', args: { content: 'x\n', dest: '@/new', mode: '0600' } },
  { name: 'copy replaces and keeps the mode', module: 'copy', args: { content: 'y\n', dest: '@/f' }, before: { f: '0640|x\n' } },
  { name: 'copy leaves the same alone', module: 'copy', args: { content: 'x\n', dest: '@/f' }, before: { f: '0640|x\n' } },
  { name: 'copy changes only the mode', module: 'copy', args: { content: 'x\n', dest: '@/f', mode: 'u+x,g-r' }, before: { f: '0640|x\n' } },
  { name: 'copy replaces a link', module: 'copy', args: { content: 'y\n', dest: '@/l' }, before: { f: 'x\n', l: '-> f' } },
  { name: 'copy follows a link', module: 'copy', args: { content: 'y\n', dest: '@/l', follow: true }, before: { f: 'x\n', l: '-> f' } },
  { name: 'copy does not force', module: 'copy', args: { content: 'y\n', dest: '@/f', force: false }, before: { f: 'x\n' } },
  { name: 'copy into a directory', module: 'copy', args: { src: '@/s', dest: '@/d' }, before: { s: 'x\n', 'd/': '' } },
  { name: 'copy into a directory to be made', module: 'copy', args: { src: '@/s', dest: '@/d/e/' }, before: { s: 'x\n' } },
  { name: 'copy needs the directory', module: 'copy', args: { content: 'x', dest: '@/d/f' }, sameMsg: true },
  {
    name: 'copy refuses content for a directory',
    module: 'copy',
    args: { content: 'x', dest: '@/d' },
    before: { 'd/': '' },
    sameMsg: true,
  },
  { name: 'copy preserves a mode', module: 'copy', args: { src: '@/s', dest: '@/f', mode: 'preserve' }, before: { s: '0751|x\n' } },
  { name: 'copy on the host', module: 'copy', args: { src: '@/s', dest: '@/f', remote_src: true }, before: { s: '0751|x\n' } },
  {
    name: 'copy on the host preserves a mode',
    module: 'copy',
    args: { src: '@/s', dest: '@/f', remote_src: true, mode: 'preserve' },
    before: { s: '0751|x\n' },
  },
  { name: 'copy misses a source on the host', module: 'copy', args: { src: '@/s', dest: '@/f', remote_src: true }, sameMsg: true },
  { name: 'copy makes JSON', module: 'copy', args: { content: { b: [1, 'ä'], a: null }, dest: '@/f' } },
  {
    name: 'copy refuses what does not validate',
    module: 'copy',
    args: { content: 'x\n', dest: '@/f', validate: 'grep y %s' },
    sameMsg: true,
  },
  { name: 'copy takes what validates', module: 'copy', args: { content: 'y\n', dest: '@/f', validate: 'grep y %s' } },
  { name: 'copy would change', module: 'copy', args: { content: 'y\n', dest: '@/f' }, before: { f: 'x\n' }, checkMode: true },
  { name: 'template is a copy', module: 'template', args: { src: '@/s', dest: '@/f', mode: 'u=rw,go=r' }, before: { s: 'plain\n' } },

  { name: 'file makes directories', module: 'file', args: { path: '@/a/b/c', state: 'directory', mode: '0750' } },
  { name: 'file leaves a directory alone', module: 'file', args: { path: '@/a', state: 'directory' }, before: { 'a/': '' } },
  {
    name: 'file recurses',
    module: 'file',
    args: { path: '@/a', state: 'directory', mode: 'u=rwX,g=rX,o=', recurse: true },
    before: { 'a/': '', 'a/x': '0755|x', 'a/b/': '', 'a/b/y': '0600|y', 'a/l': '-> b/y', 'a/out': '-> ../o', o: '0666|o' },
  },
  {
    name: 'file recurses without links',
    module: 'file',
    args: { path: '@/a', state: 'directory', mode: 'a-w', recurse: true, follow: false },
    before: { 'a/': '', 'a/x': '0755|x', 'a/out': '-> ../o', o: '0666|o' },
  },
  {
    name: 'file has no directory in place of a file',
    module: 'file',
    args: { path: '@/f', state: 'directory' },
    before: { f: '' },
    sameMsg: true,
  },
  { name: 'file touches what is not there', module: 'file', args: { path: '@/f', state: 'touch', mode: '0600' } },
  {
    name: 'file touches without a change',
    module: 'file',
    args: { path: '@/f', state: 'touch', access_time: 'preserve', modification_time: 'preserve' },
    before: { f: 'x' },
  },
  { name: 'file would touch', module: 'file', args: { path: '@/f', state: 'touch' }, checkMode: true },
  { name: 'file removes a tree', module: 'file', args: { path: '@/a', state: 'absent' }, before: { 'a/': '', 'a/x': 'x', 'a/l': '-> x' } },
  { name: 'file removes a link only', module: 'file', args: { path: '@/l', state: 'absent' }, before: { f: 'x', l: '-> f' } },
  { name: 'file removes nothing', module: 'file', args: { path: '@/a', state: 'absent' } },
  { name: 'file would remove', module: 'file', args: { path: '@/f', state: 'absent' }, before: { f: 'x' }, checkMode: true },
  { name: 'file makes a link', module: 'file', args: { path: '@/l', src: 'f', state: 'link' }, before: { f: 'x' } },
  { name: 'file has no link to nothing', module: 'file', args: { path: '@/l', src: 'f', state: 'link' } },
  { name: 'file forces a link to nothing', module: 'file', args: { path: '@/l', src: 'f', state: 'link', force: true, follow: false } },
  { name: 'file changes a link', module: 'file', args: { path: '@/l', src: 'g', state: 'link' }, before: { f: 'x', g: 'y', l: '-> f' } },
  {
    name: 'file changes a link to a directory',
    module: 'file',
    args: { path: '@/l', src: 'e', state: 'link' },
    before: { 'd/': '', 'e/': '', l: '-> d' },
  },
  {
    name: 'file has no link in place of a file',
    module: 'file',
    args: { path: '@/f', src: 'g', state: 'link' },
    before: { f: 'x', g: 'y' },
    sameMsg: true,
  },
  { name: 'file forces a link', module: 'file', args: { path: '@/f', src: 'g', state: 'link', force: true }, before: { f: 'x', g: 'y' } },
  { name: 'file makes a hard link', module: 'file', args: { path: '@/h', src: '@/f', state: 'hard' }, before: { f: 'x' } },
  { name: 'file sets what a link leads to', module: 'file', args: { path: '@/l', mode: '0600' }, before: { f: '0644|x', l: '-> f' } },
  { name: 'file is not there', module: 'file', args: { path: '@/f', mode: '0600' } },
  { name: 'file sets setgid', module: 'file', args: { path: '@/d', mode: 'g+s,o=rX' }, before: { 'd/': '' } },
  { name: 'file copies bits between classes', module: 'file', args: { path: '@/f', mode: 'g=u,o=g' }, before: { f: '0640|x' } },

  { name: 'lineinfile adds at the end', module: 'lineinfile', args: { path: '@/f', line: 'd=4' }, before: { f: HOSTS }, sameMsg: true },
  { name: 'lineinfile has it', module: 'lineinfile', args: { path: '@/f', line: 'b=2' }, before: { f: CONF }, sameMsg: true },
  {
    name: 'lineinfile replaces the last match',
    module: 'lineinfile',
    args: { path: '@/f', regexp: 'localhost$', line: 'x' },
    before: { f: HOSTS },
    sameMsg: true,
  },
  {
    name: 'lineinfile replaces the first match',
    module: 'lineinfile',
    args: { path: '@/f', regexp: 'localhost$', line: 'x', firstmatch: true },
    before: { f: HOSTS },
    sameMsg: true,
  },
  {
    name: 'lineinfile fills groups in',
    module: 'lineinfile',
    args: { path: '@/f', regexp: '^(?P<key>b)=(\\d)$', line: '\\g<key> is \\2', backrefs: true },
    before: { f: CONF },
    sameMsg: true,
  },
  {
    name: 'lineinfile without a match',
    module: 'lineinfile',
    args: { path: '@/f', regexp: '^z', line: 'z', backrefs: true },
    before: { f: CONF },
    sameMsg: true,
  },
  {
    name: 'lineinfile goes after',
    module: 'lineinfile',
    args: { path: '@/f', line: 'x', insertafter: '^a' },
    before: { f: CONF },
    sameMsg: true,
  },
  {
    name: 'lineinfile goes before',
    module: 'lineinfile',
    args: { path: '@/f', line: 'x', insertbefore: '^b' },
    before: { f: CONF },
    sameMsg: true,
  },
  {
    name: 'lineinfile goes first',
    module: 'lineinfile',
    args: { path: '@/f', line: 'x', insertbefore: 'BOF' },
    before: { f: CONF },
    sameMsg: true,
  },
  {
    name: 'lineinfile removes',
    module: 'lineinfile',
    args: { path: '@/f', regexp: '^[ab]=', state: 'absent' },
    before: { f: CONF },
    sameMsg: true,
  },
  { name: 'lineinfile creates', module: 'lineinfile', args: { path: '@/d/f', line: 'x', create: true, mode: '0600' }, sameMsg: true },
  { name: 'lineinfile needs the file', module: 'lineinfile', args: { path: '@/f', line: 'x' } },
  {
    name: 'lineinfile sets a mode only',
    module: 'lineinfile',
    args: { path: '@/f', line: 'b=2', mode: '0600' },
    before: { f: '0644|a\nb=2\n' },
    sameMsg: true,
  },
  {
    name: 'lineinfile finds a text',
    module: 'lineinfile',
    args: { path: '@/f', search_string: 'b=', line: 'b=9' },
    before: { f: CONF },
    sameMsg: true,
  },

  { name: 'stat of a file', module: 'stat', args: { path: '@/f' }, before: { f: '4711|hello\n' } },
  { name: 'stat of a link', module: 'stat', args: { path: '@/l' }, before: { f: 'x', l: '-> f' } },
  {
    name: 'stat through a link',
    module: 'stat',
    args: { path: '@/l', follow: true, checksum_algorithm: 'sha256', get_md5: true },
    before: { f: 'x', l: '-> f' },
  },
  { name: 'stat of a directory', module: 'stat', args: { path: '@/d' }, before: { 'd/': '' } },
  { name: 'stat of nothing', module: 'stat', args: { path: '@/f' } },

  { name: 'command runs', module: 'command', args: { argv: ['printf', '%s|', 'a b', '$HOME', '~', '*'] }, sameMsg: true },
  { name: 'command fails', module: 'command', args: { cmd: 'ls --no-such-option' }, sameMsg: true },
  { name: 'command is not there', module: 'command', args: { cmd: '/no/such/program x' } },
  { name: 'command has been run', module: 'command', args: { cmd: 'false', creates: '@/f*' }, before: { f1: '' }, sameMsg: true },
  { name: 'command has nothing to remove', module: 'command', args: { cmd: 'false', removes: '@/f' }, sameMsg: true },
  {
    name: 'command reads its input elsewhere',
    module: 'command',
    args: { cmd: 'cat - "in put"', stdin: 'text', chdir: '@' },
    before: { 'in put': 'more\n\n' },
    sameMsg: true,
  },
  { name: 'command would run', module: 'command', args: { cmd: 'touch x', creates: '@/f' }, checkMode: true, sameMsg: true },
  { name: 'shell has pipes', module: 'shell', args: { cmd: 'echo a b | tr a-z A-Z; echo err >&2; exit 3' }, sameMsg: true },
];
