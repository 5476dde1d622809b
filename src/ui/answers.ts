// What hosts answered in a run, those with the same answer together. It does not know who asks, nor how it is painted.
import type { Dict } from '../base/value.ts';
import type { JournalEntry } from '../journal/entry.ts';
import type { Journal } from '../journal/read-journal.ts';
import { Fold, withoutHost } from '../report/fold.ts';
import { decodeForPeople } from '../report/output/host-bytes.ts';
import { styleOf } from '../report/style.ts';
import { verdictOf } from '../report/text/outcome-text.ts';
import { resultLines } from '../report/text/result-text.ts';
import { type Mark, markOf, rankOf } from './marks.ts';
import { faultOf } from './run-row.ts';
import type { Outcome, PlayEvent, TaskLabel } from './told.ts';
import type { Answer, AnswerList, AnswerPart } from './wire.ts';

/** Which answers are wanted; each field narrows them. */
export interface AnswerFilter {
  /** The number of a task in its run. */
  readonly task?: number | undefined;
  readonly host?: string | undefined;
}

/** So many different answers are shown, and so much of each of their texts where there are several. */
const MOST_ANSWERS = 100;
const MOST_OF_TEXT = 16 * 1024;
const PLAIN = styleOf(false);
const asIs = (text: string): string => text;
/** Parts of their own, or of no use to people. */
const APART = new Set(['stdout', 'stderr', 'diff']);

/** One host's answer to one task. */
interface Told extends Omit<Answer, 'hosts' | 'isCut'> {
  readonly host: string;
}

/**
 * Reads what hosts answered; a run that goes on has told what it has told by now.
 *
 * @throws as the entries of a journal.
 */
export async function answersOf(journal: Journal, { task, host }: AnswerFilter): Promise<AnswerList> {
  const fold = new Fold<Omit<Answer, 'hosts'>>();
  const isAlone = host !== undefined;
  for await (const entry of journal.entries()) {
    const told = toldBy(entry, journal.header.subject);
    if (told === undefined || (host !== undefined && told.host !== host) || (task !== undefined && told.task !== task)) continue;
    const { host: name, ...answer } = told;
    const key = JSON.stringify([answer.task, answer.mark, answer.facts, answer.parts.map(({ text }) => withoutHost(text, name))]);
    fold.add(key, name, fold.sampleOf(key) ?? (isAlone ? { ...answer, isCut: false } : cut(answer)));
  }
  const answers = fold.inOrderOf(journal.header.hosts).map(({ hosts, sample }): Answer => ({ ...sample, hosts }));
  // A host's own answers stay in the order of its tasks; else the worst is what somebody looks for.
  if (!isAlone) answers.sort((a, b) => rankOf(a.mark) - rankOf(b.mark) || b.hosts.length - a.hosts.length);
  return { answers: answers.slice(0, isAlone ? undefined : MOST_ANSWERS), left: isAlone ? 0 : Math.max(0, answers.length - MOST_ANSWERS) };
}

function cut(answer: Omit<Told, 'host'>): Omit<Answer, 'hosts'> {
  const isCut = answer.parts.some(({ text }) => text.length > MOST_OF_TEXT);
  return { ...answer, parts: answer.parts.map((part) => ({ ...part, text: part.text.slice(0, MOST_OF_TEXT) })), isCut };
}

function toldBy(entry: JournalEntry, subject: string): Told | undefined {
  if (entry.kind === 'end') return undefined;
  const { event } = entry;
  if (event.kind === 'finished') return outcomeTold(event.outcome, subject);
  if (event.kind === 'task-finished' || event.kind === 'item-finished') return taskTold(event);
  return undefined;
}

function outcomeTold(outcome: Outcome, subject: string): Told {
  const { host, status, stdout, stderr, error, truncated } = outcome;
  const more = truncated === true ? ['there was more output than is kept'] : [];
  const parts = [
    ...part('output', 'stdout', decodeForPeople(stdout ?? new Uint8Array())),
    ...part('output', 'stderr', decodeForPeople(stderr ?? new Uint8Array())),
    ...errorPart(error),
  ];
  return { host, task: 0, taskName: subject, mark: markOf(status), facts: [verdictOf(outcome), ...more], parts };
}

type Ended = Extract<PlayEvent, { readonly kind: 'task-finished' | 'item-finished' }>;

function taskTold(event: Ended): Told {
  const { task, host, status, ignored, result, delegate } = event;
  const mark: Mark = status === 'failed' && ignored ? 'i' : markOf(status);
  const facts = [
    ...(event.kind === 'item-finished' ? [`item ${event.item}`] : []),
    ...(delegate === undefined ? [] : [`done by ${delegate}`]),
    ...(mark === 'i' ? ['failed, but told to go on'] : []),
  ];
  const parts = [...resultParts(task, status, result), ...errorPart(event.kind === 'task-finished' ? event.error : undefined)];
  return { host, task: task.id, taskName: task.name, mark, facts, parts };
}

function resultParts(task: TaskLabel, status: Ended['status'], result: Dict): AnswerPart[] {
  const words = new Map([...result].filter(([key]) => !APART.has(String(key))));
  const changes = new Map([...result].filter(([key]) => key === 'diff'));
  return [
    ...part('text', 'result', resultLines({ task, status, result: words, verbosity: 1 }, asIs, PLAIN).join('\n')),
    ...part('diff', 'difference', resultLines({ task, status: 'changed', result: changes, verbosity: 0 }, asIs, PLAIN).join('\n')),
    ...part('output', 'stdout', textOf(result, 'stdout')),
    ...part('output', 'stderr', textOf(result, 'stderr')),
  ];
}

function textOf(result: Dict, key: string): string {
  const value = result.get(key);
  return typeof value === 'string' ? value : '';
}

function errorPart(error: Outcome['error']): AnswerPart[] {
  if (error === undefined) return [];
  const { code, message, where, fix } = faultOf(error);
  const lines = [
    `${message}   [${code}]`,
    ...(where === undefined ? [] : [`where  ${where}`]),
    ...(fix === undefined ? [] : [`fix    ${fix}`]),
  ];
  return part('error', 'error', lines.join('\n'));
}

function part(kind: AnswerPart['kind'], title: string, text: string): AnswerPart[] {
  return text.trim() === '' ? [] : [{ kind, title, text: text.replace(/\n+$/, '') }];
}
