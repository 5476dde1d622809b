// Templates that would never end, or never fit: they end in an error of ours, soon.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Environment } from '#src/jinja/environment';

describe('a template that grows without bound', () => {
  const cases = [
    '{{ range(20) | permutations }}',
    '{{ range(30) | combinations(15) }}',
    '{{ range(1000) | product(range(1000), range(1000)) | list | length }}',
    '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
    `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`,
  ];
  for (const source of cases) {
    it(`is ended: ${source.slice(0, 60)}`, () => {
      assert.throws(() => new Environment().compileTemplate(source).render({ get: () => undefined }), { code: 'TEMPLATE_BUDGET' });
    });
  }

  it('is told apart from one that is only large', () => {
    const source =
      '{% set l = [] %}{% set _ = l.extend(range(200000) | list) %}{{ l | length }} {{ [1, 2, 3] | permutations | list | length }}';

    assert.equal(new Environment().compileTemplate(source).render({ get: () => undefined }), '200000 6');
  });
});
