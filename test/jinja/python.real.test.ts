// Every template of the corpus, beside Python's own Jinja2 with Ansible's filters and tests.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { InputError } from '#src/base/errors';
import { Float, fromJson, type Value } from '#src/base/value';
import { Environment } from '#src/jinja/environment';
import { needs } from '../support/real.js';
import { DIFFERENCES, EXPRESSIONS, LOADED, TEMPLATES, VARIABLES } from './corpus.js';

const PYTHON = '/usr/bin/python3';

// Set up as Ansible sets up its own: a chainable undefined that fails when used, None printed as nothing, generators as lists.
const PROGRAM = `
import json, sys, warnings
warnings.simplefilter('ignore')
import jinja2
from ansible.template import AnsibleUndefined, _ansible_finalize, _unroll_iterator
from ansible.plugins.filter import core, mathstuff, urls, urlsplit
from ansible.plugins.test import core as tests, files, mathstuff as math_tests, uri

given = json.load(sys.stdin)
# What JSON cannot tell.
given['variables'].update(whole=7.0, big=9007199254740993, huge=1e20)
environment = jinja2.Environment(
    trim_blocks=True, keep_trailing_newline=True, undefined=AnsibleUndefined, finalize=_ansible_finalize,
    extensions=['jinja2.ext.do', 'jinja2.ext.loopcontrols'], loader=jinja2.DictLoader(given['loaded']))
for module in (core, mathstuff, urls, urlsplit):
    for name, function in module.FilterModule().filters().items():
        environment.filters[name] = environment.filters['ansible.builtin.' + name] = function
for name, function in list(environment.filters.items()):
    environment.filters[name] = _unroll_iterator(function)
for module in (tests, files, math_tests, uri):
    environment.tests.update(module.TestModule().tests())

def render(template):
    try:
        return {'text': environment.from_string(template).render(json.loads(json.dumps(given['variables'])))}
    except Exception as error:
        return {'error': type(error).__name__ + ': ' + str(error)}

print(json.dumps([render(template) for template in given['templates']]))
`;

const known = new Set([...DIFFERENCES.values()].flat());

interface Answer {
  readonly text?: string;
  readonly error?: string;
}

function pythonAnswers(cases: readonly string[]): ReadonlyMap<string, Answer> {
  const templates = [...new Set([...cases, ...known])];
  const run = spawnSync(PYTHON, ['-c', PROGRAM], {
    input: JSON.stringify({ templates, variables: VARIABLES, loaded: LOADED }),
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 64e6,
  });
  assert.equal(run.status, 0, run.stderr);
  const answers = JSON.parse(run.stdout) as Answer[];
  return new Map(templates.map((template, i) => [template, answers[i] ?? {}]));
}

function canImportJinja(): boolean {
  return spawnSync(PYTHON, ['-c', 'import jinja2, ansible.template'], { timeout: 30_000 }).status === 0;
}

describe('beside Jinja2', needs('python3', 'ansible'), () => {
  const groups = [
    ...Object.entries(EXPRESSIONS).map(([group, cases]) => ({ group, templates: cases.map((source) => `{{ ${source} }}`) })),
    ...Object.entries(TEMPLATES).map(([group, templates]) => ({ group, templates })),
  ];
  const jinja = new Environment({
    loadTemplate: (name) => (Object.hasOwn(LOADED, name) ? { text: LOADED[name] ?? '', file: name } : undefined),
  });
  const answers =
    needs('python3', 'ansible').skip === false && canImportJinja()
      ? pythonAnswers(groups.flatMap(({ templates }) => templates))
      : undefined;

  const ours = (template: string): Answer => {
    // Made anew for every case: some append to a list.
    const scope = new Map<string, Value>(Object.entries(VARIABLES).map(([name, value]) => [name, fromJson(value)]));
    scope.set('whole', new Float(7));
    scope.set('big', 9007199254740993n);
    scope.set('huge', new Float(1e20));
    try {
      return { text: jinja.compileTemplate(template).render({ get: (name) => scope.get(name) }) };
    } catch (error) {
      if (error instanceof InputError) return { error: error.message };
      throw error;
    }
  };

  for (const { group, templates } of groups) {
    it(`${group} come to the same`, (context) => {
      if (answers === undefined) {
        context.skip('Python cannot import jinja2 and ansible');
        return;
      }
      const differing = templates
        .filter((template) => !known.has(template))
        .map((template) => ({ template, python: answers.get(template), ours: ours(template) }))
        .filter(({ python, ours: own }) => python?.text !== own.text);

      assert.deepEqual(differing, []);
    });
  }

  it('what is known to differ still does', (context) => {
    if (answers === undefined) {
      context.skip('Python cannot import jinja2 and ansible');
      return;
    }
    const alike = [...known].filter((template) => answers.get(template)?.text === ours(template).text);

    assert.deepEqual(alike, []);
  });
});
