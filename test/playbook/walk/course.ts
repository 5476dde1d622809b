// What a play came to, in one shape for both: each task in order with the result of each host, the recap, the exit code. It plays nothing.
import { toJson } from '#src/base/value';
import { Verdict } from '#src/cli/exit-code';
import { PLAIN } from '../play-both.ts';
import type { Played } from '../play-local.ts';
import type { Called } from './many-playbooks.ts';

type Json = unknown;
type Result = Readonly<Record<string, Json>>;

export interface Course {
  /** `task name`, and for each host how it ended. */
  readonly lines: readonly (readonly [task: string, hosts: Readonly<Record<string, Json>>])[];
  readonly recap: Json;
  /** The exit code; `refused` where nothing was played because of a fault of the playbook. */
  readonly code: number | 'refused';
}

interface Ran {
  readonly name: string;
  readonly action: string;
  readonly hosts: Readonly<Record<string, Result>>;
}

/** What ansible said through the callback. */
export function theirCourse({ code, said }: Called, directory: string): Course {
  const from = said.indexOf('{"tasks"');
  if (from === -1) return { lines: [], recap: {}, code: code === 0 ? 0 : 'refused' };
  const end = said.indexOf('\n', from);
  const { tasks, stats } = JSON.parse(said.slice(from, end === -1 ? undefined : end)) as {
    readonly tasks: readonly Ran[];
    readonly stats: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
  return courseOf(tasks, stats, code, directory);
}

/** The same of events. */
export function ourCourse({ events, recap, directory }: Played): Course {
  const ran: { name: string; id: number; action: string; hosts: Record<string, Result> }[] = [];
  for (const event of events) {
    if (event.kind === 'task-started')
      ran.push({ name: event.task.name, id: event.task.id, action: event.task.module.split('.').at(-1) ?? '', hosts: {} });
    if (event.kind !== 'task-finished') continue;
    const task = ran.findLast(({ id }) => id === event.task.id);
    if (task === undefined) continue;
    const plain = JSON.parse(JSON.stringify(toJson(event.result))) as Result;
    const { ok: _ok, changed: _changed, failed: _failed, skipped: _skipped, ...rest } = plain;
    task.hosts[event.host] = { ...rest, [event.status]: true };
  }
  const verdict = new Verdict();
  for (const counts of Object.values(recap)) {
    if (counts.unreachable > 0) verdict.add('unreachable');
    if (counts.failed > 0) verdict.add('failed');
  }
  // Hosts that no task reached stand in our recap with zeros, and not in Ansible's.
  const counted = Object.entries(recap).filter(([, counts]) => Object.values(counts).some((count) => count > 0));
  const stats = Object.fromEntries(counted.map(([host, { failed, ...counts }]) => [host, { ...counts, failures: failed }]));
  return courseOf(ran, stats, verdict.exitCode(new AbortController().signal), directory);
}

function courseOf(
  ran: readonly Ran[],
  stats: Readonly<Record<string, Readonly<Record<string, number>>>>,
  code: number,
  directory: string,
): Course {
  const lines = ran
    .filter(({ action, hosts }) => action !== 'meta' && Object.keys(hosts).length > 0)
    .map(({ name, action, hosts }): [string, Record<string, Json>] => [
      name,
      Object.fromEntries(Object.entries(hosts).map(([host, result]) => [host, toldOf(result, action)])),
    ]);
  const recap = Object.entries(stats).map(([host, { ok, changed, failures, skipped, rescued, ignored, unreachable }]) => [
    host,
    { ok, changed, failures, skipped, rescued, ignored, unreachable },
  ]);
  const course = { lines, recap: Object.fromEntries(recap) as Json, code };
  return JSON.parse(JSON.stringify(course).replaceAll(directory, 'DIR')) as Course;
}

/** The course without what debug said: types of values need not be the same. */
export function statusesOf({ lines, recap, code }: Course): Course {
  return {
    lines: lines.map(([task, hosts]) => [task, Object.fromEntries(Object.entries(hosts).map(([host, told]) => [host, statusIn(told)]))]),
    recap,
    code,
  };
}

function statusIn(told: Json): Json {
  return Array.isArray(told) ? (told as Json[])[0] : told;
}

/** `status`, or `[status, what was said]`, or `[status, items]` of a loop. */
function toldOf(result: Result, action: string): Json {
  const status = statusOf(result);
  if (Array.isArray(result.results)) return [status, (result.results as Result[]).map((item) => toldOf(item, action))];
  const said = saidOf(result, action, status);
  return said === undefined ? status : [status, said];
}

function statusOf(result: Result): string {
  return ['unreachable', 'cancelled', 'failed', 'skipped', 'changed'].find((status) => result[status] === true) ?? 'ok';
}

function saidOf(result: Result, action: string, status: string): Json {
  if (status === 'skipped' || status === 'unreachable') return undefined;
  if (action === 'set_fact') return scrubbed(result.ansible_facts);
  if (['fail', 'assert'].includes(action))
    return typeof result.msg === 'string' && !PLAIN.test(result.msg) && !result.msg.startsWith('The conditional check')
      ? result.msg
      : undefined;
  if (action !== 'debug' || (status === 'failed' && result.failed_when_result === undefined)) return undefined;
  if ('msg' in result) return scrubbed(result.msg);
  const variable = Object.entries(result).find(([name]) => !OF_EVERY_RESULT.has(name) && !name.startsWith('_'));
  return variable && { [variable[0]]: scrubbed(variable[1]) };
}

const OF_EVERY_RESULT = new Set([
  'changed',
  'failed',
  'ok',
  'item',
  'ansible_loop_var',
  'ansible_index_var',
  'ansible_loop',
  'failed_when_result',
  'attempts',
  'retries',
]);
/** What no two runs have in common, or only one of the two says. */
const PASSING = new Set([
  'start',
  'end',
  'delta',
  'invocation',
  'exception',
  'warnings',
  'deprecations',
  'stdout_lines',
  'stderr_lines',
  'false_condition',
]);

/** A value without what differs from run to run, and without the words of failures. */
function scrubbed(value: Json): Json {
  if (Array.isArray(value)) return value.map(scrubbed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !PASSING.has(name) && !name.startsWith('_ansible'));
  const failed = 'failed' in value && value.failed === true;
  return Object.fromEntries(
    entries.map(([name, inner]) => [
      name,
      name === 'msg' && typeof inner === 'string' && (failed || PLAIN.test(inner)) ? 'WORDS' : scrubbed(inner),
    ]),
  );
}
