// What Python's jinja2 3.1 and ansible 2.14 said once, for machines that have neither: an example of everything.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ask } from './ours.js';

/** Expressions with their typed values; undefined where there was an error. */
const RECORDED: readonly [source: string, answer: unknown][] = [
  ["60 | random(seed='web01')", ['int', '22']],
  [
    "[1, 2, 3, 4, 5] | shuffle(seed='web01')",
    [
      'list',
      [
        ['int', '2'],
        ['int', '5'],
        ['int', '1'],
        ['int', '4'],
        ['int', '3'],
      ],
    ],
  ],
  ['10 ** 30 | random(seed=7) if false else (1000000 | random(seed=42))', ['int', '670487']],
  [
    "'secret' | password_hash('sha512', 'salt')",
    ['str', '$6$salt$egUxKNxDs8kPfh8iPMNcosMhb2eWah6d3R44JDm5Rj/j/XWR5E33QPd0YmHXoDHOIDR6kL5D3JcQcz0O8FHE00'],
  ],
  [
    "'secret' | password_hash('sha256', 'saltsaltsaltsalt', rounds=5001)",
    ['str', '$5$rounds=5001$saltsaltsaltsalt$xDgeC2Ms2HAfPgYravx6Z.ELmGBAK03PFPEGZ9901B8'],
  ],
  ["'secret' | password_hash('md5', 'salt')", ['str', '$1$salt$ez2vlPGdaLYkJam5pWs/Y1']],
  ["'2024-02-29 12:30:00' | to_datetime", ['str', '2024-02-29 12:30:00']],
  ["(('2024-03-01 00:00:00' | to_datetime) - ('2024-02-28 12:30:00' | to_datetime)).total_seconds()", ['float', '127800.0']],
  ["('2024-12-30' | to_datetime('%Y-%m-%d')).strftime('%G-W%V %j %A')", ['str', '2025-W01 365 Monday']],
  ["'%Y-%m-%d %H:%M:%S' | strftime(1700000000, utc=true)", ['str', '2023-11-14 22:13:20']],
  ["(('2024-01-02 00:00:00' | to_datetime) - ('2024-01-05 00:00:01' | to_datetime)) | string", ['str', '-4 days, 23:59:59']],
  ["'Hello World' | regex_replace('(?P<a>\\\\w+) (\\\\w+)', '\\\\g<2> \\\\g<a>')", ['str', 'World Hello']],
  [
    "'a1b22' | regex_findall('[a-z](\\\\d+)')",
    [
      'list',
      [
        ['str', '1'],
        ['str', '22'],
      ],
    ],
  ],
  ["'x=1, y=2' | regex_search('y=(\\\\d)', '\\\\1')", ['list', [['str', '2']]]],
  [
    "'ÜBER über' | regex_findall('(?i)über')",
    [
      'list',
      [
        ['str', 'ÜBER'],
        ['str', 'über'],
      ],
    ],
  ],
  ["'Hello' | regex_replace('(?i:L)+', '<>')", ['str', 'He<>o']],
  [
    "'a\\nb\\n' | regex_findall('(?m)^.$')",
    [
      'list',
      [
        ['str', 'a'],
        ['str', 'b'],
      ],
    ],
  ],
  [
    "'naïve café' | regex_findall('\\\\w+')",
    [
      'list',
      [
        ['str', 'naïve'],
        ['str', 'café'],
      ],
    ],
  ],
  ["'end\\n' is search('d$')", ['bool', 'True']],
  ["'x' is match('[')", undefined],
  ["'%05.1f|%-6s|%+d|%x|%e' % (3.14159, 'ab', 5, 255, 12345.678)", ['str', '003.1|ab    |+5|ff|1.234568e+04']],
  [
    "'{:>8}|{:^8}|{:08.3f}|{:,}|{:#x}|{:+.2e}|{:.1%}'.format('ab', 'cd', 3.14159, 1234567, 255, 12345.678, 0.256)",
    ['str', '      ab|   cd   |0003.142|1,234,567|0xff|+1.23e+04|25.6%'],
  ],
  ["'{0[0]} {a[k]} {b!r:>6} {:{w}}'.format([1], a={'k': 2}, b='é', w=4)", undefined],
  ["'%.1f %.0f %.2f' % (0.25, 2.5, 2.675)", ['str', '0.2 2 2.67']],
  ["'{:012,} {:_b} {:#010x}'.format(42, 255, 42)", ['str', '0,000,000,042 1111_1111 0x0000002a']],
  ['0.25 | round(1)', ['float', '0.2']],
  ['2.5 | round', ['float', '2.0']],
  ['1234.5 | round(-2)', ['float', '1200.0']],
  ['7 // -2', ['int', '-4']],
  ['-7 % 3', ['int', '2']],
  ['-7.5 // 2', ['float', '-4.0']],
  ['2 ** 64', ['int', '18446744073709551616']],
  ['1e16', ['float', '1e+16']],
  ['0.1 + 0.2', ['float', '0.30000000000000004']],
  ['1 / 3', ['float', '0.3333333333333333']],
  ['10 ** 20 + 1', ['int', '100000000000000000001']],
  [
    '[1.0, 1e-5, 123456789012345680.0]',
    [
      'list',
      [
        ['float', '1.0'],
        ['float', '1e-05'],
        ['float', '1.2345678901234568e+17'],
      ],
    ],
  ],
  [
    "'see http://a.bc/d?e=(f), or x@y.zz.' | urlize",
    ['str', 'see <a href="http://a.bc/d?e=(f)" rel="noopener">http://a.bc/d?e=(f)</a>, or <a href="mailto:x@y.zz">x@y.zz</a>.'],
  ],
  ["'Look, goof-ball -- use the -b option!' | wordwrap(12)", ['str', 'Look, goof-\nball -- use\nthe -b\noption!']],
  ["{'b': [1, {'a': none}], 'a': 'x: y'} | to_nice_yaml", ['str', "a: 'x: y'\nb:\n- 1\n-   a: null\n"]],
  ["{'b': [1, {'a': 1.5}], 'a': 'é'} | to_json", ['str', '{"b": [1, {"a": 1.5}], "a": "\\u00e9"}']],
  ["{'b': 1, 'a': []} | to_nice_json", ['str', '{\n    "a": [],\n    "b": 1\n}']],
  ["'text' | comment('cblock')", ['str', '/*\n *\n * text\n *\n */']],
  ["[3, 1, 2] | product('ab', repeat=1) | list | length", ['int', '6']],
  [
    '[[1, 2], [3]] | flatten',
    [
      'list',
      [
        ['int', '1'],
        ['int', '2'],
        ['int', '3'],
      ],
    ],
  ],
  [
    "{'a': {'x': 1}} | combine({'a': {'y': 2}}, recursive=true)",
    [
      'dict',
      [
        [
          ['str', 'a'],
          [
            'dict',
            [
              [
                ['str', 'x'],
                ['int', '1'],
              ],
              [
                ['str', 'y'],
                ['int', '2'],
              ],
            ],
          ],
        ],
      ],
    ],
  ],
  [
    "{'l': [1]} | combine({'l': [2, 1]}, list_merge='append_rp')",
    [
      'dict',
      [
        [
          ['str', 'l'],
          [
            'list',
            [
              ['int', '2'],
              ['int', '1'],
            ],
          ],
        ],
      ],
    ],
  ],
  [
    "[{'n': 'a', 'g': [1, 2]}] | subelements('g')",
    [
      'list',
      [
        [
          'tuple',
          [
            [
              'dict',
              [
                [
                  ['str', 'n'],
                  ['str', 'a'],
                ],
                [
                  ['str', 'g'],
                  [
                    'list',
                    [
                      ['int', '1'],
                      ['int', '2'],
                    ],
                  ],
                ],
              ],
            ],
            ['int', '1'],
          ],
        ],
        [
          'tuple',
          [
            [
              'dict',
              [
                [
                  ['str', 'n'],
                  ['str', 'a'],
                ],
                [
                  ['str', 'g'],
                  [
                    'list',
                    [
                      ['int', '1'],
                      ['int', '2'],
                    ],
                  ],
                ],
              ],
            ],
            ['int', '2'],
          ],
        ],
      ],
    ],
  ],
  [
    "[{'k': 'a', 'v': 1}] | rekey_on_member('k')",
    [
      'dict',
      [
        [
          ['str', 'a'],
          [
            'dict',
            [
              [
                ['str', 'k'],
                ['str', 'a'],
              ],
              [
                ['str', 'v'],
                ['int', '1'],
              ],
            ],
          ],
        ],
      ],
    ],
  ],
  ["'C:\\\\\\\\a\\\\\\\\b.txt' | win_basename", ['str', 'b.txt']],
  [
    "'C:\\\\\\\\a\\\\\\\\b.txt' | win_splitdrive",
    [
      'tuple',
      [
        ['str', 'C:'],
        ['str', '\\\\a\\\\b.txt'],
      ],
    ],
  ],
  [
    "'a/b/../c.tar.gz' | splitext",
    [
      'tuple',
      [
        ['str', 'a/b/../c.tar'],
        ['str', '.gz'],
      ],
    ],
  ],
  [
    "'http://u:p@h:80/p?q#f' | urlsplit",
    [
      'dict',
      [
        [
          ['str', 'fragment'],
          ['str', 'f'],
        ],
        [
          ['str', 'hostname'],
          ['str', 'h'],
        ],
        [
          ['str', 'netloc'],
          ['str', 'u:p@h:80'],
        ],
        [
          ['str', 'password'],
          ['str', 'p'],
        ],
        [
          ['str', 'path'],
          ['str', '/p'],
        ],
        [
          ['str', 'port'],
          ['int', '80'],
        ],
        [
          ['str', 'query'],
          ['str', 'q'],
        ],
        [
          ['str', 'scheme'],
          ['str', 'http'],
        ],
        [
          ['str', 'username'],
          ['str', 'u'],
        ],
      ],
    ],
  ],
  ["'1.0rc1' is version('1.0', '<', version_type='pep440')", ['bool', 'True']],
  ["'1.10' is version('1.9', '>')", ['bool', 'True']],
  ["'1.0.0-rc.1' is version('1.0.0', '<', version_type='semver')", ['bool', 'True']],
  ['1048576 | human_readable', ['str', '1.00 MB']],
  ["'2.5 GB' | human_to_bytes", ['int', '2684354560']],
  ["'sshoal' | to_uuid", ['str', 'e9e5747f-fc10-560c-86f3-e94243f93f1b']],
  ["'Zm9v' | b64decode", ['str', 'foo']],
  [
    "[1, 1.0, true, '1'] | unique",
    [
      'list',
      [
        ['int', '1'],
        ['str', '1'],
      ],
    ],
  ],
  [
    '[1, 2] | union([2, 3])',
    [
      'list',
      [
        ['int', '1'],
        ['int', '2'],
        ['int', '3'],
      ],
    ],
  ],
  ["'straße'.upper()", ['str', 'STRASSE']],
  ["'they\\'re ok'.title()", ['str', "They'Re Ok"]],
  [
    "'a,b,,c'.rsplit(',', 2)",
    [
      'list',
      [
        ['str', 'a,b'],
        ['str', ''],
        ['str', 'c'],
      ],
    ],
  ],
  ["'abc'.replace('', '-', 2)", ['str', '-a-bc']],
  ["'x'.center(6, '*')", ['str', '**x***']],
];

describe('an expression', () => {
  for (const [source, answer] of RECORDED) {
    it(`comes to what Python said: ${source}`, () => {
      assert.deepEqual(ask({ kind: 'expression', source }).answer, answer);
    });
  }
});
