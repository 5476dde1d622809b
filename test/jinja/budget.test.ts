// Templates that would never end, or never fit: they end in an error of ours, soon.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Environment, type EnvironmentOptions } from '#src/jinja/environment';

const render = (source: string, options?: EnvironmentOptions): string =>
  new Environment(options).compileTemplate(source).render({ get: () => undefined });

describe('a template that grows without bound', () => {
  const cases = [
    '{{ range(20) | permutations }}',
    '{{ range(30) | combinations(15) }}',
    '{{ range(1000) | product(range(1000), range(1000)) | list | length }}',
    '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
    `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`,
    '{% set ns = namespace(s="0123456789abcdef") %}{% for i in range(40) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}',
    '{% set ns = namespace(s="0123456789abcdef") %}{% for i in range(40) %}{% set ns.s = ns.s + ns.s %}{% endfor %}',
    '{% set ns = namespace(l=[1]) %}{% for i in range(40) %}{% set ns.l = ns.l + ns.l %}{% endfor %}',
    '{% set l = [1] %}{% for i in range(40) %}{% do l.extend(l) %}{% endfor %}',
    '{% for i in range(100000) %}{{ range(100000) | sum }}{% endfor %}',
    '{{ "%1000000000d" % 1 }}',
    '{{ "{:1000000000}".format(1) }}',
    '{{ "%.1000000000f" % 1.5 }}',
    '{{ "a".ljust(10 ** 9) }}',
    '{{ "a" | center(10 ** 9) }}',
    '{{ "7".zfill(10 ** 9) }}',
    '{{ "\\t".expandtabs(10 ** 9) }}',
    '{{ lipsum(10 ** 9) }}',
    '{{ "secret" | password_hash("sha512", "salt", rounds=999999999) }}',
  ];
  for (const source of cases) {
    it(`is ended: ${source.slice(0, 110)}`, () => {
      assert.throws(() => render(source), { code: 'TEMPLATE_BUDGET' });
    });
  }

  it('has no numbers of endless length', () => {
    for (const source of [
      '{{ 10 ** 1000000 }}',
      '{{ (10 ** 10000) ** 10000 }}',
      '{% set ns = namespace(n=7) %}{% for i in range(99) %}{% set ns.n = ns.n * ns.n %}{% endfor %}',
    ])
      assert.throws(() => render(source), { code: 'TEMPLATE_FAILED', message: /number is too large/ }, source);
  });

  it('is told apart from one that is only large', () => {
    const source =
      '{% set l = [] %}{% set _ = l.extend(range(200000) | list) %}{{ l | length }} {{ [1, 2, 3] | permutations | list | length }}';

    assert.equal(render(source), '200000 6');
  });
});

describe('a long text', () => {
  // None of these would end within the life of a test if it took quadratically long.
  const cases = [
    `{{ ('x' ~ ' ' * 3000000 ~ 'x') | trim | length }}`,
    `{{ ('<' * 3000000) | striptags | length }}`,
    `{{ ('x ' ~ 'a' * 1000000 ~ ' b').rsplit(None, 1) | length }}`,
    `{{ ('a' ~ '/' * 1000000 ~ 'b/c') | dirname | length }}`,
    `{{ ('.' * 1000000 ~ 'a.') | urlize | length }}`,
    `{{ ('a-' * 300000) | wordwrap(7) | length }}`,
  ];
  for (const source of cases) {
    it(`is soon done with: ${source}`, () => {
      assert.match(render(source), /^\d+$/);
    });
  }

  it('is soon found to be no format', () => {
    assert.throws(() => render("{{ ('%(' * 500000) | format }}"), { code: 'TEMPLATE_FAILED' });
  });
});

describe('a pattern that takes exponentially long', () => {
  const subject = `${'a'.repeat(60)}!`;
  const patterns = ['(a+)+$', '(a|a)*$', '(a|aa)+$', '(.*a){20}$', '(?:a*)*b', '([a-z]+)*\\\\d', '(a?){60}b', '(?P<x>a+)+(?P=x)b'];
  for (const pattern of patterns) {
    it(`is ended: ${pattern}`, () => {
      for (const use of [
        `| regex_search('${pattern}')`,
        `| regex_replace('${pattern}', '')`,
        `| regex_findall('${pattern}')`,
        `is search('${pattern}')`,
      ])
        assert.throws(
          () => render(`{{ '${subject}' ${use} }}`, { maxPatternMs: 20 }),
          { code: 'TEMPLATE_BUDGET', message: /takes too long/ },
          use,
        );
    });
  }

  it('has one span of time for all its uses in a template', () => {
    const source = "{% for i in range(1000) %}{{ ('a' * 14 ~ '!') is search('(a+)+$') }}{% endfor %}";

    assert.throws(() => render(source, { maxPatternMs: 50 }), { code: 'TEMPLATE_BUDGET' });
  });

  it('is ended on a long text, where it takes only polynomially long', () => {
    assert.throws(() => render(`{{ (' ' * 200000 ~ 'x') is search('\\\\s+$') }}`, { maxPatternMs: 20 }), { code: 'TEMPLATE_BUDGET' });
  });

  it('is told apart from one that only looks like it', () => {
    assert.equal(
      render(`{{ '10.0.0.255' is match('^(?:\\\\d{1,3}\\\\.){3}\\\\d{1,3}$') }} {{ 'a, b,c' | regex_findall('(?:\\\\w+(?:,\\\\s*)?)+') }}`),
      "True ['a, b,c']",
    );
  });

  it('leaves the next template alone', () => {
    assert.throws(() => render(`{{ '${subject}' is search('(a+)+$') }}`, { maxPatternMs: 20 }), { code: 'TEMPLATE_BUDGET' });

    assert.equal(render(`{{ 'aaa' is search('(a+)+$') }}`), 'True');
  });
});
