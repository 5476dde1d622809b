// Cases that are made rather than written: every combination of what is there, what is asked, and how. `@` is the directory of the case.
import type { Case } from './ansible-cases.js';

type Args = Case['args'];
type Axis = readonly (readonly [name: string, args: Args])[];

/** What a path can be before. */
const EXISTS: readonly (readonly [name: string, before: NonNullable<Case['before']>])[] = [
  ['nothing', {}],
  ['a file', { p: '0640|old\n' }],
  ['an empty directory', { 'p/': '0750|' }],
  ['a directory', { 'p/': '0750|', 'p/x': '0600|x\n', 'p/sub/': '', 'p/sub/y': '0755|y\n', 'p/l': '-> x', 'p/out': '-> ../f' }],
  ['a link to a file', { p: '-> f' }],
  ['a link to a directory', { p: '-> d' }],
  ['a link to nothing', { p: '-> none' }],
  ['a file of two names', { p: '= f' }],
];
/** What lies around it. */
const AROUND = { f: '0644|file\n', 'd/': '', 'd/z': '0600|z\n', g: '0600|other\n' };

/** Every way to take one of each axis, their arguments together. */
function combined(...axes: readonly Axis[]): [string, Args][] {
  return axes.reduce<[string, Args][]>(
    (before, axis) =>
      before.flatMap(([name, args]) => axis.map(([more, moreArgs]) => [`${name} ${more}`.trim(), { ...args, ...moreArgs }])),
    [['', {}]],
  );
}

interface GridOptions {
  readonly exists?: typeof EXISTS;
  readonly around?: NonNullable<Case['before']>;
  readonly sameDiff?: boolean;
}

export function grid(
  module: string,
  fixed: Args,
  axes: readonly Axis[],
  { exists = EXISTS, around = AROUND, sameDiff = true }: GridOptions = {},
): Case[] {
  return exists.flatMap(([there, before]) =>
    combined(...axes).flatMap(([name, args]) =>
      [false, true].map((checkMode) => ({
        name: `${module} ${name} over ${there}${checkMode ? ', in check mode' : ''}`,
        module,
        args: { ...fixed, ...args },
        before: { ...around, ...before },
        checkMode,
        twice: true,
        sameDiff,
      })),
    ),
  );
}

export const PLAIN = ['', {}] as const;
const MODES: Axis = [PLAIN, ['with 0600', { mode: '0600' }], ['with X', { mode: 'u=rwX,g=rX,o=' }]];

const files: readonly Case[] = [
  ...grid('file', { path: '@/p' }, [[['absent', { state: 'absent' }]]]),
  ...grid('file', { path: '@/p' }, [[['directory', { state: 'directory' }]], [PLAIN, ['recursing', { recurse: true }]], MODES]),
  ...grid('file', { path: '@/p', state: 'file' }, [
    [
      ['file', {}],
      ['file, not following,', { follow: false }],
    ],
    MODES,
  ]),
  // Ansible tells apart the words `file` and `touch` where nothing changes.
  ...grid(
    'file',
    { path: '@/p', state: 'touch' },
    [[['touch', { modification_time: 'preserve', access_time: 'preserve' }]], MODES, [PLAIN, ['not following', { follow: false }]]],
    { sameDiff: false },
  ),
  ...grid('file', { path: '@/p', state: 'link' }, [
    [
      ['link', { src: 'f' }],
      ['link to nothing', { src: 'none' }],
      ['link without src', {}],
      ['link to a directory', { src: '@/d' }],
    ],
    [PLAIN, ['by force', { force: true }]],
    [PLAIN, ['not following', { follow: false }]],
  ]),
  ...grid('file', { path: '@/p', state: 'hard' }, [
    [
      ['hard', { src: '@/f' }],
      ['hard to nothing', { src: '@/none' }],
    ],
    [PLAIN, ['by force', { force: true }]],
  ]),
  ...grid('file', { path: '@/p' }, [
    [
      ['what is there', {}],
      ['owner', { owner: 'daemon', group: 'bin' }],
    ],
    MODES,
  ]),
];

const copies: readonly Case[] = [
  // Ansible shows no difference of what is copied on the host.
  ...grid(
    'copy',
    { remote_src: true, src: '@/g' },
    [
      [['to the path', { dest: '@/p' }]],
      [PLAIN, ['not by force', { force: false }], ['following', { follow: true }]],
      [PLAIN, ['with 0640', { mode: '0640' }], ['preserving', { mode: 'preserve' }]],
    ],
    { sameDiff: false },
  ),
  ...grid(
    'copy',
    { remote_src: true, src: '@/g', dest: '@/p/' },
    [
      [['into the path', {}]],
      [PLAIN, ['not by force', { force: false }]],
      [PLAIN, ['with modes', { mode: '0640', directory_mode: '0711' }]],
    ],
    { exists: EXISTS.filter(([there]) => ['nothing', 'a directory', 'a link to a directory'].includes(there)), sameDiff: false },
  ),
];

/** A directory of the host to a directory there. */
const trees: readonly Case[] = [
  ...grid(
    'copy',
    { remote_src: true },
    [
      [
        ['the directory', { src: '@/s' }],
        ['what is in it', { src: '@/s/' }],
      ],
      [
        PLAIN,
        ['with links kept', { local_follow: false }],
        ['with links followed', { local_follow: true }],
        ['with an owner', { owner: 'daemon', group: 'bin' }],
        ['with a mode', { mode: '0711' }],
      ],
      [['', { dest: '@/p' }]],
    ],
    {
      exists: [
        ['nothing', {}],
        ['an empty directory', { 'p/': '0750|' }],
        ['the same', { 'p/': '', 'p/a': '0640|a\n', 'p/s/': '', 'p/s/a': '0640|a\n' }],
        ['another', { 'p/': '', 'p/a': 'old and longer\n', 'p/s/': '', 'p/s/a': 'old and longer\n', 'p/s/sub/': '', 'p/s/x': 'x' }],
      ],
      around: { 's/': '0755|', 's/a': '0640|a\n', 's/.h': '0600|h\n', 's/sub/': '0700|', 's/sub/b': '0755|b\n' },
      sameDiff: false,
    },
  ),
];

const TEXTS: readonly (readonly [string, NonNullable<Case['before']>])[] = [
  ['nothing', {}],
  ['an empty file', { p: '' }],
  ['lines', { p: 'a=1\nb=2\n# a=3\nc=3\n' }],
  ['lines without an end', { p: 'a=1\nb=2' }],
  ['Windows lines', { p: 'a=1\r\nb=2\r\n' }],
];
const lines: readonly Case[] = [
  ...grid(
    'lineinfile',
    { path: '@/p' },
    [
      [
        ['a line', { line: 'b=2' }],
        ['a new line', { line: 'b=9' }],
        ['an empty line', { line: '' }],
      ],
      [PLAIN, ['for a match', { regexp: '^b=' }], ['for a text', { search_string: 'a=' }]],
      [PLAIN, ['after', { insertafter: '^a' }], ['before', { insertbefore: '^b' }], ['first', { insertbefore: 'BOF' }]],
    ],
    { exists: TEXTS.slice(2), around: {} },
  ),
  ...grid(
    'lineinfile',
    { path: '@/p', line: 'b=2' },
    [
      [
        ['made', { create: true }],
        ['with a mode', { create: true, mode: '0600' }],
        ['taken out', { state: 'absent' }],
      ],
    ],
    { exists: TEXTS, around: {} },
  ),
  ...grid(
    'blockinfile',
    { path: '@/p' },
    [
      [
        ['a block', { block: 'one\ntwo' }],
        ['an empty block', { block: '' }],
        ['no block', { state: 'absent', block: 'x' }],
      ],
      [
        PLAIN,
        ['before', { insertbefore: '^b' }],
        ['after', { insertafter: '^a' }],
        ['first', { insertbefore: 'BOF' }],
        ['marked', { marker: '; {mark}' }],
      ],
      [['made', { create: true }]],
    ],
    { exists: [...TEXTS, ['a block', { p: 'a=1\n# BEGIN ANSIBLE MANAGED BLOCK\nold\n# END ANSIBLE MANAGED BLOCK\nb=2\n' }]], around: {} },
  ),
  ...grid(
    'replace',
    { path: '@/p' },
    [
      [
        ['a digit', { regexp: '=(\\d)', replace: ':\\1' }],
        ['lines', { regexp: '^b.*\\n', replace: '' }],
        ['nothing', { regexp: 'zz' }],
      ],
      [PLAIN, ['after', { after: 'a=1' }], ['before', { before: 'c=' }], ['between', { after: 'a=1', before: '# a' }]],
    ],
    { exists: TEXTS.slice(1), around: {} },
  ),
];

/** In check mode Ansible would set the mode of a link, and then does not; of a link to nothing it ends with a traceback. */
const FORETOLD = /^file touch with .* over a link (?:to nothing|.*check mode$)/;

export const GRID_CASES: readonly Case[] = [...files, ...copies, ...trees, ...lines].filter(({ name }) => !FORETOLD.test(name));
