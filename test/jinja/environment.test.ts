// The engine by itself: what needs no Python to be right.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Dict, dict, Float, fromJson, type Value } from '#src/base/value';
import { Environment, type EnvironmentOptions } from '#src/jinja/environment';
import { BudgetError, JinjaSyntaxError, TemplateError, UndefinedError } from '#src/jinja/errors';

const scopeOf = (variables: Readonly<Record<string, unknown>> = {}) => {
  const values = fromJson(variables) as Dict;
  return { get: (name: string) => values.get(name) };
};
const render = (text: string, variables?: Readonly<Record<string, unknown>>, options?: EnvironmentOptions): string =>
  new Environment(options).compileTemplate(text).render(scopeOf(variables));
const evaluate = (text: string, variables?: Readonly<Record<string, unknown>>): Value =>
  new Environment().compileExpression(text).evaluate(scopeOf(variables));

describe('what is undefined', () => {
  const cases: readonly [expression: string, variable: string][] = [
    ['nope', 'nope'],
    ['nope + 1', 'nope'],
    ['nope.a.b', 'nope.a.b'],
    ['db.nope', 'db.nope'],
    ['db.nope.more | upper', 'db.nope.more'],
    ['db["nope"]', 'db["nope"]'],
    ['list[7]', 'list[7]'],
    ['list[7].name == 1', 'list[7].name'],
    ['nope()', 'nope'],
    ['1 if nope else 2', 'nope'],
    ['[1, nope]', 'nope'],
  ];
  for (const [expression, variable] of cases) {
    it(`is named by ${expression}`, () => {
      assert.throws(
        () => evaluate(expression, { db: {}, list: [1] }),
        (error) => error instanceof UndefinedError && error.code === 'UNDEFINED_VARIABLE' && error.variable === variable,
      );
    });
  }

  it('may be asked for, and replaced', () => {
    const text = '{{ a.b.c is defined }} {{ a is undefined }} {{ a.b | default("d") }} {{ "" | default("e", true) }}';

    assert.equal(render(text), 'False True d e');
  });

  it('is not what null is', () => {
    assert.equal(render('{{ x is defined }} {{ x is none }} {{ x | default("d") }}.', { x: null }), 'True True .');
    assert.equal(evaluate('x', { x: null }), null);
    assert.equal(evaluate('d.x', { d: { x: null } }), null);
    assert.equal(evaluate('l[0]', { l: [null] }), null);
  });

  it('is said with a hint how to mend it', () => {
    assert.throws(() => evaluate('port'), { fix: /default/ });
  });
});

describe('mistakes', () => {
  it('suggest the filter and the test that was meant', () => {
    const jinja = new Environment();

    assert.throws(() => jinja.compileExpression('x | uper'), { code: 'JINJA_UNKNOWN_FILTER', fix: /upper/ });
    assert.throws(() => jinja.compileExpression('x is defned'), { code: 'JINJA_UNKNOWN_TEST', fix: /defined/ });
  });

  it('suggest the tag that was meant', () => {
    assert.throws(() => new Environment().compileTemplate('{% fro x in y %}'), { code: 'JINJA_SYNTAX', fix: /for/ });
  });

  it('say line and column within a file', () => {
    const at = { file: 'motd.j2', line: 1, column: 1 };

    assert.throws(
      () => new Environment().compileTemplate('one\ntwo {{ 1 + }}', at),
      (error) => {
        assert.ok(error instanceof JinjaSyntaxError);
        assert.deepEqual(error.where, { file: 'motd.j2', line: 2, column: 12, lineText: 'two {{ 1 + }}' });
        return true;
      },
    );
  });

  it('say where in the file a variable is missing', () => {
    const template = new Environment().compileTemplate('one\ntwo\n{{ nope }}', { file: 'motd.j2', line: 1, column: 1 });

    assert.throws(
      () => template.render(scopeOf()),
      (error) => {
        assert.ok(error instanceof UndefinedError);
        assert.deepEqual(error.where, { file: 'motd.j2', line: 3, column: 4, lineText: '{{ nope }}' });
        return true;
      },
    );
  });

  it('in a text within YAML are where the text begins', () => {
    const at = { file: 'site.yml', line: 7, column: 11 };

    assert.throws(() => new Environment().compileExpression('a ==', at), { where: at });
    assert.throws(() => new Environment().compileExpression('a', at).evaluate(scopeOf()), { where: at });
  });

  it('of types are said in the words of Python', () => {
    assert.throws(() => evaluate('1 + "a"'), { code: 'TEMPLATE_FAILED', message: /unsupported operand type\(s\) for \+: 'int' and 'str'/ });
    assert.throws(() => evaluate('1 < "a"'), { message: /'<' not supported between instances of 'int' and 'str'/ });
    assert.throws(() => evaluate('5 | list'), { message: /'int' object is not iterable/ });
  });

  it('that are never closed are found', () => {
    for (const text of ['{{ a', '{% if a %}', '{# a', '{% raw %}', '{{ "a }}'])
      assert.throws(() => new Environment().compileTemplate(text), { code: 'JINJA_SYNTAX' }, text);
  });
});

describe('the sandbox', () => {
  const NAMES = ['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__class__', 'length', 'size'];
  const objects = { text: 'a', list: [1], number: 5, map: { a: 1 }, flag: true };

  it('reaches no property of JavaScript', () => {
    for (const name of NAMES) {
      for (const object of [...Object.keys(objects), 'range', 'range(3)', 'namespace()', 'text.upper', 'cycler(1)']) {
        assert.equal(evaluate(`(${object}).${name} is defined`, objects), false, `${object}.${name}`);
        assert.equal(evaluate(`(${object})["${name}"] is defined`, objects), false, `${object}["${name}"]`);
      }
      assert.equal(evaluate(`[list] | map(attribute="${name}", default="none") | first`, objects), 'none', name);
      assert.equal(evaluate(`${name} is defined`, {}), false, name);
    }
  });

  it('takes such names as ordinary keys', () => {
    const value = evaluate('{"__proto__": 1, "constructor": 2}') as Dict;

    assert.deepEqual(
      [...value],
      [
        ['__proto__', 1],
        ['constructor', 2],
      ],
    );
    assert.equal(render('{% set d = {"constructor": 7} %}{{ d.constructor }}'), '7');
    assert.equal(render('{{ "{constructor}".format(constructor=1) }}'), '1');
  });

  it('lets no filter, test or method be called by such a name', () => {
    for (const name of NAMES.filter((one) => one !== 'length')) {
      assert.throws(() => evaluate(`1 | ${name}`), { code: 'JINJA_UNKNOWN_FILTER' });
      assert.throws(() => evaluate(`1 is ${name}`), { code: 'JINJA_UNKNOWN_TEST' });
      assert.throws(() => evaluate(`[1] | map("${name}") | list`), TemplateError);
      assert.throws(() => evaluate(`"a".${name}()`), UndefinedError);
    }
  });
});

describe('budgets', () => {
  it('stop a template that takes too many steps', () => {
    const text = '{% for a in range(1000) %}{% for b in range(1000) %}{% endfor %}{% endfor %}';

    assert.throws(() => render(text, {}, { maxSteps: 10_000 }), BudgetError);
  });

  it('stop a template that writes too much', () => {
    assert.throws(() => render('{% for a in range(100) %}{{ "0123456789" }}{% endfor %}', {}, { maxOutput: 500 }), BudgetError);
  });

  it('are counted anew for each evaluation', () => {
    const template = new Environment({ maxOutput: 10 }).compileTemplate('{{ "12345678" }}');

    assert.equal(template.render(scopeOf()), '12345678');
    assert.equal(template.render(scopeOf()), '12345678');
  });

  it('refuse ranges, repetitions and powers without end', () => {
    for (const expression of ['range(10 ** 9)', '"a" * 10 ** 9', '[1] * 10 ** 8', '10 ** 100000'])
      assert.throws(() => evaluate(expression), { code: 'TEMPLATE_FAILED' }, expression);
  });
});

describe('a template as a value', () => {
  const native = (text: string, variables?: Readonly<Record<string, unknown>>): Value =>
    new Environment().compileTemplate(text).evaluate(scopeOf(variables));

  it('is the value of its only expression', () => {
    assert.deepEqual(native('{{ a }}', { a: [1, { b: null }] }), [1, dict({ b: null })]);
    assert.equal(native('{{ 1 + 1 }}'), 2);
    assert.equal(native('{{ "5" }}'), '5');
    assert.equal(native('{{ none }}'), null);
    assert.deepEqual(native('{{ 7 / 2 }}'), new Float(3.5));
    assert.deepEqual(native('{{ range(3) }}'), [0, 1, 2]);
    assert.equal(native('{{ "a" if false }}'), '');
  });

  it('is text in all other cases', () => {
    assert.equal(native('{{ 1 }}{{ 2 }}'), '12');
    assert.equal(native(' {{ 1 }}'), ' 1');
    assert.equal(native('{% if true %}{{ 1 }}{% endif %}'), '1');
    assert.equal(native('5'), '5');
  });

  it('knows when there is nothing to template', () => {
    const jinja = new Environment();

    assert.equal(jinja.compileTemplate('a } %} b').isPlain, true);
    assert.equal(jinja.compileTemplate('{# c #}').isPlain, false);
    assert.equal(jinja.compileTemplate('{{ a }}').isPlain, false);
  });

  it('is never templated a second time', () => {
    assert.equal(native('{{ a }}', { a: '{{ b }}' }), '{{ b }}');
    assert.equal(render('{{ a }}', { a: '{{ b }}' }), '{{ b }}');
  });
});

describe('an environment', () => {
  it('compiles the same text once', () => {
    const jinja = new Environment();

    assert.equal(jinja.compileExpression('a + 1'), jinja.compileExpression('a + 1'));
    assert.equal(jinja.compileTemplate('{{ a }}'), jinja.compileTemplate('{{ a }}'));
    assert.notEqual(jinja.compileExpression('a', { file: 'a.yml', line: 1, column: 1 }), jinja.compileExpression('a'));
  });

  it('names the variables that a text reads', () => {
    assert.deepEqual([...new Environment().compileExpression('a.b + c[d] | default(e)').names].sort(), ['a', 'c', 'd', 'e']);
  });

  it('asks for no variable that is not used', () => {
    const asked: string[] = [];
    const expression = new Environment().compileExpression('a or b');

    const value = expression.evaluate({
      get: (name) => {
        asked.push(name);
        return 1;
      },
    });

    assert.equal(value, 1);
    assert.deepEqual(asked, ['a']);
  });

  it('takes filters and globals from outside', () => {
    const jinja = new Environment({
      filters: new Map([['shout', (value) => `${String(value as string)}!`]]),
      globals: new Map([['answer', 42]]),
    });

    assert.equal(jinja.compileTemplate('{{ "a" | shout }}{{ ["b"] | map("shout") | join }}{{ answer }}').render(scopeOf()), 'a!b!42');
    assert.equal(jinja.compileExpression('answer').evaluate(scopeOf({ answer: 1 })), 1);
  });

  it('reads the header of a template as Ansible does', () => {
    const body = '  {% if true %}\nx\n  {% endif %}\n';

    assert.equal(render(body), '  x\n  ');
    assert.equal(render(`#jinja2: trim_blocks: False\n${body}`), '  \nx\n  \n');
    assert.equal(render(`#jinja2: lstrip_blocks: True\n${body}`), 'x\n');
    assert.equal(render(`#jinja2: trim_blocks:False, lstrip_blocks: "True"\n${body}`), '\nx\n\n');
  });

  it('keeps the last newline unless told otherwise', () => {
    assert.equal(render('{{ 1 }}\n'), '1\n');
    assert.equal(render('{{ 1 }}\n', {}, { keepTrailingNewline: false }), '1');
  });

  it('tells the truth of an expression as Python sees it', () => {
    const truth = (text: string): boolean => new Environment().compileExpression(text).test(scopeOf());

    for (const text of ['1', '"a"', '[0]', '{"a": 1}', '0.1', 'range(1)', '"False"']) assert.equal(truth(text), true, text);
    for (const text of ['0', '""', '[]', '{}', '0.0', 'none', 'range(0)', '()', '-0.0']) assert.equal(truth(text), false, text);
  });

  it('changes no variable it was given by setting one of its own', () => {
    const values = fromJson({ a: 1 }) as Dict;

    new Environment().compileTemplate('{% set a = 2 %}{{ a }}').render({ get: (name) => values.get(name) });

    assert.equal(values.get('a'), 1);
  });
});
