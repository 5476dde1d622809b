// How YAML texts become trees, and where their faults are said to stand.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FaultsError } from '#src/base/errors';
import { Float, toJson } from '#src/base/value';
import { parseYaml, YamlError, yamlValue } from '#src/base/yaml';

const parsed = (text: string) => parseYaml(text, 't.yml').map(yamlValue)[0] ?? null;

describe('parseYaml', () => {
  it('types scalars as PyYAML does for Ansible', () => {
    const text = 'a: yes\nb: n\nc: 0644\nd: 1_000\ne: 1.0\nf: 1e3\ng: 2020-01-02\nh: ~\ni: off\nj: "yes"\ny: 1\nk: 12345678901234567890\n';

    const value = parsed(text);

    assert.ok(value instanceof Map);
    assert.deepEqual(value.get('e'), new Float(1));
    assert.equal(value.get('k'), 12345678901234567890n);
    value.delete('k');
    assert.deepEqual(
      { ...(toJson(value) as object) },
      { a: true, b: 'n', c: 420, d: 1000, e: 1, f: '1e3', g: '2020-01-02', h: null, i: false, j: 'yes', y: 1 },
    );
  });

  it('keeps the order of keys that look like numbers', () => {
    const value = parsed('"443": a\n"80": b\n');

    assert.deepEqual([...(value as Map<string, string>).keys()], ['443', '80']);
  });

  it('merges anchors with <<, own keys winning', () => {
    const value = parsed('base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  y: 3\n') as Map<string, Map<string, number>>;

    assert.deepEqual(
      [...(value.get('own') ?? [])],
      [
        ['x', 1],
        ['y', 3],
      ],
    );
  });

  it('says every fault at once with line and column', () => {
    const text = 'a: 1\na: 2\nb: {{ x }}/y\n';

    assert.throws(
      () => parseYaml(text, 'site.yml'),
      (error) => {
        assert.ok(error instanceof FaultsError || error instanceof YamlError);
        const faults = error instanceof FaultsError ? error.faults : [error];
        assert.ok(faults.some((fault) => fault.code === 'YAML_DUPLICATE_KEY' && typeof fault.where === 'object' && fault.where.line === 2));
        assert.ok(faults.some((fault) => fault.fix?.includes('quoted as a whole')));
        return true;
      },
    );
  });

  it('refuses an anchor that holds itself, and one that is not there', () => {
    assert.throws(() => parsed('a: &x [*x]\n'), { code: 'YAML_ALIAS' });
    assert.throws(() => parsed('a: *nope\n'), YamlError);
  });

  it('gives each node its place', () => {
    const [tree] = parseYaml('- name: x\n  copy:\n    dest: /y\n', 'p.yml');

    assert.ok(tree?.kind === 'list' && tree.items[0]?.kind === 'map');
    const copy = tree.items[0].entries[1];
    assert.equal(copy?.keyPosition.line, 2);
    assert.equal(copy.keyPosition.column, 3);
  });
});
