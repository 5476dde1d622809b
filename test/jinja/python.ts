// Python's own Jinja2 with Ansible's filters and tests, asked many questions at once. It does not know what the answers should be.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

const PYTHON = '/usr/bin/python3';

// Set up as Ansible sets up its own: a chainable undefined that fails when used, None printed as nothing, generators as lists.
const PROGRAM = `
import datetime, json, sys, types, warnings
warnings.simplefilter('ignore')
import jinja2
from ansible.template import AnsibleUndefined, Templar, _ansible_finalize, _unroll_iterator
from ansible.plugins.filter import core, encryption, mathstuff, urls, urlsplit
from ansible.plugins.test import core as tests, files, mathstuff as math_tests, uri
from ansible.utils.display import Display
Display.deprecated = Display.warning = lambda *args, **kwargs: None

given = json.load(sys.stdin)
# What JSON cannot tell.
given['variables'].update(whole=7.0, big=9007199254740993, huge=1e20)
environment = jinja2.Environment(
    trim_blocks=True, keep_trailing_newline=True, undefined=AnsibleUndefined, finalize=_ansible_finalize,
    extensions=['jinja2.ext.do', 'jinja2.ext.loopcontrols'], loader=jinja2.DictLoader(given['loaded']))
for module in (core, encryption, mathstuff, urls, urlsplit):
    for name, function in module.FilterModule().filters().items():
        environment.filters[name] = environment.filters['ansible.builtin.' + name] = function
for name, function in list(environment.filters.items()):
    environment.filters[name] = _unroll_iterator(function)
for module in (tests, files, math_tests, uri):
    environment.tests.update(module.TestModule().tests())

def variables():
    return json.loads(json.dumps(given['variables']))

def typed(value):
    if value is None: return ['none', '']
    if isinstance(value, bool): return ['bool', str(value)]
    if isinstance(value, int): return ['int', str(value)]
    if isinstance(value, float): return ['float', repr(value)]
    if isinstance(value, str): return ['str', str(value)]
    if isinstance(value, (datetime.datetime, datetime.date, datetime.timedelta)): return ['str', str(value)]
    if isinstance(value, tuple): return ['tuple', [typed(one) for one in value]]
    if isinstance(value, dict): return ['dict', [[typed(key), typed(one)] for key, one in value.items()]]
    if isinstance(value, set): return ['list', sorted((typed(one) for one in value), key=str)]
    return ['list', [typed(one) for one in value]]

def template(source):
    return environment.from_string(source).render(variables())

def expression(source):
    value = environment.compile_expression(source, undefined_to_none=False)(**variables())
    if isinstance(value, jinja2.Undefined): str(value); raise ValueError('undefined')
    return typed(value)

def classic(source):
    # Made anew: a templar remembers results by text.
    return typed(Templar(loader=None, variables=variables()).template(source))

def answer(question):
    try:
        return {'answer': globals()[question['kind']](question['source'])}
    except RecursionError:
        raise
    except Exception as error:
        return {'error': type(error).__name__ + ': ' + str(error)}

print(json.dumps([answer(question) for question in given['questions']]))
`;

/** A template to render, an expression to evaluate, or a template to make a value of as ansible 2.14 does. */
export interface Question {
  readonly kind: 'template' | 'expression' | 'classic';
  readonly source: string;
}

/** What either side says: a text or a typed value, or an error. */
export interface Answer {
  readonly answer?: unknown;
  readonly error?: string;
}

export function canAskPython(): boolean {
  return spawnSync(PYTHON, ['-c', 'import jinja2, ansible.template'], { timeout: 30_000 }).status === 0;
}

/** The answers to all questions, from one process. */
export function askPython(
  questions: readonly Question[],
  variables: Readonly<Record<string, unknown>>,
  loaded: Readonly<Record<string, string>>,
): readonly Answer[] {
  const run = spawnSync(PYTHON, ['-c', PROGRAM], {
    input: JSON.stringify({ questions, variables, loaded }),
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 256e6,
    env: { ...process.env, PYTHONHASHSEED: '0' },
  });
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout) as Answer[];
}
