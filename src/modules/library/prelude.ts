// What shell text of one's own begins with: its parameters as variables, and the words it reports with. It knows no file and no module.
import { type Dict, dict, fromJson, isDict, type Value } from '../../base/value.ts';
import { failed, finished, outputOf, type Report, readReport } from '../script/answer.ts';
import { assign, flag, pathWord, reportingScript, word } from '../script/script.ts';
import { pythonJson, scalarText, splitLines } from '../script/text.ts';
import type { Difference, ModuleContext, ModuleResult, ParamSpec, ParamSpecs, Params, ReturnSpecs, ScriptStep, Step } from '../seam.ts';

/** Variables that scripts already have: no parameter can be called so. */
export const TAKEN_NAMES: ReadonlySet<string> = new Set([
  ...['check', 'diff', 'changed', 'token', 'nl', 'what', 'trouble', 'length', 'locale_was', 'locale_set'],
]);

/** A name that a variable of the shell can have without being one of the environment's. */
export const VARIABLE_NAME = /^(?!sshoal_)[a-z][a-z0-9_]*$/;

/** What shell text works with. */
export interface ShellWork {
  /** For messages. */
  readonly name: string;
  readonly specs: ParamSpecs;
  readonly params: Params;
  readonly returns: ReturnSpecs;
  /** Any POSIX sh; what it prints is kept for when it fails. */
  readonly body: string;
}

/**
 * One script: every parameter a variable, then the words, then the body. `text`, numbers and modes are as they were given, paths
 * with `~` and `$NAME` expanded, `yes` or nothing for a bool, a line for each item of a list, JSON for a dict; what was not given
 * is empty, and `given NAME` tells.
 *
 * - `changed` - something is, or would be, different now
 * - `change WHAT COMMAND...` - runs a command, in check mode not, and fails with WHAT when the command does; says `changed` too
 * - `failed MESSAGE`, `finish` - the end, a bad one or a good one
 * - `result NAME VALUE`, `fact NAME VALUE` - what is registered, and what becomes a variable of the host
 * - `difference BEFORE AFTER [NAME]` - shown with --diff
 * - `each NAME COMMAND...` - the command with each item of a list, or each key and value of a dict
 * - `"$check"`, `"$diff"` - `yes` or nothing; `"$nl"` - a newline
 *
 * @param then - What comes after it succeeded. Default: its result is the module's.
 */
export function shellStep(work: ShellWork, context: ModuleContext, then: (result: ModuleResult) => Step = finished): ScriptStep {
  const { specs, params } = work;
  const named = Object.keys(specs);
  const paths = named.flatMap((name) => {
    const value = params[name];
    return specs[name]?.type === 'path' && typeof value === 'string' ? [[name, value] as const] : [];
  });
  const isPath = new Set(paths.map(([name]) => name));
  const script = reportingScript(
    context,
    Object.fromEntries(paths),
    flag('diff', context.diff),
    `sshoal_given=' ${named.filter((name) => params[name] !== undefined).join(' ')} '`,
    ...named.flatMap((name) => (isPath.has(name) ? [] : variable(name, specs[name], params[name] as Value | undefined))),
    WORDS,
    work.body,
  );
  return {
    kind: 'script',
    script: script.join('\n'),
    read: (answer) => {
      const report = readReport(answer.stdout, context.token);
      const { stderr, stderr_lines, rc } = outputOf(answer);
      const said = stderr === '' ? {} : { stderr, stderr_lines };
      if (report === undefined)
        return failed(`${work.name} did not come to its end on the host: ${answer.signal ?? `exit code ${answer.code ?? 'unknown'}`}`, {
          rc,
          ...said,
        });
      const message = report.values.get('failed');
      if (message !== undefined) return failed(message, { ...said, ...Object.fromEntries(valuesOf(report, work.returns)) });
      return then(resultOf(report, work.returns));
    },
  };
}

/** The functions of the shell. What the body prints goes to stderr: stdout is for the report alone. */
const WORDS = `exec 3>&1 1>&2
report() { printf '%s=%s\\000' "$1" "$2" >&3; }
finish() { report changed "$changed"; printf 'end=\\000' >&3; exit 0; }
fail() { report failed "$1"; printf 'end=\\000' >&3; exit 1; }
failed() { fail "$*"; }
changed() { changed=true; }
given() { case $sshoal_given in *" $1 "*) return 0 ;; *) return 1 ;; esac; }
sshoal_named() {
  case $2 in '' | [0-9]* | *[!A-Za-z0-9_]*) fail "$1: '$2' cannot be the name of a value" ;; esac
  report "$1:$2" "$3"
}
result() { sshoal_named result "$@"; }
fact() { sshoal_named fact "$@"; }
sshoal_differences=0
difference() {
  if [ ! "$diff" ]; then return 0; fi
  sshoal_differences=$((sshoal_differences + 1))
  report "before:$sshoal_differences" "$1"
  report "after:$sshoal_differences" "$2"
  report "name:$sshoal_differences" "\${3-}"
}
each() {
  sshoal_list=$1
  shift
  "sshoal_each_$sshoal_list" "$@"
}`;

function variable(name: string, spec: ParamSpec | undefined, value: Value | undefined): string[] {
  if (spec?.type !== 'list' && spec?.type !== 'dict') return [assign(name, shellText(value ?? null))];
  const quoted =
    spec.elements === 'path' ? (item: Value): string => pathWord(shellText(item)) : (item: Value): string => word(shellText(item));
  const items = Array.isArray(value)
    ? value.map((item) => [quoted(item)])
    : isDict(value)
      ? [...value].map((pair) => pair.map((one) => word(shellText(one))))
      : [];
  const whole = isDict(value)
    ? [assign(name, shellText(value))]
    : // One by one: only at the beginning of an assignment does the shell know a ~.
      [
        `${name}=''`,
        ...items.map(([item = "''"], index) => `sshoal_item=${item}; ${name}=$${name}${index === 0 ? '' : '$nl'}$sshoal_item`),
      ];
  const calls = items.map((words) => `  "$@" ${words.join(' ')}`);
  return [...whole, `sshoal_each_${name}() {\n${[...calls, '  :'].join('\n')}\n}`];
}

/** @throws RangeError on a NUL, which no variable can hold. */
function shellText(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : '';
  const text = Array.isArray(value) || isDict(value) ? pythonJson(value) : scalarText(value);
  if (text.includes('\0')) throw new RangeError('A variable of the shell cannot hold a NUL');
  return text;
}

function resultOf(report: Report, returns: ReturnSpecs): ModuleResult {
  const values = valuesOf(report, returns);
  const msg = values.get('msg');
  values.delete('msg');
  const facts = [...report.values].filter(([name]) => name.startsWith('fact:'));
  if (facts.length > 0) values.set('ansible_facts', new Map(facts.map(([name, text]) => [name.slice('fact:'.length), text])));
  return {
    changed: report.values.get('changed') === 'true',
    failed: false,
    ...(typeof msg === 'string' ? { msg } : {}),
    values,
    diff: differencesOf(report),
  };
}

function valuesOf(report: Report, returns: ReturnSpecs): Dict {
  const values = dict();
  for (const [name, text] of report.values) {
    if (!name.startsWith('result:')) continue;
    const key = name.slice('result:'.length);
    values.set(key, typed(text, returns[key]?.type));
  }
  return values;
}

/** What cannot be read as what it was declared to be stays text, for a person to see. */
function typed(text: string, type: ReturnSpecs[string]['type']): Value {
  switch (type) {
    case 'int':
      return /^\s*[-+]?\d+\s*$/.test(text) ? Number(text) : text;
    case 'float':
      return text.trim() !== '' && !Number.isNaN(Number(text)) ? fromJson(Number(text)) : text;
    case 'bool':
      return /^(?:yes|true|1)$/i.test(text.trim());
    case 'list':
      return splitLines(text);
    case 'dict':
      return jsonOr(text);
    default:
      return text;
  }
}

function jsonOr(text: string): Value {
  try {
    return fromJson(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

function differencesOf({ values }: Report): Difference[] {
  const differences: Difference[] = [];
  for (let number = 1; ; number++) {
    const [before, after, name = ''] = ['before', 'after', 'name'].map((part) => values.get(`${part}:${number}`));
    if (before === undefined || after === undefined) return differences;
    differences.push({ beforeHeader: name, afterHeader: name, before, after });
  }
}
