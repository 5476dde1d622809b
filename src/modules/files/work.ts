// A directory on the host for the files a script needs while it runs, and the file of the controller it may need. It knows no module.

import { uploadPath } from '../copy.ts';
import { isSourceFile } from '../parameters/params.ts';
import { ask, type Report, type Script } from '../script/answer.ts';
import { writeBytes } from '../script/script.ts';
import type { ModuleContext, Params, SourceFile, Step } from '../seam.ts';

/** `begin_work` makes a directory $work that only this user may see; it is gone when the script ends. */
export const WORK = `work=''
sweep_work() { if [ "$work" ]; then rm -rf "$work"; fi; if [ "\${temp-}" ]; then rm -f "$temp" "$temp.err"; fi; }
begin_work() {
  work=\${TMPDIR:-/tmp}/.sshoal-$token.work
  (umask 77; mkdir "$work") 2>/dev/null || { trouble=$work; work=''; fail "Cannot make the directory $trouble"; }
  trap sweep_work EXIT
  trap 'sweep_work; exit 143' HUP INT TERM
}`;

/**
 * A script that needs a file of the controller: large ones are uploaded first. The script's first part is handed to `script`: it sets
 * `source` to the file's path on the host and sees to it that it is gone in the end. Needs `begin_work`.
 */
export function withSource(
  source: SourceFile,
  context: ModuleContext,
  script: (delivered: string) => Script,
  then: (report: Report) => Step,
): Step {
  if (source.content !== undefined) {
    const write = `write_source() {\n${writeBytes(source.content)}\n}\nsource=$work/source\nwrite_source >"$source" || fail "Could not write $source"`;
    return ask(script(write), context, then);
  }
  const path = uploadPath(context);
  const deliver = `source=${path}\nsweep_more() { rm -f ${path}; }\ntrap 'sweep_work; sweep_more' EXIT`;
  return { kind: 'upload', source, remotePath: path, next: () => ask(script(deliver), context, then) };
}

/** A `source` parameter that the caller has read. */
export function sourceOf(params: Params, name: string): SourceFile | undefined {
  const value = params[name];
  return isSourceFile(value) ? value : undefined;
}
