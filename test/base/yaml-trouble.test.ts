// Slips that people make in YAML, each with its place and the one thing to do about it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseYaml, YamlError } from '#src/base/yaml';

const SLIPS: readonly (readonly [name: string, text: string, place: string, message: RegExp, fix: RegExp])[] = [
  ['a template without quotes', '- msg: {{ x }}/y\n', '1:15', /begins with \{\{/, /quoted as a whole/],
  ['a colon in a value', '- msg: foo: bar\n', '1:8', /colon/, /in quotes/],
  ['quotes around a part only', '- when: "a" == "b"\n', '1:13', /after the closing quote/, /as a whole/],
  ['a key further right than its neighbour', '- a: 1\n   b: 2\n', '1:6', /indented more deeply/, /same column/],
  ['a key in no column', 'a:\n  - x\n b: 2\n', '3:1', /no column/, /same column/],
  ['a key left of its neighbour', '- a: 1\n b: 2\n', '2:1', /no column/, /same column/],
  ['a tab', '- name: x\n\tdebug:\n', '2:2', /tab/, /blanks/],
  ['a reserved character', '- a: @x\n', '1:6', /cannot start with/, /in quotes/],
  ['a backslash', '- a: "\\d"\n', '1:7', /escape/, /\\\\/],
  ['an open quote', '- a: "x\n- b: 1\n', '1:6', /never ended/, /"/],
  ['an open bracket', '- a: [1, 2\n- b: 1\n', '1:6', /never closed/, /\]/],
  ['an open brace', '- a: {b: 1\n', '1:6', /never closed/, /\}/],
  ['a list below a value', '- a: b\n  - c\n', '2:1', /list begins/, /lines of its own/],
  ['a text below | that is not indented', '- shell: |\n  echo\n', '2:3', /key and its colon/, /indented more/],
  ['a merge conflict', '<<<<<<< HEAD\n- a: 1\n=======\n', '1:1', /merge conflict/, /one of its sides/],
  ['a missing comma', '- a: ["x" "y"]\n', '1:11', /Missing ,/, /comma/],
  ['a star that is no alias', '- a: *x\n', '1:6', /no anchor/, /quotes/],
];

describe('a fault of YAML', () => {
  for (const [name, text, place, message, fix] of SLIPS) {
    it(`is said once, and for people: ${name}`, () => {
      const error = faultOf(text);

      assert.ok(error instanceof YamlError, String(error));
      assert.ok(typeof error.where === 'object');
      assert.equal(`${error.where.line}:${error.where.column}`, place);
      assert.match(error.message, message);
      assert.match(error.fix ?? '', fix);
    });
  }
});

function faultOf(text: string): unknown {
  try {
    return parseYaml(text, 'a.yml');
  } catch (error) {
    return error;
  }
}
