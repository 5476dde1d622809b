// Where errors say they are: in the file, and in the template's own text.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromJson } from '#src/base/value';
import { Environment } from '#src/jinja/environment';
import { BudgetError, JinjaSyntaxError, TemplateError, UndefinedError } from '#src/jinja/errors';

const scope = { get: (name: string) => (name === 'db' ? fromJson({ hosts: [] }) : undefined) };
const FILES: Readonly<Record<string, string>> = {
  'lib.j2': '{% macro port(of) %}\n{{ of.port + 1 }}\n{% endmacro %}',
  'part.j2': 'first\nsecond {{ 1 + "a" }}',
  'base.j2': '{% block head %}{% endblock %}\n{{ nope }}',
};
const jinja = new Environment({
  loadTemplate: (name) => (Object.hasOwn(FILES, name) ? { text: FILES[name] ?? '', file: name } : undefined),
});
const place = (file: string, line: number, column: number, lineText: string) => ({ file, line, column, lineText });

/** What rendering a text throws. */
function failure(
  text: string,
  at = { file: 'motd.j2', line: 1, column: 1 },
): UndefinedError | TemplateError | JinjaSyntaxError | BudgetError {
  try {
    jinja.compileTemplate(text, at).render(scope);
  } catch (error) {
    if (
      error instanceof UndefinedError ||
      error instanceof TemplateError ||
      error instanceof JinjaSyntaxError ||
      error instanceof BudgetError
    )
      return error;
    throw error;
  }
  throw new assert.AssertionError({ message: `${text} does not fail` });
}

describe('the place of an error', () => {
  it('is that of the variable which is missing', () => {
    const line = '{{ db.hosts | length }} {{ 1 + db.hosts[0].name }}';

    assert.deepEqual(failure(`one\n${line}`).where, place('motd.j2', 2, 40, line));
  });

  it('is that of the operation which fails', () => {
    const line = '{{ 1 + 2 }} {{ 3 * 4 + "a" }}';

    assert.deepEqual(failure(`\n\n${line}`).where, place('motd.j2', 3, 22, line));
  });

  it('is that of the filter which fails', () => {
    const line = '{{ "x" | upper | round }}';

    assert.deepEqual(failure(line).where, place('motd.j2', 1, 16, line));
  });

  it('is in the template that was included, imported or extended', () => {
    assert.deepEqual(failure('a\nb\n{% include "part.j2" %}').where, place('part.j2', 2, 13, 'second {{ 1 + "a" }}'));
    assert.deepEqual(failure('{% from "lib.j2" import port %}{{ port(db) }}').where, place('lib.j2', 2, 6, '{{ of.port + 1 }}'));
    assert.deepEqual(failure('{% extends "base.j2" %}{% block head %}x{% endblock %}').where, place('base.j2', 2, 4, '{{ nope }}'));
  });

  it('counts the line of options at the top of a template', () => {
    assert.deepEqual(failure('#jinja2: trim_blocks: False\nx {{ nope }}').where, place('motd.j2', 2, 6, 'x {{ nope }}'));
  });

  it('is the beginning of a text within YAML, and within says where in that text', () => {
    const at = { file: 'site.yml', line: 7, column: 11 };

    const error = failure('one\n{{ nope }}', at);

    assert.equal(error.where, at);
    assert.deepEqual(error.within, place('site.yml', 2, 4, '{{ nope }}'));
  });

  it('is known for budgets and for mistakes of syntax too', () => {
    assert.deepEqual(failure('\n{{ "%9999999d" % 1 }}').where, place('motd.j2', 2, 16, '{{ "%9999999d" % 1 }}'));
    assert.deepEqual(failure('\n{{ 1 | nope }}').within, place('motd.j2', 2, 6, '{{ 1 | nope }}'));
  });
});

describe('a filter that is not here on purpose', () => {
  it('says what to write instead', () => {
    for (const name of ['json_query', 'community.general.json_query'])
      assert.throws(() => jinja.compileExpression(`x | ${name}('a')`), { code: 'JINJA_UNKNOWN_FILTER', fix: /selectattr/ });
  });
});

describe('the machine that templates', () => {
  it('can be another one', () => {
    const other = new Environment({
      machine: {
        kind: (file) => (file === '/srv/app' ? 'directory' : undefined),
        isMount: () => false,
        isSame: () => undefined,
        realPath: (file) => `/real${file}`,
        list: () => [],
        home: (user) => `/home/${user || 'me'}`,
        variable: (name) => (name === 'APP' ? 'shop' : undefined),
      },
    });
    const evaluate = (text: string) => other.compileExpression(text).evaluate(scope);

    assert.equal(evaluate('"/srv/app" is directory'), true);
    assert.equal(evaluate('"/etc/passwd" is exists'), false);
    assert.equal(evaluate('"~/x" | expanduser'), '/home/me/x');
    assert.equal(evaluate('"~eve/x" | expanduser'), '/home/eve/x');
    assert.equal(evaluate('"$APP/${APP}/$NOPE" | expandvars'), 'shop/shop/$NOPE');
    assert.equal(evaluate('"/a" | realpath'), '/real/a');
    assert.throws(() => evaluate('"/a" is same_file("/b")'), { code: 'TEMPLATE_FAILED' });
  });
});

describe('chance', () => {
  it('without a seed stays within its bounds', () => {
    const evaluate = (text: string) => jinja.compileExpression(text).evaluate(scope);

    for (let i = 0; i < 200; i++) {
      assert.ok([10, 13, 16, 19].includes(Number(evaluate('20 | random(start=10, step=3)'))));
      assert.ok(['a', 'b'].includes(String(evaluate('["a", "b"] | random') as string)));
    }
    assert.equal(evaluate('[3, 1, 2] | shuffle | sort'.replace('sort', 'sort == [1, 2, 3]')), true);
  });

  it('makes a new salt for each hash of a password', () => {
    const hash = () => String(jinja.compileExpression('"secret" | password_hash').evaluate(scope) as string);

    const [one, two] = [hash(), hash()];

    assert.match(one, /^\$6\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}$/);
    assert.notEqual(one, two);
  });
});

describe('now', () => {
  it('is a date that can be calculated with', () => {
    const evaluate = (text: string) => jinja.compileExpression(text).evaluate(scope);

    assert.equal(evaluate('now().year > 2020 and now() >= now().replace(year=2020)'), true);
    assert.equal(evaluate('(now(utc=true) - now(utc=true)).days <= 0'), true);
    assert.match(String(evaluate('now(fmt="%Y-%m-%d %H:%M")') as string), /^\d{4}-\d\d-\d\d \d\d:\d\d$/);
    assert.match(String(evaluate('now() | string') as string), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
  });
});
