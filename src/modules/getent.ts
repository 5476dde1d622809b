// The module getent: what a host's databases of users, groups, hosts... hold, as facts. It changes nothing.
import { type Dict, dict, type Value } from '../base/value.ts';
import { isOn, textOf } from './parameters/params.ts';
import { ask, failed, finished, type Report } from './script/answer.ts';
import { reportingScript, word } from './script/script.ts';
import type { Module, Params, Step } from './seam.ts';

const WITH_COLONS = ['passwd', 'shadow', 'group', 'gshadow'];
const WORDS: Readonly<Record<string, string>> = {
  1: 'Missing arguments, or database unknown.',
  2: 'One or more supplied key could not be found in the database.',
  3: 'Enumeration not supported on this database.',
};

/** `getent`: as ansible 2.14. */
export const getent: Module = {
  name: 'getent',
  summary: 'Looks something up in the databases of the host',
  params: {
    database: { type: 'str', required: true, description: 'passwd, group, hosts, services...' },
    key: { type: 'str', description: 'what is looked up; default everything' },
    service: { type: 'str', description: 'who is asked, instead of all' },
    split: { type: 'str', description: 'what stands between fields; default a colon or blanks, as the database has it' },
    fail_key: { type: 'bool', default: true, description: 'fail when the key is not there' },
  },
  checkMode: 'inspects',
  check: (params) =>
    ['database', 'key']
      .filter((name) => textOf(params, name)?.startsWith('-'))
      .map((name) => `\`${name}\` begins with a dash, and would be an option`),
  compile(params, context) {
    const given = [textOf(params, 'database') ?? '', textOf(params, 'key')].filter((one) => one !== undefined);
    const service = textOf(params, 'service');
    const words = [...given, ...(service === undefined ? [] : ['-s', service])].map(word).join(' ');
    const script = `command -v getent >/dev/null 2>&1 || fail 'There is no getent on this host'
if found=$(getent ${words} 2>/dev/null </dev/null); then code=0; else code=$?; fi
report code "$code"; report found "$found"`;
    return ask(reportingScript(context, {}, script), context, (report) => result(report, params));
  },
};

function result({ values }: Report, params: Params): Step {
  const code = values.get('code') ?? '';
  const tree = `getent_${textOf(params, 'database') ?? ''}`;
  const facts = (entries: Dict): Dict => dict({ ansible_facts: dict({ [tree]: entries }) });
  if (code === '0') return finished({ changed: false, failed: false, values: facts(entriesOf(values.get('found') ?? '', params)) });
  const msg = WORDS[code] ?? 'Unexpected failure!';
  if (code !== '2' || isOn(params, 'fail_key')) return failed(msg);
  return finished({ changed: false, failed: false, msg, values: facts(new Map([[textOf(params, 'key') ?? '', null]])) });
}

// Several lines of one name become a list of lists.
function entriesOf(text: string, params: Params): Dict {
  const split = textOf(params, 'split') ?? (WITH_COLONS.includes(textOf(params, 'database') ?? '') ? ':' : undefined);
  const byName = new Map<string, Value[][]>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [name = '', ...rest] = split === undefined ? line.trim().split(/\s+/) : line.split(split);
    byName.set(name, [...(byName.get(name) ?? []), rest]);
  }
  return new Map([...byName].map(([name, lines]) => [name, lines.length === 1 ? (lines[0] ?? []) : lines]));
}
