// The module debconf: answers to the questions a Debian package asks when it is configured.
import { type Dict, dict } from '../base/value.ts';
import { stateDifference } from './files/difference.ts';
import { isOn, textOf } from './parameters/params.ts';
import { ask, finished, type Report } from './script/answer.ts';
import { assign, flag, reportingScript } from './script/script.ts';
import { linesOf } from './script/text.ts';
import type { Module, ModuleContext, Params, Step } from './seam.ts';

const TYPES = ['boolean', 'error', 'multiselect', 'note', 'password', 'seen', 'select', 'string', 'text', 'title'] as const;

/** `debconf`: as ansible 2.14. */
export const debconf: Module = {
  name: 'debconf',
  summary: 'Answers questions of packages before they are asked',
  params: {
    name: { type: 'str', required: true, aliases: ['pkg'], description: 'the package' },
    question: { type: 'str', aliases: ['selection', 'setting'], description: 'the question; without one they are listed' },
    vtype: { type: 'str', choices: TYPES, description: 'the kind of question' },
    value: { type: 'str', aliases: ['answer'], description: 'the answer' },
    unseen: { type: 'bool', default: false, description: 'the question is still asked, with this answer proposed' },
  },
  checkMode: 'inspects',
  check(params, templated) {
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    const together = ['question', 'vtype', 'value'];
    const faults = together.some(has) && !together.every(has) ? ['`question`, `vtype` and `value` go together'] : [];
    if (!/^[a-z0-9][a-z0-9+.:_-]*$/i.test(textOf(params, 'name') ?? 'x')) faults.push('`name` is no name of a package');
    for (const name of ['question', 'value'])
      if (textOf(params, name)?.includes('\n') === true) faults.push(`\`${name}\` holds several lines`);
    return faults;
  },
  compile: (params, context) =>
    ask(reportingScript(context, {}, assign('name', textOf(params, 'name')), LOOK), context, (report) => decide(report, params, context)),
};

const LOOK = `for tool in debconf-show debconf-set-selections; do
  command -v "$tool" >/dev/null 2>&1 || fail "There is no $tool on this host"
done
shown=$(debconf-show "$name" 2>&1) || fail "$shown"
report shown "$shown"`;

function decide({ values }: Report, params: Params, context: ModuleContext): Step {
  const answers: Dict = dict(Object.fromEntries(linesOf(values.get('shown') ?? '').flatMap(readAnswer)));
  const question = textOf(params, 'question');
  const isBoolean = params.vtype === 'boolean';
  const written = textOf(params, 'value') ?? '';
  const value = isBoolean ? written.toLowerCase() : written;
  const old = question === undefined ? undefined : answers.get(question);
  const isSame = old === value || (isBoolean && typeof old === 'string' && old.toLowerCase() === value);
  if (question === undefined || isSame) {
    return finished({ changed: false, failed: false, msg: '', values: dict({ current: answers }) });
  }
  // As there: the answer alone, or, where there was none, all there are.
  const previous: Dict = old === undefined ? new Map([...answers, [question, '']]) : dict({ [question]: old });
  const current = dict({ [question]: old === undefined ? written : value });
  const end = (): Step =>
    finished({
      changed: true,
      failed: false,
      msg: '',
      values: dict({ current, previous }),
      ...(context.diff ? { diff: [stateDifference(previous, new Map([...previous, ...current]))] } : {}),
    });
  if (context.checkMode) return end();
  const line = [textOf(params, 'name'), question, textOf(params, 'vtype'), value].join(' ');
  return ask(reportingScript(context, {}, `${assign('line', line)} ${flag('unseen', isOn(params, 'unseen'))}`, SET), context, end);
}

const SET = `set_answer() { printf '%s\\n' "$line" | debconf-set-selections \${unseen:+-u}; }
change 'debconf-set-selections failed' set_answer`;

// `* ssh/port: 22`, the star being for a question that was asked.
function readAnswer(line: string): (readonly [string, string])[] {
  const colon = line.indexOf(':');
  return colon < 0 ? [] : [[line.slice(0, colon).replace(/^[*\s]+|[*\s]+$/g, ''), line.slice(colon + 1).trim()]];
}
