// What a task's result says, as lines for people instead of a blob of JSON. It does not know how many hosts say the same.
import { type Dict, isDict, type Value } from '../../base/value.ts';
import type { TaskLabel, TaskStatus } from '../../playbook/events.ts';
import { paintHunk, type Style } from '../style.ts';
import { unifiedDiff } from './unified-diff.ts';
import { valueLines } from './value-text.ts';

/** Said elsewhere (by the status, the items, the streams), or of use to templates only. */
const NOISE = new Set([
  'changed',
  'failed',
  'skipped',
  'unreachable',
  'failed_when_result',
  'invocation',
  'stdout_lines',
  'stderr_lines',
  'results',
  'diff',
  'ansible_loop_var',
  'ansible_index_var',
  'ansible_loop',
]);
/** Differ from host to host and from run to run, so that nothing would fold. */
const NOISE_AND_CLOCKS = new Set([...NOISE, 'start', 'end', 'delta']);

/** One result with what decides how much of it is shown. */
export interface Shown {
  readonly task: TaskLabel;
  readonly status: TaskStatus;
  readonly result: Dict;
  readonly verbosity: number;
}

/**
 * The lines below a status line: why it failed, what debug was asked to say, what differs, and with -v the whole result.
 *
 * @param foreign - Makes text of hosts safe.
 */
export function resultLines(shown: Shown, foreign: (text: string) => string, style: Style): string[] {
  const safe = (lines: readonly string[]): string[] => lines.map(foreign);
  const diff = diffLines(shown.result.get('diff') ?? null, foreign, style);
  return [...safe(wordsOf(shown)), ...diff];
}

function wordsOf({ task, status, result, verbosity }: Shown): string[] {
  if (isDebug(task) && status === 'ok') return debugLines(result);
  if (verbosity > 0) return valueLines(without(result, verbosity > 1 ? NOISE : NOISE_AND_CLOCKS)).filter((line) => line !== '{}');
  if (status === 'failed' || status === 'unreachable') return failureLines(result);
  return [];
}

/** Whether a task is there to say something. */
export function isDebug(task: TaskLabel): boolean {
  return /(?:^|\.)debug$/.test(task.module);
}

function debugLines(result: Dict): string[] {
  const message = result.get('msg');
  return message === undefined ? valueLines(without(result, NOISE)) : valueLines(message);
}

function failureLines(result: Dict): string[] {
  const lines: string[] = [];
  const reason = result.get('msg') ?? result.get('censored');
  const code = result.get('rc');
  if (reason !== undefined && reason !== null) lines.push(...valueLines(reason));
  if (typeof code === 'number' && code !== 0) lines.push(`exit code ${code}`);
  for (const key of ['stderr', 'stdout', 'module_stderr', 'module_stdout', 'exception']) {
    const text = result.get(key);
    if (typeof text === 'string' && text.trim() !== '') lines.push(...labelled(key, text));
  }
  return lines.length > 0 ? lines : valueLines(without(result, NOISE));
}

function labelled(label: string, text: string): string[] {
  const [first = '', ...rest] = text.replace(/\n+$/, '').split('\n');
  return [`${label}: ${first}`, ...rest.map((line) => ' '.repeat(label.length + 2) + line)];
}

function without(result: Dict, keys: ReadonlySet<unknown>): Dict {
  return new Map([...result].filter(([key]) => !keys.has(key) && !String(key).startsWith('_ansible_')));
}

function diffLines(diff: Value, foreign: (text: string) => string, style: Style): string[] {
  const parts = Array.isArray(diff) ? diff : [diff];
  return parts.flatMap((part) => (isDict(part) ? onePart(part, foreign, style) : []));
}

function onePart(part: Dict, foreign: (text: string) => string, style: Style): string[] {
  const prepared = part.get('prepared');
  const hunks = typeof prepared === 'string' ? prepared.split('\n') : unifiedDiff(sideOf(part.get('before')), sideOf(part.get('after')));
  if (hunks.length === 0) return [];
  const header = (side: 'before' | 'after'): string => {
    const name = part.get(`${side}_header`);
    return foreign(typeof name === 'string' && name !== '' ? `${side}: ${name}` : side);
  };
  return [
    style.bold(`--- ${header('before')}`),
    style.bold(`+++ ${header('after')}`),
    ...hunks.map((line) => paintHunk(foreign(line), style)),
  ];
}

/** A side is text, or a state (owner, mode) that reads best as lines. */
function sideOf(side: Value | undefined): string {
  if (side === undefined || side === null) return '';
  return typeof side === 'string' ? side : `${valueLines(side).join('\n')}\n`;
}
