// Jobs in the background of a host: started by a script, kept in files there, asked after by their ids. They survive the line to the host.
import { randomBytes } from 'node:crypto';
import { shellQuote } from '../../base/quote.ts';
import { dict, type Value } from '../../base/value.ts';
import type { Answer, ModuleResult, Step } from '../../modules/seam.ts';

/** Why some modules cannot run in the background. */
export const NO_JOB = 'This module is more than one script: it cannot run in the background. Leave out async';

/** How the answer of a job is to be read, by host and job id. */
export type Jobs = Map<string, (answer: Answer) => Step>;

/** Where a job keeps its files on the host, unless the variable ansible_async_dir says otherwise. */
const DIRECTORY = '~/.sshoal_async';

/** The directory for the jobs of a host. @param given - The value of ansible_async_dir. */
export function jobDirectory(given: Value | undefined): string {
  return typeof given === 'string' && given !== '' ? given.replace(/(?<=.)\/+$/, '') : DIRECTORY;
}

/** A path as a word of the shell; the home directory is the host's to know. */
function pathWord(path: string): string {
  return path.startsWith('~/') ? `"$HOME"/${shellQuote(path.slice(2))}` : shellQuote(path);
}

export function newJobId(): string {
  return `j${Date.now()}.${randomBytes(4).toString('hex')}`;
}

export function jobKey(host: string, id: string): string {
  return `${host}\0${id}`;
}

/**
 * A script that starts another one in the background and ends at once. The job's script comes over stdin of a shell, never in
 * its arguments, for it may hold secrets; its files can be read by its user alone.
 *
 * @param seconds - After which the job is ended.
 */
export function startScript(directory: string, id: string, script: string, seconds: number): string {
  return `set -u
umask 077
dir=${pathWord(directory)}
mkdir -p "$dir" || exit 1
job=$dir/${id}
printf %s ${shellQuote(script)} >"$job.sh" || exit 1
started=$(date +%s)
printf '%s\\n' "$started" >"$job.started"
(
  trap '' HUP
  if command -v setsid >/dev/null 2>&1; then setsid sh "$job.sh" <&- >"$job.out" 2>"$job.err" & else sh "$job.sh" <&- >"$job.out" 2>"$job.err" & fi
  pid=$!
  ( trap 'kill "$nap" 2>/dev/null; exit 0' TERM; sleep ${seconds} & nap=$!; wait "$nap"
    : >"$job.late"; kill -TERM -"$pid" 2>/dev/null || kill -TERM "$pid" 2>/dev/null ) &
  watch=$!
  wait "$pid"; code=$?
  kill "$watch" 2>/dev/null
  rm -f "$job.sh"
  printf '%s %s\\n' "$code" "$(date +%s)" >"$job.new" && mv "$job.new" "$job.code"
) </dev/null >/dev/null 2>&1 &
printf '%s/%s' "$dir" ${id}
`;
}

/** A script that says how a job stands: code, start and end on the first line, the length of its output on the second, both outputs. */
export function askScript(directory: string, id: string): string {
  return `job=${pathWord(directory)}/${id}
if [ ! -f "$job.started" ]; then echo none; exit 0; fi
read -r started <"$job.started"
if [ ! -f "$job.code" ]; then echo "running $started"; exit 0; fi
read -r code ended <"$job.code"
late=no; if [ -f "$job.late" ]; then late=yes; fi
echo "done $code $started $ended $late $(($(wc -c <"$job.out")))"
cat "$job.out" "$job.err"
`;
}

export function cleanUpScript(directory: string, id: string): string {
  return `rm -f ${pathWord(directory)}/${id}.*\n`;
}

/** How a job stands. */
export type JobState =
  | { readonly kind: 'none' }
  | { readonly kind: 'running' }
  | { readonly kind: 'late' }
  | { readonly kind: 'done'; readonly answer: Answer };

/** Reads what {@link askScript} said. */
export function jobState(output: Uint8Array): JobState {
  const bytes = Buffer.from(output);
  const end = bytes.indexOf('\n');
  const [word, code, started, ended, late, length] = bytes.subarray(0, Math.max(end, 0)).toString('latin1').split(' ');
  if (word === 'running') return { kind: 'running' };
  if (word !== 'done') return { kind: 'none' };
  if (late === 'yes') return { kind: 'late' };
  const body = bytes.subarray(end + 1);
  const [outLength, status] = [Number(length), Number(code)];
  return {
    kind: 'done',
    answer: {
      code: status,
      stdout: body.subarray(0, outLength),
      stderr: body.subarray(outLength),
      startedAtMs: Number(started) * 1_000,
      endedAtMs: Number(ended) * 1_000,
    },
  };
}

/** The result of a job that is done. @param read - Undefined when this run did not start it: then it is shown as it is. */
export function jobResult(answer: Answer, read: ((answer: Answer) => Step) | undefined): ModuleResult {
  const step = read?.(answer);
  if (step !== undefined && step.kind === 'finished') return step.result;
  if (step !== undefined) return { changed: false, failed: true, msg: NO_JOB, values: dict() };
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8').replace(/\n+$/, '');
  const failed = answer.code !== 0;
  return {
    changed: true,
    failed,
    ...(failed ? { msg: 'non-zero return code' } : {}),
    values: dict({ rc: answer.code ?? null, stdout: text(answer.stdout), stderr: text(answer.stderr) }),
  };
}
