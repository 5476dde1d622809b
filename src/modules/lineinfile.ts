// The module lineinfile: that one line is in a file, or not. Two round trips: the file is read, and then changed if it is still the same.
import { dict } from '../base/value.ts';
import { ask, failed, finished, type Report } from './answer.ts';
import { ATTRIBUTE_PARAMS, attributeScript, wantsAttributes } from './attributes.ts';
import { attributeDifferences, shownContent } from './difference.ts';
import { type Edited, ensureLine, type LineEdit, linesOf, removeLines } from './edit-lines.ts';
import { ModuleError } from './errors.ts';
import { DIGEST, INSPECT, REPLACE } from './file-script.ts';
import { PRESERVE } from './mode.ts';
import { isOn, textOf } from './params.ts';
import { pythonRegex } from './python-regex.ts';
import { assign, flag, reportingScript, writeBytes } from './script.ts';
import type { Difference, Module, ModuleContext, Params, ScriptStep, Step } from './seam.ts';
import { validateFaults, validateScript } from './validate.ts';

/** Larger files are not fetched: they are no configuration. */
const READ_LIMIT_BYTES = 4 * 1024 * 1024;

/** `lineinfile`: as ansible 2.14. Only the bytes that differ are sent back; a link is followed, and stays. */
export const lineinfile: Module = {
  name: 'lineinfile',
  summary: 'Puts one line into a file, or takes it out',
  params: {
    path: { type: 'path', required: true, aliases: ['dest', 'destfile', 'name'], description: 'the file' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether the line is there' },
    regexp: { type: 'str', aliases: ['regex'], description: 'a regular expression of Python: the line to replace or remove' },
    search_string: { type: 'str', description: 'a text in the line to replace or remove' },
    line: { type: 'str', aliases: ['value'], description: 'the line' },
    insertafter: { type: 'str', description: 'EOF, or a regular expression: a new line goes after it' },
    insertbefore: { type: 'str', description: 'BOF, or a regular expression: a new line goes before it' },
    backrefs: { type: 'bool', default: false, description: 'line holds groups of regexp; without a match nothing happens' },
    create: { type: 'bool', default: false, description: 'make the file when it is not there' },
    backup: { type: 'bool', default: false, description: 'keep the old file under a name with the time in it' },
    firstmatch: { type: 'bool', default: false, description: 'the first match counts, not the last' },
    validate: { type: 'str', description: 'a command that must accept the new file, given as %s, before it gets its name' },
    ...ATTRIBUTE_PARAMS,
  },
  checkMode: 'inspects',
  check(params, templated) {
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    const faults = validateFaults(params);
    if (has('insertbefore') && has('insertafter')) faults.push('`insertbefore` and `insertafter` exclude each other');
    if (has('regexp') && has('search_string')) faults.push('`regexp` and `search_string` exclude each other');
    if (isOn(params, 'backrefs') && has('search_string')) faults.push('`backrefs` and `search_string` exclude each other');
    if (isOn(params, 'backrefs') && !has('regexp')) faults.push('`backrefs` needs `regexp`');
    if (params.state === 'present' && !has('line')) faults.push('`line` is needed, unless `state` is absent');
    if (params.state === 'absent' && !has('line') && !has('regexp') && !has('search_string')) {
      faults.push('one of `line`, `regexp` and `search_string` is needed');
    }
    if (params.mode === PRESERVE) faults.push('`mode: preserve` needs a source, and `lineinfile` has none');
    return [...faults, ...patternFaults(params)];
  },
  compile(params, context) {
    const path = textOf(params, 'path') ?? '';
    return ask(reportingScript(context, { path }, INSPECT, DIGEST, READ), context, (report) => decide(report, params, context));
  },
};

function patternFaults(params: Params): string[] {
  const patterns = [textOf(params, 'regexp')];
  for (const name of ['insertafter', 'insertbefore']) {
    const text = textOf(params, name);
    if (text !== 'EOF' && text !== 'BOF') patterns.push(text);
  }
  return patterns.flatMap((pattern) => {
    try {
      if (pattern !== undefined) pythonRegex(pattern);
      return [];
    } catch (error) {
      if (error instanceof ModuleError) return [error.message];
      throw error;
    }
  });
}

// The sum is taken before the content is read: a change in between makes the second script refuse.
const READ = `if [ -d "$path" ]; then report rc 256; fail "Path $path is a directory !"; fi
if [ ! -e "$path" ]; then report exists ''; finish; fi
if [ ! -r "$path" ]; then fail "$path cannot be read"; fi
report exists yes
if [ "$(($(wc -c <"$path")))" -gt ${READ_LIMIT_BYTES} ]; then fail "$path is larger than ${READ_LIMIT_BYTES} bytes"; fi
fingerprint "$path"; report sum "$digest"
send_body "$path"`;

/** The file as it was read. */
interface Found {
  readonly exists: boolean;
  readonly sum: string;
  readonly bytes: Buffer;
}

function decide(report: Report, params: Params, context: ModuleContext): Step {
  const path = textOf(params, 'path') ?? '';
  const found: Found = {
    exists: report.values.get('exists') === 'yes',
    sum: report.values.get('sum') ?? '',
    bytes: Buffer.from(report.body ?? []),
  };
  const isAbsent = params.state === 'absent';
  if (!found.exists && isAbsent) return finished({ changed: false, failed: false, msg: 'file not present', values: dict() });
  if (!found.exists && !isOn(params, 'create')) return failed(`Destination ${path} does not exist !`, { rc: 257 });
  const edit = editOf(params);
  const lines = linesOf(found.bytes.toString('latin1'));
  let edited: Edited;
  try {
    edited = isAbsent ? removeLines(lines, edit) : ensureLine(lines, edit);
  } catch (error) {
    if (error instanceof ModuleError) return failed(error.message);
    throw error;
  }
  if (edited.msg === '' && !wantsAttributes(params)) return end(undefined, edited, found, params, context);
  return write(edited, found, params, context);
}

function editOf(params: Params): LineEdit {
  return {
    line: textOf(params, 'line'),
    regexp: textOf(params, 'regexp'),
    searchString: textOf(params, 'search_string'),
    insertAfter: textOf(params, 'insertafter'),
    insertBefore: textOf(params, 'insertbefore'),
    backrefs: isOn(params, 'backrefs'),
    firstMatch: isOn(params, 'firstmatch'),
  };
}

function write(edited: Edited, found: Found, params: Params, context: ModuleContext): ScriptStep {
  const script = reportingScript(
    context,
    { path: textOf(params, 'path') ?? '' },
    attributeScript(params),
    DIGEST,
    REPLACE,
    validateScript(textOf(params, 'validate')),
    `${flag('exists', found.exists)} ${assign('sum', found.sum)}`,
    `${flag('backup', isOn(params, 'backup'))} ${flag('edited', edited.msg !== '')}`,
    `new_content() {\n${patch(found.bytes, Buffer.from(edited.lines.join(''), 'latin1'))}\n}`,
    WRITE,
  );
  return ask(script, context, (report) => end(report, edited, found, params, context));
}

const WRITE = `if [ "$exists" ]; then
  fingerprint "$path"
  if [ "$digest" != "$sum" ]; then fail "$path has changed while it was looked at, nothing was done"; fi
  if [ -L "$path" ]; then real_path "$path"; path=$real; fi
elif [ -e "$path" ]; then fail "$path has appeared while it was looked at, nothing was done"
fi
replace_path() {
  directory_of "$path"
  if [ ! -d "$directory" ]; then change "Error creating $directory" mkdir -p "$directory"; fi
  make_temp "$directory"
  new_content >"$temp" || fail "Could not write $temp"
  # From here on only what is asked of the attributes counts: the line is known to change.
  changed=false
  dress_temp "$path"
  run_validate
  if [ "$backup" ] && [ "$exists" ]; then backup "$path"; fi
  put_in_place "$path"
}
if [ "$edited" ] && [ ! "$check" ]; then replace_path
elif [ "$exists" ]; then ensure_attrs "$path"; fi`;

/**
 * Shell commands that write the new content, taking from the old file what both begin and end with: a line added to a file of
 * four megabytes sends one line.
 */
function patch(before: Buffer, after: Buffer): string {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return [
    ...(head > 0 ? [`dd bs=${head} count=1 <"$path" 2>/dev/null`] : []),
    ...(head + tail < after.length ? [writeBytes(after.subarray(head, after.length - tail))] : []),
    ...(tail > 0 ? [`tail -c ${tail} "$path"`] : []),
    ...(after.length === 0 ? [':'] : []),
  ].join('\n');
}

function end(report: Report | undefined, edited: Edited, found: Found, params: Params, context: ModuleContext): Step {
  const path = textOf(params, 'path') ?? '';
  const attributesChanged = report?.values.get('changed') === 'true';
  const words = [edited.msg, attributesChanged ? 'ownership, perms or SE linux context changed' : ''].filter((part) => part !== '');
  const changed = words.length > 0;
  return finished({
    changed,
    failed: false,
    msg: words.join(' and '),
    values: dict({ backup: report?.values.get('backup_file') ?? '', found: edited.found }),
    ...(context.diff ? { diff: differences(report, edited, found, path) } : {}),
  });
}

function differences(report: Report | undefined, edited: Edited, found: Found, path: string): Difference[] {
  const header = `${path} (content)`;
  const after = shownContent(Buffer.from(edited.lines.join(''), 'latin1'));
  const content = { beforeHeader: header, afterHeader: header, before: shownContent(found.bytes), after };
  return [...(edited.msg === '' ? [] : [content]), ...(report === undefined ? [] : attributeDifferences(report, path))];
}
