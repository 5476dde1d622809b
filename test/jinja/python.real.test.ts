// Every case of the corpus, beside Python's own Jinja2 with Ansible's filters and tests.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { needs } from '../support/real.js';
import { CLASSIC } from './corpus/classic.js';
import { GENERATED, GENERATED_DIFFERENCES } from './corpus/generated.js';
import { RANDOM, RANDOM_DIFFERENCES } from './corpus/random.js';
import { STATEMENT_DIFFERENCES, STATEMENTS } from './corpus/statements.js';
import { DIFFERENCES, EXPRESSIONS, LOADED, TEMPLATES, VARIABLES } from './corpus/written.js';
import { ask } from './ours.js';
import { type Answer, askPython, canAskPython, type Question } from './python.js';

interface Case extends Question {
  readonly group: string;
}

const known = new Set([...DIFFERENCES.values(), ...STATEMENT_DIFFERENCES.values()].flat());
const patterns = [...GENERATED_DIFFERENCES.values(), RANDOM_DIFFERENCES].flat();
const isKnown = ({ kind, source }: Question): boolean =>
  kind === 'template' ? known.has(source) : kind === 'expression' && patterns.some((pattern) => pattern.test(source));

const cases: readonly Case[] = [
  ...Object.entries(EXPRESSIONS).flatMap(([group, list]) =>
    list.map((source) => ({ group, kind: 'template' as const, source: `{{ ${source} }}` })),
  ),
  ...Object.entries({ ...TEMPLATES, ...STATEMENTS }).flatMap(([group, list]) =>
    list.map((source) => ({ group, kind: 'template' as const, source })),
  ),
  ...CLASSIC.map((source) => ({ group: 'values read back from text', kind: 'classic' as const, source })),
  ...RANDOM.map((source) => ({ group: 'expressions made by chance', kind: 'expression' as const, source })),
  ...Object.entries(GENERATED).flatMap(([group, list]) =>
    [...new Set(list)].map((source) => ({ group, kind: 'expression' as const, source })),
  ),
];

describe('beside Jinja2', needs('python3', 'ansible'), () => {
  const answers: readonly Answer[] | undefined =
    needs('python3', 'ansible').skip === false && canAskPython() ? askPython(cases, VARIABLES, LOADED) : undefined;
  const python = new Map(cases.map((one, i) => [one, answers?.[i]]));

  for (const group of new Set(cases.map((one) => one.group))) {
    it(`${group} come to the same`, (context) => {
      if (answers === undefined) {
        context.skip('Python cannot import jinja2 and ansible');
        return;
      }

      const differing = cases
        .filter((one) => one.group === group && !isKnown(one))
        .map((one) => ({ source: one.source, python: python.get(one), ours: ask(one) }))
        .filter((one) => JSON.stringify(one.python?.answer) !== JSON.stringify(one.ours.answer));

      assert.deepEqual(differing, []);
    });
  }

  it('what is known to differ still does', (context) => {
    if (answers === undefined) {
      context.skip('Python cannot import jinja2 and ansible');
      return;
    }
    const differs = (one: Case): boolean => JSON.stringify(python.get(one)?.answer) !== JSON.stringify(ask(one).answer);

    const alike = [...known].filter((source) => cases.some((one) => one.source === source && !differs(one)));
    const idle = patterns.filter((pattern) => !cases.some((one) => one.kind === 'expression' && pattern.test(one.source) && differs(one)));

    assert.deepEqual([alike, idle.map(String)], [[], []]);
  });
});
