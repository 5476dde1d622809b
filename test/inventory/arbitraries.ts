// Inventories and patterns out of thin air, of the shapes that people write and of some that they should not. It reads none of them.
import fc from 'fast-check';

const GROUPS = ['web', 'db', 'eu', 'us', 'prod', 'g-1', 'stage_2'];
const HOSTS = [
  'w1',
  'w2',
  'w3',
  'd.example.com',
  '10.0.0.7',
  'n[1:3]',
  'n[01:04:2]',
  'x[a:c]',
  'm[1:2]-[a:b]',
  'p1:2222',
  '[2001:db8::1]:22',
];
const NAMES = ['a', 'b', 'c', 'ansible_user', 'port'];
/** As they stand in a :vars section. */
const VALUES = [
  '1',
  '-5',
  '+5',
  '--5',
  '1_000',
  '1__0',
  '0755',
  '0o17',
  '0x1F',
  '0b11',
  '1.50',
  '1e3',
  '1.',
  '.5',
  '00',
  'True',
  'true',
  'None',
  'null',
  'yes',
  "'q'",
  '"q r"',
  'a b',
  'a#b',
  'a # b',
  '5 # five',
  '"a b" # c',
  '[1, 2]',
  "['x', 2]",
  '{"k": 1}',
  "{'k': [None]}",
  '1,2',
  '(1,)',
  '()',
  '[]',
  '{}',
  '',
  '=',
  'a=b',
  'http://h:80/p?q=1',
  '{{ other }}',
  "'a' 'b'",
  "b'x'",
  "r'\\n'",
  "'\\x41'",
  "'\\u00e9'",
  'é',
  '"',
  "it's",
  '1 2',
  '12345678901234567890',
  '%',
  '@x',
  '~',
  '- a',
  'a: b',
  "'\\n'",
];

const group = fc.constantFrom(...GROUPS);
const host = fc.constantFrom(...HOSTS);
const name = fc.constantFrom(...NAMES);
const value = fc.constantFrom(...VALUES);

// What shlex leaves as it is.
const quoted = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`;
const bare = value.filter((text) => /^[^\s'"\\#]+$/.test(text));
const assignment = fc.oneof(
  fc.tuple(name, bare).map(([key, text]) => `${key}=${text}`),
  fc.tuple(name, value).map(([key, text]) => `${key}=${quoted(text)}`),
);
const hostLine = fc
  .tuple(host, fc.array(assignment, { maxLength: 3 }), fc.constantFrom('', '', '', ' # comment', '  '))
  .map(([address, vars, end]) => [address, ...vars].join(' ') + end);
// Mostly of groups further on, or nearly all would hold each other.
const children = fc
  .tuple(group, fc.uniqueArray(group, { maxLength: 3 }), fc.nat(24))
  .map(([head, names, chance]) => [`[${head}:children]`, ...names.filter((one) => chance === 0 || isBelow(one, head))]);
const section = fc.oneof(
  fc.tuple(group, fc.array(hostLine, { maxLength: 4 })).map(([head, lines]) => [`[${head}]`, ...lines]),
  fc
    .tuple(fc.constantFrom(...GROUPS, 'all'), fc.array(fc.tuple(name, value), { maxLength: 3 }), fc.constantFrom('=', ' = '))
    .map(([head, vars, equals]) => [`[${head}:vars]`, ...vars.map(([key, text]) => key + equals + text)]),
  children,
  children,
  fc.constant(['; comment', '', '# [nothing]']),
  fc.integer({ min: -3, max: 12 }).chain((rank) => group.map((head) => [`[${head}:vars]`, `ansible_group_priority=${rank}`])),
);
const declarations = fc.shuffledSubarray(GROUPS, { minLength: GROUPS.length }).map((names) => names.map((one) => [`[${one}]`]));

/** The text of an ini inventory. Some use groups that nobody declares, or that hold each other. */
export const iniText: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(hostLine, { maxLength: 2 }),
    fc.array(section, { maxLength: 8 }),
    fc.oneof({ weight: 9, arbitrary: declarations }, { weight: 1, arbitrary: fc.constant([]) }),
  )
  .map(([lonely, sections, declared]) => `${[...lonely, ...[...sections, ...declared].flat()].join('\n')}\n`);

function isBelow(child: string, parent: string): boolean {
  return GROUPS.indexOf(child) > GROUPS.indexOf(parent);
}

const data = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -3,
      1.5,
      'x',
      'yes',
      '1',
      '',
      'a b',
      '# no',
      'é',
      "it's",
      '{{ a }}',
      'a: b',
      '- a',
      '0755',
      '1e3',
      '=',
      '12:30:45',
      'a\nb',
    ),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(name, tie('value'), { maxKeys: 2 }),
  ),
})).value;
const vars = fc.dictionary(name, data, { maxKeys: 3 });

interface Group {
  readonly hosts?: Readonly<Record<string, unknown>> | null;
  readonly vars?: unknown;
  readonly children?: Readonly<Record<string, Group | null>>;
}
const tree = fc.letrec<{ group: Group }>((tie) => ({
  group: fc.record(
    {
      hosts: fc.option(fc.dictionary(host, fc.option(vars), { maxKeys: 3 })),
      vars,
      children: fc.dictionary(group, fc.option(tie('group'), { depthSize: 'medium' }), { maxKeys: 2 }),
    },
    { requiredKeys: [] },
  ),
})).group;

/** A YAML inventory; JSON is YAML. */
export const yamlText: fc.Arbitrary<string> = fc
  .dictionary(fc.constantFrom(...GROUPS, 'all'), fc.option(tree), { minKeys: 1, maxKeys: 3 })
  .map((groups) => JSON.stringify(withoutCircles(groups, ''), null, 1));

function withoutCircles(groups: Readonly<Record<string, Group | null>>, parent: string): Record<string, Group | null> {
  return Object.fromEntries(
    Object.entries(groups)
      .filter(([one]) => parent === '' || isBelow(one, parent))
      .map(([one, group]) => [one, group?.children === undefined ? group : { ...group, children: withoutCircles(group.children, one) }]),
  );
}

/** Variables of a file in group_vars or host_vars. */
export const varsText: fc.Arbitrary<string> = vars.map((map) => JSON.stringify(map));

/** Where such a file may be. */
export const varsPath: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(...GROUPS, 'all', 'ungrouped').map((head) => `group_vars/${head}`),
      fc.constantFrom('w1', 'w2', 'n1', 'd.example.com', 'localhost').map((one) => `host_vars/${one}`),
    ),
    fc.constantFrom('', '.yml', '.yaml', '.json', '/x', '/y.yml', '/sub/z.json', '/.hidden', '/old~', '/no.txt', '/sub.d/x.yml', '.txt'),
  )
  .map((parts) => parts.join(''));

const atom = fc.oneof(
  group,
  fc.constantFrom('w1', 'w2', 'n2', 'xa', 'all', '*', 'ungrouped', 'localhost', '127.0.0.1', 'nobody', 'd.example.com', 'p1'),
  fc.constantFrom(
    'w*',
    'w?',
    '[wn]*',
    '[!w]*',
    '*.com',
    'n[1-2]',
    '~w[12]',
    '~^(n|x)',
    '~.*b$',
    'e?',
    '*-*',
    '[^w]*',
    '[]w]*',
    'x[',
    '10.*',
    '~(?i)W',
  ),
);
const subscripted = fc
  .tuple(atom, fc.constantFrom('[0]', '[-1]', '[1]', '[9]', '[0:1]', '[1:]', '[0:]', '[2:0]', '[1-2]', '[5:9]', '[0:0]', '[:1]'))
  .map((parts) => parts.join(''));
const part = fc.tuple(fc.constantFrom('', '', '', '&', '!'), fc.oneof(atom, subscripted)).map((parts) => parts.join(''));

/** A host pattern. */
export const patternText: fc.Arbitrary<string> = fc
  .tuple(fc.array(part, { minLength: 1, maxLength: 4 }), fc.constantFrom(':', ',', ', ', ' '))
  .map(([parts, joint]) => parts.join(joint));

/** Text that is nearly a Python literal. */
export const literalText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789abexoj_.+-"\'[](){},: #\\ruBTN'), maxLength: 9 }),
  fc
    .array(
      fc.constantFrom(
        '1',
        '0',
        '-',
        '+',
        '_',
        '.',
        'e',
        '0x',
        '0o',
        '0b',
        'True',
        'None',
        '"',
        "'",
        'a',
        ' ',
        ',',
        ':',
        '[',
        ']',
        '(',
        ')',
        '{',
        '}',
        '\\',
        'b',
        'r',
        'u',
        '#',
        "'''",
        '\\x41',
        '\\n',
        '\\N',
      ),
      { maxLength: 8 },
    )
    .map((pieces) => pieces.join('')),
);
