// Items of a loop that share a round trip to the host: in their order, each as if it had come alone. It does not know conditions.
import { createHash, randomBytes } from 'node:crypto';
import { SshoalError } from '../../base/errors.ts';
import type { Outcome } from '../../fleet/events.ts';
import { joinScripts, splitAnswers } from '../../modules/script/together.ts';
import type { Answer, FileLook, FinishedStep, FoundFile, ScriptStep, Step } from '../../modules/seam.ts';
import type { Task } from '../ast.ts';
import type { TaskScope } from '../variables/variables.ts';
import { answerOf, endedEarly, guarded } from './outcomes.ts';
import { resultDict } from './results.ts';
import { carryOut, type Prepared } from './run-module.ts';
import type { TaskEnd, TaskRun } from './task-run.ts';

/** More items than these wait for the next trip, so that a loop tells how far it is. */
export const ITEMS_TOGETHER = 250;
/** Scripts together are no longer than this, but for one that is longer by itself. */
const LONGEST = 1024 * 1024;
/** What the host may say to all of them. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** An item whose module is ready. */
export interface ReadyItem {
  readonly prepared: Prepared;
  readonly scope: TaskScope;
}

type Sharing = Prepared & { readonly step: ScriptStep };

/** Whether the first step of an item can share a trip with those of others. */
export function canShare({ step }: Prepared): boolean {
  return step.kind === 'script' && (step.isLast === true || step.look !== undefined);
}

/** Whether nothing about the task wants every item to have a trip of its own. */
export function mayShare({ until, retries, onUnreachable, async: background, timeout, loop }: Task): boolean {
  return (
    until === undefined &&
    retries === undefined &&
    onUnreachable === undefined &&
    background === undefined &&
    timeout === undefined &&
    loop?.control.pause === undefined
  );
}

/**
 * Carries items out, those that can together.
 *
 * @returns Their ends, in their order. After a line that broke, or an abort, the rest ends the same way.
 */
export async function runTogether(task: Task, items: readonly ReadyItem[], host: TaskRun): Promise<TaskEnd[]> {
  const ends: TaskEnd[] = [];
  while (ends.length < items.length) {
    const group = groupFrom(items, ends.length);
    const [first] = group;
    if (first === undefined) throw new TypeError('A group has an item');
    if (group.length === 1) ends.push(await guarded(() => carryOut(task, first.prepared, host, first.scope)));
    else ends.push(...(await new Group(task, group, first.prepared, host).run()));
    const over = ends.find((end) => end.cancelled === true || end.result.get('unreachable') === true);
    if (over !== undefined) ends.push(...alike(over, items.length - ends.length));
  }
  return ends;
}

/** Items that follow one another on the same line, as the same user, with steps of the same kind. */
function groupFrom(items: readonly ReadyItem[], from: number): ReadyItem[] {
  const group: ReadyItem[] = [];
  const seen = new Set<string>();
  let length = 0;
  for (const item of items.slice(from)) {
    const { prepared } = item;
    const first = group[0]?.prepared ?? prepared;
    if (group.length > 0 && !(canShare(prepared) && canShare(first) && kindOf(prepared) === kindOf(first))) break;
    if (prepared.step.kind === 'script') {
      for (const part of prepared.step.parts ?? [prepared.step.script]) if (!seen.has(part)) length += part.length;
      for (const part of prepared.step.parts ?? []) seen.add(part);
    }
    if (group.length > 0 && length > LONGEST) break;
    group.push(item);
  }
  return group;
}

function kindOf({ step, reach, become }: Prepared): string {
  return JSON.stringify([step.kind === 'script' && step.look !== undefined, reach.line, become]);
}

/** What is known of a file that items edit one after another. */
type Known =
  | { readonly kind: 'found'; readonly file: FoundFile }
  | { readonly kind: 'ended'; readonly step: Step }
  | { readonly kind: 'unknown' };

class Group {
  readonly #task: Task;
  readonly #items: readonly ReadyItem[];
  readonly #first: Prepared;
  readonly #host: TaskRun;

  constructor(task: Task, items: readonly ReadyItem[], first: Prepared, host: TaskRun) {
    this.#task = task;
    this.#items = items;
    this.#first = first;
    this.#host = host;
  }

  async run(): Promise<TaskEnd[]> {
    const steps = this.#items.map(({ prepared }) => (prepared as Sharing).step);
    return steps[0]?.look === undefined ? await this.#last(steps) : await this.#looks(steps);
  }

  async #last(steps: readonly ScriptStep[]): Promise<TaskEnd[]> {
    const answers = await this.#trip(steps);
    if (!Array.isArray(answers)) return alike(answers, steps.length);
    return await this.#ends(steps.map((step, index) => attempt(() => step.read(answers[index] as Answer))));
  }

  /** Looks at every file once, decides for one item after another what becomes of it, and writes it all in one go. */
  async #looks(steps: readonly ScriptStep[]): Promise<TaskEnd[]> {
    const looks = new Map(steps.toReversed().map((step) => [keyOf(step), step]));
    const answers = await this.#trip([...looks.values()]);
    if (!Array.isArray(answers)) return alike(answers, steps.length);
    const known = new Map([...looks].map(([key, step], index) => [key, knownFrom(step, answers[index] as Answer)]));
    // In check mode nothing is written: each item finds the file as it was.
    const decided = steps.map((step) => {
      const next = attempt(() => decide(step, known));
      if (!this.#first.checkMode) remember(step, next, known);
      return next;
    });
    const writing = decided.filter((step) => step?.kind === 'script');
    const written = writing.length === 0 ? [] : await this.#trip(writing);
    if (!Array.isArray(written)) return alike(written, steps.length);
    let at = 0;
    return await this.#ends(decided.map((step) => (step?.kind === 'script' ? attempt(() => step.read(written[at++] as Answer)) : step)));
  }

  /** An item that ended nowhere, or found its file changed by another one, is carried out by itself. */
  async #ends(finished: readonly (Step | undefined)[]): Promise<TaskEnd[]> {
    const ends: TaskEnd[] = [];
    for (const [index, { prepared, scope }] of this.#items.entries()) {
      const step = finished[index];
      if (step?.kind === 'finished' && !isStale(step)) ends.push({ result: resultDict(step.result), delegate: prepared.delegate });
      else ends.push(await guarded(() => carryOut(this.#task, prepared, this.#host, scope)));
    }
    return ends;
  }

  /** @returns An answer for each, or the end of all of them. */
  async #trip(steps: readonly ScriptStep[]): Promise<Answer[] | TaskEnd> {
    const { reach, become, delegate, surroundings } = this.#first;
    const token = randomBytes(8).toString('hex');
    // The environment may be another one for each item.
    const companions = steps.map((step) => ({ step, surroundings: this.#surroundingsOf(step) ?? surroundings }));
    const script = joinScripts(companions, token);
    const outcome: Outcome = await this.#host.hands.perform(
      reach.line,
      { kind: 'script', script, become, keepBytes: KEPT_BYTES },
      () => undefined,
      this.#host.signal,
    );
    const ended = endedEarly(outcome, undefined);
    return ended === undefined ? splitAnswers(answerOf(outcome), steps.length, token) : { ...ended, delegate };
  }

  #surroundingsOf(step: ScriptStep): string | undefined {
    return this.#items.find(({ prepared }) => prepared.step === step)?.prepared.surroundings;
  }
}

/** The same end for many, each with a result of its own to write into. */
function alike(end: TaskEnd, count: number): TaskEnd[] {
  return Array.from({ length: count }, () => ({ ...end, result: new Map(end.result) }));
}

function keyOf({ look }: ScriptStep): string {
  return look?.key ?? '';
}

function knownFrom(step: ScriptStep, answer: Answer): Known {
  const file = step.look?.found(answer);
  return file === undefined ? { kind: 'ended', step: step.read(answer) } : { kind: 'found', file };
}

/** Undefined where the file must be looked at again. */
function decide(step: ScriptStep, known: ReadonlyMap<string, Known>): Step | undefined {
  const before = known.get(keyOf(step));
  if (before?.kind === 'ended') return before.step;
  if (before?.kind !== 'found') return undefined;
  const next = (step.look as FileLook).decide(before.file);
  return next.kind === 'finished' || (next.kind === 'script' && next.isLast === true) ? next : undefined;
}

function remember(step: ScriptStep, next: Step | undefined, known: Map<string, Known>): void {
  const before = known.get(keyOf(step));
  if (before?.kind !== 'found' || next?.kind === 'finished') return;
  const leaves = next?.kind === 'script' ? next.leaves : undefined;
  if (next !== undefined && leaves === undefined) return;
  const isTold = leaves !== undefined && before.file.isSha1;
  const sum = isTold ? createHash('sha1').update(leaves).digest('hex') : '';
  known.set(keyOf(step), isTold ? { kind: 'found', file: { ...before.file, exists: true, bytes: leaves, sum } } : { kind: 'unknown' });
}

/** Undefined where it cannot be said: by itself the item then ends with the error. */
function attempt(work: () => Step | undefined): Step | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof SshoalError) return undefined;
    throw error;
  }
}

function isStale({ result }: FinishedStep): boolean {
  return result.failed && result.values.get('stale') === 'yes';
}
