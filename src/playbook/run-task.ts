// One task on one host, from its condition to its result. It does not know the other hosts, nor what comes after.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { SshoalError } from '../base/errors.ts';
import { shellQuote } from '../base/quote.ts';
import { type Dict, Float, isDict, type Value } from '../base/value.ts';
import type { Become, Outcome } from '../fleet/events.ts';
import { becomeOf } from '../fleet/target.ts';
import { str } from '../jinja/printing.ts';
import { isTruthy } from '../jinja/values.ts';
import { isSourceFile, readParams } from '../modules/params.ts';
import type { Module, SourceFile, Step } from '../modules/seam.ts';
import type { ActionEffect } from './actions/seam.ts';
import type { Placed, Task } from './ast.ts';
import { TaskError } from './errors.ts';
import { becomeVars, type Hands } from './hands.ts';
import { loopItems } from './loop-items.ts';
import { applyVerdicts, failedResult, holds, loopResult, resultDict, skippedResult, statusOf, withRegistered } from './results.ts';
import { findSource, readSource, sourceOf } from './source-files.ts';
import { Templar, withoutOmitted } from './templar.ts';
import type { RunVariables, TaskScope } from './variables.ts';

/** What a task on a host needs from the run around it. */
export interface TaskRun {
  readonly run: RunVariables;
  readonly hands: Hands;
  /** The line of the host. */
  readonly line: string;
  readonly scope: TaskScope;
  readonly signal: AbortSignal | undefined;
  readonly live: boolean;
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;
  readonly onItem: (item: string, result: Dict) => void;
  /** An item's effect: the next item sees it. */
  readonly onEffect: (effect: ActionEffect) => void;
}

/** How a task ended on a host. */
export interface TaskEnd {
  readonly result: Dict;
  readonly effect?: ActionEffect | undefined;
  readonly error?: SshoalError | undefined;
  /** The abort came before it was done. */
  readonly cancelled?: boolean | undefined;
}

/**
 * Runs a task. What can be decided here and now is returned without a promise: skipped and controller-only tasks cost no turn
 * of the event loop.
 */
export function runTask(task: Task, host: TaskRun): TaskEnd | Promise<TaskEnd> {
  try {
    if (task.loop === undefined) return runOnce(task, host, host.scope);
    // The condition may forbid to look at the loop at all.
    return runLoop(task, host);
  } catch (error) {
    return failure(error);
  }
}

async function runLoop(task: Task, host: TaskRun): Promise<TaskEnd> {
  const { loop } = task;
  if (loop === undefined) throw new TypeError('A loop was expected');
  const { templar } = host.run;
  let items: Value[];
  try {
    items = loopItems(loop.kind, templar.value(loop.source.value, host.scope, loop.source.at));
  } catch (error) {
    // As Ansible: an error in the list is none where the condition is false anyway.
    const skipped = whenSkips(task, host.scope, templar);
    return skipped === undefined ? failure(placed(error, loop.source)) : { result: skipped };
  }
  const results: Dict[] = [];
  let last: TaskEnd = { result: new Map() };
  for (const [i, item] of items.entries()) {
    if (i > 0 && loop.control.pause !== undefined)
      await delay(seconds(templar.value(loop.control.pause.value, host.scope)), undefined, { signal: host.signal });
    const scope = host.scope.with(itemVariables(loop.control, items, i));
    last = await guarded(() => runOnce(task, host, scope));
    if (last.cancelled === true) return last;
    if (last.effect !== undefined) host.onEffect(last.effect);
    last.result.set(loop.control.loopVar, item);
    last.result.set('ansible_loop_var', loop.control.loopVar);
    if (loop.control.indexVar !== undefined) {
      last.result.set(loop.control.indexVar, i);
      last.result.set('ansible_index_var', loop.control.indexVar);
    }
    results.push(last.result);
    host.onItem(label(loop.control.label, item, scope, templar), last.result);
    if (statusOf(last.result) === 'unreachable') break;
  }
  return { ...last, result: loopResult(results) };
}

function itemVariables(control: NonNullable<Task['loop']>['control'], items: readonly Value[], i: number): Map<string, Value> {
  const variables = new Map<string, Value>([
    [control.loopVar, items[i] ?? null],
    ['ansible_loop_var', control.loopVar],
  ]);
  if (control.indexVar !== undefined) variables.set(control.indexVar, i);
  if (!control.extended) return variables;
  const { length } = items;
  const facts: [string, Value][] = [
    ['allitems', [...items]],
    ['index', i + 1],
    ['index0', i],
    ['revindex', length - i],
    ['revindex0', length - i - 1],
    ['first', i === 0],
    ['last', i === length - 1],
    ['length', length],
  ];
  if (i > 0) facts.push(['previtem', items[i - 1] ?? null]);
  if (i < length - 1) facts.push(['nextitem', items[i + 1] ?? null]);
  return variables.set('ansible_loop', new Map(facts));
}

function label(given: Placed | undefined, item: Value, scope: TaskScope, templar: Templar): string {
  return str(given === undefined ? item : templar.value(given.value, scope, given.at));
}

/** One item, or the whole of a task without a loop. */
function runOnce(task: Task, host: TaskRun, scope: TaskScope): TaskEnd | Promise<TaskEnd> {
  const { templar } = host.run;
  const skipped = whenSkips(task, scope, templar);
  if (skipped !== undefined) return { result: skipped };
  if (task.until !== undefined) return runUntil(task, host, scope, task.until);
  if (task.doing.kind === 'action') return verdicts(task, runAction(task, host, scope), scope, templar);
  return runModule(task, task.doing.module, host, scope).then(
    (end) => verdicts(task, end, scope, templar),
    (error: unknown) => failure(error),
  );
}

async function runUntil(task: Task, host: TaskRun, scope: TaskScope, until: readonly Placed[]): Promise<TaskEnd> {
  const { templar } = host.run;
  const retries = Math.max(1, Number(templar.value(task.retries?.value ?? 3, scope)));
  const pauseMs = seconds(templar.value(task.delay?.value ?? 5, scope));
  for (let attempt = 1; ; attempt++) {
    const end = await guarded(() => runOnce({ ...task, until: undefined, when: [] }, host, scope));
    if (end.cancelled === true || end.result.get('unreachable') === true || end.result.get('skipped') === true) return end;
    if (attempt > 1) end.result.set('attempts', Math.min(attempt, retries));
    else end.result.set('attempts', 1);
    if (holds(until, withRegistered(task, end.result, scope), templar)) return end;
    if (attempt > retries) {
      end.result.set('failed', true);
      end.result.set('attempts', retries);
      return end;
    }
    await delay(pauseMs, undefined, { signal: host.signal }).catch(() => undefined);
    if (host.signal?.aborted === true) return { ...end, cancelled: true };
  }
}

function whenSkips(task: Task, scope: TaskScope, templar: Templar): Dict | undefined {
  for (const { value, at } of task.when) if (!templar.test(value, scope, at)) return skippedResult(value);
  return undefined;
}

function runAction(task: Task, host: TaskRun, scope: TaskScope): TaskEnd {
  if (task.doing.kind !== 'action') throw new TypeError('An action was expected');
  const { action } = task.doing;
  const { templar, verbosity } = host.run;
  const args: Dict = new Map();
  for (const [key, value] of task.args) {
    const at = task.argPlaces.get(String(key)) ?? task.at;
    args.set(key, action.expressions?.has(String(key)) ? value : templar.value(value, scope, at));
  }
  const { result, ...effect } = action.run({
    args: withoutOmitted(args) as Dict,
    evaluate: (expression) => templar.expression(expression, scope, task.at),
    test: (condition) => templar.test(condition, scope, task.at),
    verbosity,
  });
  return { result: resultDict(result), effect };
}

async function runModule(task: Task, module: Module, host: TaskRun, scope: TaskScope): Promise<TaskEnd> {
  const { templar } = host.run;
  const checkMode = task.checkMode === undefined ? host.run.checkMode : truth(task.checkMode, scope, templar);
  const diff = task.diff === undefined ? host.run.diff : truth(task.diff, scope, templar);
  if (checkMode && module.checkMode === 'skips')
    return {
      result: new Map<string, Value>([
        ['changed', false],
        ['skipped', true],
        ['msg', 'remote module does not support check mode'],
      ]),
    };
  const raw = await argumentsOf(task, module, host, scope);
  const { params, faults } = readParams(module, raw);
  const [fault] = faults;
  if (fault !== undefined) {
    const where = (fault.param === undefined ? undefined : task.argPlaces.get(fault.param)) ?? task.at;
    throw new TaskError(
      'BAD_PARAMETER',
      faults.map((one) => `${one.param === undefined || one.message.startsWith('`') ? '' : `\`${one.param}\` `}${one.message}`).join('; '),
      { where, fix: fault.fix },
    );
  }
  let step: Step = module.compile(params, { checkMode, diff, token: randomBytes(8).toString('hex') });
  const surroundings = environmentOf(task, scope, templar);
  const become = becomeFor(task, scope, host);
  const timeoutMs = task.timeout === undefined ? undefined : seconds(templar.value(task.timeout.value, scope)) || undefined;
  while (step.kind !== 'finished') {
    const instruction =
      step.kind === 'script'
        ? ({ kind: 'script', script: surroundings + step.script, become, timeoutMs, live: host.live } as const)
        : ({
            kind: 'put',
            localPath: step.source.path,
            remotePath: step.remotePath,
            mode: become === undefined || become.user === 'root' ? 0o600 : 0o644,
            timeoutMs,
          } as const);
    const outcome = await host.hands.perform(
      host.line,
      instruction,
      (event) => event.kind === 'output' && host.onOutput(event.stream, event.chunk),
      host.signal,
    );
    const ended = endedEarly(outcome, timeoutMs);
    if (ended !== undefined) return ended;
    step = step.kind === 'upload' ? step.next() : step.read(answerOf(outcome));
  }
  return { result: resultDict(step.result) };
}

/** The arguments, templated, with files of the controller in the place of their names. */
async function argumentsOf(task: Task, module: Module, host: TaskRun, scope: TaskScope): Promise<Map<string, Value | SourceFile>> {
  const { templar, playbookDirectory } = host.run;
  const args = new Map<string, Value | SourceFile>();
  for (const [key, value] of task.args) {
    const templated = withoutOmitted(
      new Map([[String(key), templar.value(value, scope, task.argPlaces.get(String(key)) ?? task.at)]]),
    ) as Dict;
    for (const [name, one] of templated) args.set(String(name), one);
  }
  // A dict where text belongs is most likely to be content: Ansible writes it as JSON.
  const content = args.get('content');
  if (module.name === 'copy' && content !== undefined && !isSourceFile(content) && (isDict(content) || Array.isArray(content)))
    args.set('content', str(templar.jinja.compileExpression('value | to_json').evaluate({ get: () => content })));
  for (const [name, spec] of Object.entries(module.params)) {
    const given = args.get(name);
    if (spec.type !== 'source' || typeof given !== 'string') continue;
    if (module.name === 'template') args.set(name, await renderTemplate(given, args, host, scope));
    else if (!isTruthy(remoteSource(args))) args.set(name, await readSource(await findSource(given, 'files', playbookDirectory)));
  }
  return args;
}

function remoteSource(args: ReadonlyMap<string, Value | SourceFile>): Value {
  const value = args.get('remote_src');
  if (value === undefined || isSourceFile(value)) return false;
  return typeof value === 'string' ? /^(?:yes|true|on|1|y|t)$/i.test(value) : value;
}

async function renderTemplate(
  name: string,
  args: ReadonlyMap<string, Value | SourceFile>,
  host: TaskRun,
  scope: TaskScope,
): Promise<SourceFile> {
  const { templar, playbookDirectory } = host.run;
  const file = await findSource(name, 'templates', playbookDirectory);
  const source = await readSource(file);
  const text = Buffer.from(source.content ?? (await readFile(file))).toString('utf8');
  const option = (key: string): boolean | undefined => {
    const value = args.get(key);
    return value === undefined || isSourceFile(value) ? undefined : /^(?:yes|true|on|1)$/i.test(str(value));
  };
  const [trimBlocks, lstripBlocks] = [option('trim_blocks'), option('lstrip_blocks')];
  const special = trimBlocks !== undefined || lstripBlocks !== undefined;
  const engine = special ? new Templar({ trimBlocks, lstripBlocks }) : templar;
  const variables = new Map<string, Value>([
    ['ansible_managed', 'Ansible managed'],
    ['template_path', file],
    ['template_host', 'localhost'],
    ['template_destpath', str((args.get('dest') as Value | undefined) ?? '')],
  ]);
  const rendered = engine.jinja.compileTemplate(text, { file, line: 1, column: 1 }).render(scope.with(variables));
  return sourceOf(file, Buffer.from(rendered), source.mode);
}

/** Assignments that a script begins with. */
function environmentOf(task: Task, scope: TaskScope, templar: Templar): string {
  const merged = new Map<string, string>();
  for (const { value, at } of task.environment) {
    const templated = templar.value(value, scope, at);
    for (const one of Array.isArray(templated) ? templated : [templated]) {
      if (one === null || one === '') continue;
      if (!isDict(one))
        throw new TaskError('BAD_PARAMETER', '`environment` must be a map of names and values', {
          where: at,
          fix: 'Write NAME: value below it',
        });
      for (const [key, item] of one) {
        const name = String(key);
        if (!/^[A-Za-z_]\w*$/.test(name))
          throw new TaskError('BAD_PARAMETER', `\`${name}\` cannot be the name of an environment variable`, {
            where: at,
            fix: 'Use letters, digits and _',
          });
        merged.set(name, str(item));
      }
    }
  }
  return [...merged].map(([name, value]) => `${name}=${shellQuote(value)}; export ${name}\n`).join('');
}

function becomeFor(task: Task, scope: TaskScope, host: TaskRun): Become | undefined {
  const { templar } = host.run;
  const text = (given: Placed | undefined): string | undefined =>
    given === undefined ? undefined : str(templar.value(given.value, scope, given.at));
  const { defaults } = host.hands;
  return becomeOf(str(scope.get('inventory_hostname') ?? ''), becomeVars(scope), {
    ...defaults,
    become: task.become === undefined ? defaults.become : truth(task.become, scope, templar),
    becomeUser: text(task.becomeUser) ?? defaults.becomeUser,
    becomeMethod: text(task.becomeMethod) ?? defaults.becomeMethod,
  });
}

/** Whether a yes-or-no keyword says yes. */
export function truth(given: Placed, scope: TaskScope, templar: Templar): boolean {
  const value = templar.value(given.value, scope, given.at);
  return typeof value === 'string' ? /^(?:yes|true|on|1|y|t)$/i.test(value) : isTruthy(value);
}

function seconds(value: Value): number {
  const number = value instanceof Float ? value.value : Number(value as number);
  return Number.isFinite(number) && number > 0 ? number * 1_000 : 0;
}

function verdicts(task: Task, end: TaskEnd, scope: TaskScope, templar: Templar): TaskEnd {
  if (end.cancelled === true) return end;
  try {
    applyVerdicts(task, end.result, scope, templar);
    return end;
  } catch (error) {
    return failure(error);
  }
}

function answerOf(outcome: Outcome) {
  const { exit, stdout, stderr, startedAtMs, endedAtMs } = outcome;
  const nothing = new Uint8Array();
  return {
    code: exit?.kind === 'code' ? exit.code : undefined,
    signal: exit?.kind === 'signal' ? exit.signal : undefined,
    stdout: stdout ?? nothing,
    stderr: stderr ?? nothing,
    startedAtMs,
    endedAtMs,
  };
}

/** The end of a task whose instruction did not come to its own end; undefined when it did. */
function endedEarly(outcome: Outcome, timeoutMs: number | undefined): TaskEnd | undefined {
  const { error, status } = outcome;
  if (status === 'cancelled') return { result: failedResult('Cancelled'), error, cancelled: true };
  if (error === undefined) return undefined;
  if (status === 'unreachable')
    return {
      result: new Map<string, Value>([
        ['changed', false],
        ['unreachable', true],
        ['msg', error.message],
      ]),
      error,
    };
  if (status === 'timed-out') return { result: failedResult(`The task was not done within ${(timeoutMs ?? 0) / 1_000} seconds`), error };
  return { result: failedResult(error.message), error };
}

function failure(error: unknown): TaskEnd {
  if (error instanceof SshoalError) return { result: failedResult(error.message), error };
  throw error;
}

async function guarded(work: () => TaskEnd | Promise<TaskEnd>): Promise<TaskEnd> {
  try {
    return await work();
  } catch (error) {
    return failure(error);
  }
}

function placed(error: unknown, at: Placed): unknown {
  if (!(error instanceof TaskError) || error.where !== undefined) return error;
  return new TaskError(error.code, error.message, { where: at.at, fix: error.fix });
}
