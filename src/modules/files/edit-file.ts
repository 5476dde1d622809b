// A file that is read, decided about on the controller, and changed if it is still the same: two round trips. It does not know what is edited.
import { dict, type Value } from '../../base/value.ts';
import { ModuleError } from '../errors.ts';
import { isOn, textOf } from '../parameters/params.ts';
import { ask, askLast, finished, type Report, readReport, type Script } from '../script/answer.ts';
import { assign, flag, reportingScript, writeBytes } from '../script/script.ts';
import type { Answer, Difference, FinishedStep, FoundFile, ModuleContext, ParamSpecs, Params, ScriptStep, Step } from '../seam.ts';
import { ATTRIBUTE_PARAMS, attributeScript, wantsAttributes } from './attributes.ts';
import { attributeDifferences, shownContent } from './difference.ts';
import { DIGEST, INSPECT, REPLACE } from './file-script.ts';
import { PRESERVE } from './mode.ts';
import { validateFaults, validateScript } from './validate.ts';

/** Larger files are not fetched: they are no configuration. */
const READ_LIMIT_BYTES = 4 * 1024 * 1024;

/** Parameters of every module that edits a file, beside those of its own. */
export const EDIT_PARAMS: ParamSpecs = {
  path: { type: 'path', required: true, aliases: ['dest', 'destfile', 'name'], description: 'the file' },
  backup: { type: 'bool', default: false, description: 'keep the old file under a name with the time in it' },
  validate: { type: 'str', description: 'a command that must accept the new file, given as %s, before it gets its name' },
  ...ATTRIBUTE_PARAMS,
};

/** The parameter of those that can make the file. */
export const CREATE_PARAM: ParamSpecs = {
  create: { type: 'bool', default: false, description: 'make the file when it is not there' },
};

/** What is wrong with {@link EDIT_PARAMS}. */
export function editFaults(params: Params): string[] {
  return [...validateFaults(params), ...(params.mode === PRESERVE ? ['`mode: preserve` needs a source, and there is none'] : [])];
}

/** What is wrong with a pattern, found by compiling it; nothing when it is right. */
export function patternFaults(compile: () => unknown): string[] {
  try {
    compile();
    return [];
  } catch (error) {
    if (error instanceof ModuleError) return [error.message];
    throw error;
  }
}

/** What becomes of a file. */
export interface Edit {
  readonly after: Buffer;
  /** What is said of it; empty when nothing changes. */
  readonly msg: string;
  /** Of both sides of the difference. Default `PATH (content)`. */
  readonly header?: string;
  /** The further keys of the result, from the name the old file was kept under. */
  readonly values?: (backup: string | undefined) => Readonly<Record<string, Value | undefined>>;
}

/** What a module wants beside its file. */
export interface Look {
  /** The file, where no parameter `path` names it. */
  readonly path?: string;
  /** Shell that reports more, run before the file is read; it may set $path to another one. */
  readonly looks?: string;
}

/** Reads the file that `path` names. A file that cannot be read, or is too large, fails the module with Ansible's words. */
export function lookAtFile(
  params: Params,
  context: ModuleContext,
  then: (found: FoundFile, report: Report) => Step,
  look: Look = {},
): ScriptStep {
  const path = look.path ?? textOf(params, 'path') ?? '';
  const script = reportingScript(context, { path }, INSPECT, DIGEST, look.looks ?? '', READ);
  return ask(script, context, (report) => then(foundIn(report, path), report));
}

function foundIn({ values, body }: Report, path: string): FoundFile {
  return {
    path: values.get('path') ?? path,
    exists: values.get('exists') === 'yes',
    sum: values.get('sum') ?? '',
    bytes: Buffer.from(body ?? []),
    isSha1: values.get('sha1') === 'yes',
  };
}

/** The same, of a module that asks nothing else of the host: items of a loop look at one file once. */
export function lookAtFileOnly(params: Params, context: ModuleContext, then: (found: FoundFile) => Step): ScriptStep {
  const path = textOf(params, 'path') ?? '';
  const found = (answer: Answer): FoundFile | undefined => {
    const report = readReport(answer.stdout, context.token);
    return report === undefined || report.values.has('failed') ? undefined : foundIn(report, path);
  };
  return { ...lookAtFile(params, context, then), look: { key: path, found, decide: then } };
}

// The sum is taken before the content is read: a change in between makes the second script refuse.
const READ = `if [ -d "$path" ]; then report rc 256; fail "Path $path is a directory !"; fi
digest sha1 /dev/null
if [ "$digest" ]; then report sha1 yes; fi
if [ ! -e "$path" ]; then report exists ''; finish; fi
if [ ! -r "$path" ]; then fail "$path cannot be read"; fi
report exists yes
if [ "$(($(wc -c <"$path")))" -gt ${READ_LIMIT_BYTES} ]; then fail "$path is larger than ${READ_LIMIT_BYTES} bytes"; fi
fingerprint "$path"; report sum "$digest"
send_body "$path"`;

/**
 * Writes what differs, sets mode and owner, and ends the module. A link is followed, and stays. Without a change of either
 * kind nothing is sent.
 */
export function editFile(found: FoundFile, edit: Edit, params: Params, context: ModuleContext): Step {
  if (edit.msg === '' && !wantsAttributes(params)) return end(undefined, edit, found, context);
  return editStep(found, edit.msg === '' ? undefined : edit.after, params, context, (report) => end(report, edit, found, context));
}

/** The step that writes what differs, for a module that says in its own words what came of it. */
export function editStep(
  found: FoundFile,
  after: Buffer | undefined,
  params: Params,
  context: ModuleContext,
  then: (report: Report) => FinishedStep,
): ScriptStep {
  const step = askLast(editScript(found, after, params, context), context, then);
  return after === undefined || context.checkMode ? step : { ...step, leaves: after };
}

/** What a module has done beside the edit, in shell. */
export interface Around {
  readonly before?: string;
  readonly after?: string;
}

/**
 * The script that writes what differs, and sets mode and owner. It reports `changed` for the attributes, and for what `change` did in
 * `after`, not for the content.
 *
 * @param after - The new content, or undefined when the file stays.
 */
export function editScript(
  found: FoundFile,
  after: Buffer | undefined,
  params: Params,
  context: ModuleContext,
  around: Around = {},
): Script {
  return reportingScript(
    context,
    { path: found.path },
    attributeScript(params),
    DIGEST,
    REPLACE,
    validateScript(textOf(params, 'validate')),
    `${flag('exists', found.exists)} ${assign('sum', found.sum)}`,
    `${flag('backup', isOn(params, 'backup'))} ${flag('edited', after !== undefined)}`,
    `new_content() {\n${after === undefined ? ':' : patch(found.bytes, after)}\n}`,
    around.before ?? '',
    WRITE,
    around.after ?? '',
  );
}

/** The content before and after, as a difference; nothing when it stays. */
export function contentDifference(found: FoundFile, after: Buffer, header = found.path): Difference[] {
  if (found.bytes.equals(after)) return [];
  return [{ beforeHeader: header, afterHeader: header, before: shownContent(found.bytes), after: shownContent(after) }];
}

const WRITE = `if [ "$exists" ]; then
  fingerprint "$path"
  if [ "$digest" != "$sum" ]; then report stale yes; fail "$path has changed while it was looked at, nothing was done"; fi
  if [ -L "$path" ]; then real_path "$path"; path=$real; fi
elif [ -e "$path" ]; then report stale yes; fail "$path has appeared while it was looked at, nothing was done"
fi
replace_path() {
  directory_of "$path"
  if [ ! -d "$directory" ]; then change "Error creating $directory" mkdir -p "$directory"; fi
  make_temp "$directory"
  new_content >"$temp" || fail "Could not write $temp"
  # From here on only what is asked of the attributes counts: the content is known to change.
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

function end(report: Report | undefined, edit: Edit, found: FoundFile, context: ModuleContext): FinishedStep {
  const attributesChanged = report?.values.get('changed') === 'true';
  const words = [edit.msg, attributesChanged ? 'ownership, perms or SE linux context changed' : ''].filter((part) => part !== '');
  const backup = report?.values.get('backup_file');
  return finished({
    changed: words.length > 0,
    failed: false,
    msg: words.join(' and '),
    values: dict(edit.values === undefined ? { backup_file: backup } : edit.values(backup)),
    ...(context.diff ? { diff: differences(report, edit, found) } : {}),
  });
}

function differences(report: Report | undefined, edit: Edit, found: FoundFile): Difference[] {
  const header = edit.header ?? `${found.path} (content)`;
  return [
    ...(edit.msg === '' ? [] : contentDifference(found, edit.after, header)),
    ...(report === undefined ? [] : attributeDifferences(report, found.path)),
  ];
}
