// More tasks that this floor and Ansible must carry out alike: edits of text files, and what looks at files. `@` is the directory of the case.
import type { Case } from './ansible-cases.js';

const CONF = 'a=1\nb=2\nc=3\n';
const WORDS = 'eins zwei\nzwölf Äpfel\n\tdrei\n';
const MARKED = 'top\n# BEGIN ANSIBLE MANAGED BLOCK\nold\n# END ANSIBLE MANAGED BLOCK\nbottom\n';

const edits: readonly Case[] = [
  {
    name: 'replace replaces everywhere',
    module: 'replace',
    args: { path: '@/f', regexp: '^(\\w)=', replace: '\\1: ' },
    before: { f: CONF },
  },
  { name: 'replace takes out', module: 'replace', args: { path: '@/f', regexp: '=\\d$' }, before: { f: CONF } },
  { name: 'replace finds nothing', module: 'replace', args: { path: '@/f', regexp: 'z' }, before: { f: CONF } },
  {
    name: 'replace knows letters of every script',
    module: 'replace',
    args: { path: '@/f', regexp: '\\b(\\w+) (\\w+)\\b', replace: '\\g<2>-\\1' },
    before: { f: WORDS },
  },
  { name: 'replace takes empty matches', module: 'replace', args: { path: '@/f', regexp: 'x*', replace: '-' }, before: { f: 'abxd' } },
  {
    name: 'replace ignores case of letters beyond ASCII',
    module: 'replace',
    args: { path: '@/f', regexp: '(?i)äPFEL', replace: '[x]{2}' },
    before: { f: WORDS },
  },
  {
    name: 'replace looks between',
    module: 'replace',
    args: { path: '@/f', regexp: '\\d', replace: '9', after: '^a=1', before: 'c' },
    before: { f: CONF },
  },
  { name: 'replace looks after', module: 'replace', args: { path: '@/f', regexp: '=', replace: ':', after: 'b' }, before: { f: CONF } },
  { name: 'replace looks before', module: 'replace', args: { path: '@/f', regexp: '=', replace: ':', before: 'b' }, before: { f: CONF } },
  {
    name: 'replace finds no place to look',
    module: 'replace',
    args: { path: '@/f', regexp: '=', replace: ':', before: 'z', mode: '0600' },
    before: { f: CONF },
  },
  {
    name: 'replace sets a mode too',
    module: 'replace',
    args: { path: '@/f', regexp: '1', replace: '2', mode: '0600' },
    before: { f: CONF },
  },
  { name: 'replace would', module: 'replace', args: { path: '@/f', regexp: '1', replace: '2' }, before: { f: CONF }, checkMode: true },
  {
    name: 'replace follows a link',
    module: 'replace',
    args: { path: '@/l', regexp: '1', replace: '2' },
    before: { f: CONF, l: '-> f' },
  },
  { name: 'replace needs the file', module: 'replace', args: { path: '@/f', regexp: '1' } },
  { name: 'replace needs a file', module: 'replace', args: { path: '@', regexp: '1' } },

  { name: 'blockinfile adds', module: 'blockinfile', args: { path: '@/f', block: 'x\ny' }, before: { f: 'a' } },
  { name: 'blockinfile changes its block', module: 'blockinfile', args: { path: '@/f', block: 'new' }, before: { f: MARKED } },
  { name: 'blockinfile has it', module: 'blockinfile', args: { path: '@/f', block: 'old\n' }, before: { f: MARKED } },
  { name: 'blockinfile takes out', module: 'blockinfile', args: { path: '@/f', state: 'absent' }, before: { f: MARKED } },
  { name: 'blockinfile takes out an empty block', module: 'blockinfile', args: { path: '@/f', block: '' }, before: { f: MARKED } },
  { name: 'blockinfile goes first', module: 'blockinfile', args: { path: '@/f', block: 'x', insertbefore: 'BOF' }, before: { f: CONF } },
  { name: 'blockinfile goes after', module: 'blockinfile', args: { path: '@/f', block: 'x', insertafter: '^a' }, before: { f: CONF } },
  { name: 'blockinfile goes before', module: 'blockinfile', args: { path: '@/f', block: 'x', insertbefore: '=[23]' }, before: { f: CONF } },
  {
    name: 'blockinfile goes after several lines',
    module: 'blockinfile',
    args: { path: '@/f', block: 'x', insertafter: '(?m)^a=1\\nb' },
    before: { f: CONF },
  },
  {
    name: 'blockinfile has marks of its own',
    module: 'blockinfile',
    args: { path: '@/f', block: 'x', marker: '<!-- {mark} -->', marker_begin: 'open', marker_end: 'close' },
    before: { f: CONF },
  },
  { name: 'blockinfile creates', module: 'blockinfile', args: { path: '@/d/f', block: 'x', create: true, mode: '0640' } },
  {
    name: 'blockinfile would create',
    module: 'blockinfile',
    args: { path: '@/d/f', block: 'x', create: true, mode: '0640' },
    checkMode: true,
  },
  { name: 'blockinfile needs the file', module: 'blockinfile', args: { path: '@/f', block: 'x' } },
  { name: 'blockinfile has nothing to take out', module: 'blockinfile', args: { path: '@/f', state: 'absent', create: true } },
];

const TREE = {
  'd/': '',
  'd/a.log': '0640|one\n',
  'd/b.txt': 'two\nthree\n',
  'd/.hidden': 'h',
  'd/e/': '',
  'd/e/c.log': 'four',
  'd/e/f/': '',
  'd/e/f/d.log': 'six',
  'd/.g/': '',
  'd/.g/seen': 'x',
  'd/l': '-> e',
  'd/m': '-> nothing',
};
const looks: readonly Case[] = [
  { name: 'slurp reads', module: 'slurp', args: { src: '@/f' }, before: { f: 'hellö\0\n' } },
  { name: 'slurp reads nothing', module: 'slurp', args: { src: '@/f' }, before: { f: '' } },
  { name: 'slurp reads what has no size', module: 'slurp', args: { src: '/proc/version' } },
  { name: 'slurp misses a file', module: 'slurp', args: { src: '@/f' }, sameMsg: true },
  { name: 'slurp reads no directory', module: 'slurp', args: { src: '@' }, sameMsg: true },

  { name: 'find lists files', module: 'find', args: { paths: '@/d' }, before: TREE },
  { name: 'find lists by globs', module: 'find', args: { paths: ['@/d'], patterns: '*.log,[!a]*', excludes: '.h*,b*' }, before: TREE },
  { name: 'find goes down', module: 'find', args: { paths: '@/d/', patterns: ['*.log'], recurse: true }, before: TREE },
  { name: 'find goes one down', module: 'find', args: { paths: '@/d', recurse: true, depth: 2, hidden: true }, before: TREE },
  { name: 'find follows links', module: 'find', args: { paths: '@/d', recurse: true, follow: true }, before: TREE },
  { name: 'find lists directories', module: 'find', args: { paths: '@/d', file_type: 'directory', recurse: true }, before: TREE },
  { name: 'find lists links', module: 'find', args: { paths: '@/d', file_type: 'link' }, before: TREE },
  { name: 'find lists anything', module: 'find', args: { paths: '@/d', file_type: 'any', get_checksum: true }, before: TREE },
  {
    name: 'find reads regular expressions',
    module: 'find',
    args: { paths: '@/d', patterns: '^[ab]\\.\\w+$', use_regex: true },
    before: TREE,
  },
  { name: 'find looks inside', module: 'find', args: { paths: '@/d', contains: 'thr.e', get_checksum: true }, before: TREE },
  { name: 'find looks at beginnings of lines', module: 'find', args: { paths: '@/d', contains: 'hree' }, before: TREE },
  { name: 'find looks anywhere', module: 'find', args: { paths: '@/d', contains: 'wo\\nth', read_whole_file: true }, before: TREE },
  { name: 'find knows sizes', module: 'find', args: { paths: '@/d', size: '5b' }, before: TREE },
  { name: 'find knows sizes at most', module: 'find', args: { paths: '@/d', size: '-5' }, before: TREE },
  { name: 'find knows ages', module: 'find', args: { paths: '@/d', age: '1w' }, before: TREE },
  { name: 'find knows ages at most', module: 'find', args: { paths: '@/d', age: '-1h', age_stamp: 'ctime' }, before: TREE },
  { name: 'find misses a directory', module: 'find', args: { paths: ['@/z', '@/d'] }, before: TREE },
];

export const EDIT_CASES: readonly Case[] = [
  ...edits.map((one) => ({ ...one, sameMsg: true, twice: true })),
  ...looks.map((one) => ({ ...one, twice: true })),
];
