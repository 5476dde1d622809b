// Values that go on further left than YAML wants: read as PyYAML reads them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseYaml, yamlValue } from '#src/base/yaml';
import { indentFlow } from '#src/base/yaml-indent';

/** Texts and what PyYAML 6 makes of them, as JSON. */
const READ: readonly (readonly [name: string, text: string, json: string])[] = [
  ['double quotes at the column of the key', 'a:\n  b: "x\n  y"\n  c: 1\n', '{"a":{"b":"x y","c":1}}'],
  ['single quotes at the very left', "a:\n  b: 'x\nit''s\n z'\n", `{"a":{"b":"x it's z"}}`],
  ['a tab inside of quotes', 'a:\n  b: "x\n\ty"\n', '{"a":{"b":"x y"}}'],
  ['an empty line inside of quotes', 'a:\n  b: "x\n\n  y"\n', '{"a":{"b":"x\\ny"}}'],
  ['a bracket that closes at the very left', 'a: [\n1,\n2\n]\nb: 3\n', '{"a":[1,2],"b":3}'],
  ['braces of an item', '- a: {\n  x: 1\n}\n- b\n', '[{"a":{"x":1}},"b"]'],
  ['quotes and comments inside of brackets', 'a:\n  b: [\n  1, "q\nr", # ]\n# c\n2]\n', '{"a":{"b":[1,"q r",2]}}'],
  [
    'a template over lines',
    '- f:\n    m: "{{ m + [\n    {\n      \'k\': 1\n    }\n    ] }}"\n  w: 1\n',
    `[{"f":{"m":"{{ m + [ { 'k': 1 } ] }}"},"w":1}]`,
  ],
  [
    'blocks and plain texts beside them',
    'a: |\n  b: "x\nc: it\'s\n  "quoted\nd: [\n1]\n',
    `{"a":"b: \\"x\\n","c":"it's \\"quoted","d":[1]}`,
  ],
  ['a quoted key', '"a b": "x\ny"\n', '{"a b":"x y"}'],
  ['an anchor before it', 'a: &n [\n1]\nb: *n\n', '{"a":[1],"b":[1]}'],
];

describe('indentFlow', () => {
  for (const [name, text, json] of READ) {
    it(`lets ${name} be read`, () => {
      const [tree] = parseYaml(text, 'a.yml');

      assert.deepEqual(tree && plain(yamlValue(tree)), JSON.parse(json));
    });
  }

  it('leaves what needs no help as it is', () => {
    const text = "a: it's\nb:\n  - c\n  - [1, 2]\n";

    const { text: after, unclosedAt } = indentFlow(text);

    assert.equal(after, text);
    assert.equal(unclosedAt, undefined);
  });

  it('says where a text begins that never ends', () => {
    const text = 'a: 1\nb: "x\nc: 2\n';

    const { unclosedAt } = indentFlow(text);

    assert.equal(unclosedAt, text.indexOf('"'));
  });

  it('keeps lines where they are, so that places stay true', () => {
    const text = 'a: [\n1\n]\nb:\n  - {{ x }}/y\n';

    const read = (): unknown => parseYaml(text, 'a.yml');

    assert.throws(read, { where: { file: 'a.yml', line: 5, column: 12, lineText: '  - {{ x }}/y' } });
  });
});

function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]));
  return Array.isArray(value) ? value.map(plain) : value;
}
