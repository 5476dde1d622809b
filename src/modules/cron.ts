// The module cron: that a job or a variable is in a crontab. It does not know when jobs run.
import { dict, type Value } from '../base/value.ts';
import { DIGEST, INSPECT } from './files/file-script.ts';
import { WORK } from './files/work.ts';
import { isOn, textOf } from './parameters/params.ts';
import { ask, failed, finished, type Report } from './script/answer.ts';
import { assign, flag, pathWord, reportingScript, writeBytes } from './script/script.ts';
import { decodeText, encodeText } from './script/text.ts';
import type { Module, ModuleContext, ParamSpec, Params, Step } from './seam.ts';
import { type CronChange, changeCrontab, crontabLines, crontabText, jobNames, variableNames } from './texts/crontab.ts';

const field = (description: string, ...aliases: readonly string[]): ParamSpec => ({
  type: 'str',
  default: '*',
  description,
  ...(aliases.length === 0 ? {} : { aliases }),
});
const FIELDS = ['minute', 'hour', 'day', 'month', 'weekday'] as const;

/** `cron`: as ansible 2.14. Two round trips where something changes: the crontab is read, and replaced if it is still the same. */
export const cron: Module = {
  name: 'cron',
  summary: 'Puts jobs and variables into crontabs, or takes them out',
  params: {
    name: { type: 'str', required: true, description: 'the name of the job, or of the variable with env' },
    job: { type: 'str', aliases: ['value'], description: 'the command, or the value of the variable' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether it is there' },
    user: { type: 'str', description: 'whose crontab; in a cron_file, who runs the job' },
    cron_file: { type: 'path', description: 'a file of /etc/cron.d, or any file, instead of the crontab of a user' },
    minute: field('0-59, *, */2...'),
    hour: field('0-23'),
    day: field('1-31', 'dom'),
    month: field('1-12'),
    weekday: field('0-6, Sunday being 0', 'dow'),
    special_time: {
      type: 'str',
      choices: ['annually', 'daily', 'hourly', 'monthly', 'reboot', 'weekly', 'yearly'],
      description: 'instead of the five',
    },
    disabled: { type: 'bool', default: false, description: 'the job is there, behind a comment sign' },
    env: { type: 'bool', default: false, description: 'it is a variable' },
    insertafter: { type: 'str', description: 'a new variable goes after this one' },
    insertbefore: { type: 'str', description: 'a new variable goes before this one' },
    backup: { type: 'bool', default: false, description: 'keep the old crontab in a file of /tmp' },
  },
  checkMode: 'inspects',
  check(params, templated) {
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    const faults: string[] = [];
    if (has('insertafter') && has('insertbefore')) faults.push('`insertafter` and `insertbefore` exclude each other');
    if (textOf(params, 'cron_file') === '/etc/crontab') faults.push('`cron_file` cannot be /etc/crontab: use lineinfile for it');
    if (has('special_time') && FIELDS.some((name) => textOf(params, name) !== '*' || templated.has(name))) {
      faults.push('`special_time` and a time exclude each other');
    }
    if (params.state === 'present') {
      if (has('cron_file') && !has('user')) faults.push('`cron_file` needs `user`');
      if (!has('job')) faults.push('`job` is needed, unless `state` is absent');
      if ((has('insertafter') || has('insertbefore')) && !isOn(params, 'env')) faults.push('`insertafter` and `insertbefore` need `env`');
    }
    if (isOn(params, 'env') && textOf(params, 'name')?.includes(' ')) faults.push('`name` is no name of a variable');
    if (/[\r\n]/.test((textOf(params, 'job') ?? '').replace(/^[\r\n]+|[\r\n]+$/g, ''))) faults.push('`job` holds several lines');
    if (/[\r\n]/.test(textOf(params, 'name') ?? '')) faults.push('`name` holds several lines');
    return faults;
  },
  compile: (params, context) =>
    ask(reportingScript(context, {}, ...keptIn(params), INSPECT, DIGEST, WORK, READ), context, (report) => decide(report, params, context)),
};

/** Where the crontab is: `$file`, or the program for the crontab of `$user`. */
function keptIn(params: Params): string[] {
  const file = textOf(params, 'cron_file');
  const path = file === undefined ? "''" : pathWord(file.startsWith('/') ? file : `/etc/cron.d/${file}`);
  return [`file=${path}`, assign('user', textOf(params, 'user')), flag('backup', isOn(params, 'backup'))];
}

const READ = `begin_work
tab=$work/tab
# The crontab of somebody else is for root only, and there is no need to say whose one's own is.
run_crontab() { if [ "$user" ] && [ "$user" != "$(id -un)" ]; then crontab -u "$user" "$@"; else crontab "$@"; fi; }
read_tab() {
  if [ "$file" ]; then
    if [ -e "$file" ]; then cat "$file" >"$tab" || fail "Unable to read $file"; report exists yes; else : >"$tab"; fi
    return 0
  fi
  command -v crontab >/dev/null 2>&1 || fail 'There is no crontab on this host'
  if run_crontab -l >"$tab" 2>"$work/trouble"; then code=0; else code=$?; fi
  # 1 is how it says that there is none.
  if [ "$code" -gt 1 ]; then fail 'Unable to read crontab'; fi
}
read_tab
fingerprint "$tab"; report sum "$digest"
send_body "$tab"`;

function decide(report: Report, params: Params, context: ModuleContext): Step {
  const before = decodeText(report.body ?? new Uint8Array());
  const old = crontabLines(before);
  const { lines, isChanged, fault } = changeCrontab(old, changeOf(params));
  if (fault !== undefined) return failed(fault);
  const isPresent = params.state === 'present';
  const isEmptied =
    !isPresent && isChanged && params.cron_file !== undefined && !isOn(params, 'env') && lines.every((line) => line.trim() === '');
  // A crontab that does not end with a newline is not read to its end by some crons.
  const changed = isChanged || (before !== '' && !/[\r\n]$/.test(before));
  const after = isEmptied ? '' : crontabText(lines);
  const end = (kept: Report | undefined): Step => result(params, context, { changed, isEmptied, before, after, lines }, kept);
  if (!changed || context.checkMode) return end(undefined);
  const script = reportingScript(
    context,
    {},
    ...keptIn(params),
    INSPECT,
    DIGEST,
    WORK,
    READ,
    assign('sum', report.values.get('sum')),
    flag('emptied', isEmptied),
    `new_tab() {\n${writeBytes(encodeText(after))}\n}`,
    WRITE,
  );
  return ask(script, context, end);
}

const WRITE = `if [ "$digest" != "$sum" ]; then fail 'The crontab has changed while it was looked at, nothing was done'; fi
changed=true
if [ "$backup" ]; then
  kept=/tmp/crontab$token
  (umask 77; set -C; cat "$tab" >"$kept") || fail "Could not make backup of the crontab to $kept"
  report backup_file "$kept"
fi
new_tab >"$work/new" || fail "Could not write $work/new"
if [ "$emptied" ]; then rm -f "$file" || fail "Could not remove $file"
elif [ "$file" ]; then
  # Written over, not replaced: it keeps its mode and owner.
  trouble=$(umask 22; cat "$work/new" 2>&1 >"$file") || fail "Could not write $file: $trouble"
else trouble=$(run_crontab "$work/new" 2>&1) || fail "$trouble"
fi`;

function changeOf(params: Params): CronChange {
  const name = textOf(params, 'name') ?? '';
  const isPresent = params.state === 'present';
  const job = textOf(params, 'job') ?? '';
  if (isOn(params, 'env')) {
    const [after, before] = [textOf(params, 'insertafter'), textOf(params, 'insertbefore')];
    return { kind: 'variable', name, line: isPresent ? `${name}="${job}"` : undefined, after, before };
  }
  const special = textOf(params, 'special_time');
  const times = special === undefined ? FIELDS.map((one) => textOf(params, one) ?? '*').join(' ') : `@${special}`;
  const words = [times, ...(params.cron_file === undefined ? [] : [textOf(params, 'user') ?? '']), job.replace(/^[\r\n]+|[\r\n]+$/g, '')];
  return { kind: 'job', name, line: isPresent ? `${isOn(params, 'disabled') ? '#' : ''}${words.join(' ')}` : undefined };
}

interface Outcome {
  readonly changed: boolean;
  readonly isEmptied: boolean;
  readonly before: string;
  readonly after: string;
  readonly lines: readonly string[];
}

function result(params: Params, context: ModuleContext, outcome: Outcome, report: Report | undefined): Step {
  const file = textOf(params, 'cron_file');
  const user = textOf(params, 'user');
  const header =
    file === undefined
      ? user === undefined
        ? 'crontab'
        : `crontab for user "${user}"`
      : file.startsWith('/')
        ? file
        : `/etc/cron.d/${file}`;
  const names: Record<string, Value | undefined> = outcome.isEmptied
    ? { state: textOf(params, 'state') }
    : { jobs: jobNames(outcome.lines), envs: variableNames(outcome.lines) };
  const { changed, before, after } = outcome;
  return finished({
    changed,
    failed: false,
    values: dict({ ...names, cron_file: file, backup_file: report?.values.get('backup_file') }),
    ...(context.diff
      ? { diff: changed ? [{ beforeHeader: header, afterHeader: outcome.isEmptied ? '/dev/null' : header, before, after }] : [] }
      : {}),
  });
}
