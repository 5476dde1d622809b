// One task on one host, from its condition to its result. It does not know the other hosts, nor what comes after.

import { setTimeout as delay } from 'node:timers/promises';
import { type Dict, typeName, type Value } from '../../base/value.ts';
import { str } from '../../jinja/printing.ts';
import { data, isTruthy } from '../../jinja/values.ts';
import type { Module } from '../../modules/seam.ts';
import type { Action, ActionEnd } from '../actions/seam.ts';
import type { LoopControl, Placed, Task } from '../ast.ts';
import { TaskError } from '../errors.ts';
import { VARIABLE_ARGS } from '../read/parse-doing.ts';
import { OMIT, type Templar, withoutOmitted } from '../variables/templar.ts';
import type { TaskScope } from '../variables/variables.ts';
import { untilEnough, untilReached } from './attempts.ts';
import { loopItems } from './loop-items.ts';
import { canShare, ITEMS_TOGETHER, mayShare, type ReadyItem, runTogether } from './loop-together.ts';
import { failure, guarded } from './outcomes.ts';
import { applyVerdicts, loopResult, resultDict, skippedResult, statusOf } from './results.ts';
import { runInclude } from './run-include.ts';
import { becomeFor, prepareModule, runModule } from './run-module.ts';
import { type Inclusion, type Reach, seconds, type TaskEnd, type TaskRun, truth } from './task-run.ts';
import { variableArgs } from './variable-args.ts';

const NO_ITEM: ReadonlyMap<string, Value> = new Map();

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
  const { control } = loop;
  let items: Value[];
  let names: LoopNames;
  try {
    names = namesOf(control, host.scope, templar);
    items = loopItems(loop, task.moduleName, host.scope, templar);
  } catch (error) {
    // As Ansible: an error in the list is none where the condition is false anyway.
    const skipped = whenSkips(task, host.scope, templar);
    return skipped === undefined ? failure(placed(error, loop.source)) : { result: skipped };
  }
  const results: Dict[] = [];
  let last: TaskEnd = { result: new Map() };
  const inclusions: Inclusion[] = [];
  const scopes: TaskScope[] = [];
  const delegates = new Set<string | undefined>();
  let i = 0;
  for await (const { end, scope, direct, isDone } of itemEnds(task, items, names, host)) {
    const item = items[i] ?? null;
    last = end;
    if (last.cancelled === true) return last;
    if (!isDone) host.onEnd(last);
    scopes.push(scope);
    delegates.add(last.delegate);
    inclusions.push(...(last.inclusions ?? []));
    for (const [name, value] of direct) last.result.set(name, value);
    results.push(last.result);
    if (!isDone) await host.onItem(label(loop.control.label, item, scope, templar), i, last);
    if (statusOf(last.result) === 'unreachable') break;
    i++;
  }
  // What the items set was taken over with each of them.
  const [delegate, ...others] = delegates;
  return { result: loopResult(results), inclusions, scopes, error: last.error, delegate: others.length === 0 ? delegate : undefined };
}

interface ItemEnd {
  readonly end: TaskEnd;
  readonly scope: TaskScope;
  readonly direct: ReadonlyMap<string, Value>;
  /** Whether that was in a run before: it is not told again. */
  readonly isDone: boolean;
}

/** How one item after another ended. What is taken over of one is there before the next one is begun, but for those that share a trip. */
async function* itemEnds(task: Task, items: readonly Value[], names: LoopNames, host: TaskRun): AsyncGenerator<ItemEnd> {
  const { templar } = host.run;
  const { doing, loop } = task;
  if (loop === undefined) throw new TypeError('A loop was expected');
  const { control } = loop;
  const says = (given: Placed | undefined, otherwise: boolean): boolean =>
    given === undefined ? otherwise : truth(given, host.scope, templar);
  const begin = (i: number) => {
    const direct = itemVariables(control, names, items, i, says);
    const scope = host.scope.with(direct);
    return { direct, scope, done: host.doneItem(i, () => label(control.label, items[i] ?? null, scope, templar)) };
  };
  const ready = async (i: number, module: Module): Promise<Turn> => {
    const { scope, direct, done } = begin(i);
    if (done !== undefined) return { scope, direct, end: { result: done }, isDone: true };
    return { direct, ...(await readyItem(task, module, host, scope)) };
  };
  for (let i = 0; i < items.length; ) {
    if (doing.kind === 'module' && mayShare(task)) {
      const turns = [await ready(i, doing.module)];
      // Only what shares a trip is templated ahead of the items before it.
      if (turns[0]?.prepared !== undefined && canShare(turns[0].prepared))
        for (let at = i + 1; at < Math.min(items.length, i + ITEMS_TOGETHER); at++) turns.push(await ready(at, doing.module));
      for (const end of await turnEnds(task, turns, host)) yield end;
      i += turns.length;
      continue;
    }
    const { direct, scope, done } = begin(i);
    if (i > 0 && done === undefined && control.pause !== undefined)
      await delay(seconds(templar.value(control.pause.value, host.scope)), undefined, { signal: host.signal });
    const end = done === undefined ? await guarded(() => runOnce(task, host, scope, direct)) : { result: done };
    yield { end, scope, direct, isDone: done !== undefined };
    i++;
  }
}

/** An item whose module is ready, or that has ended before it. */
interface Turn extends Partial<ReadyItem> {
  readonly scope: TaskScope;
  readonly direct: ReadonlyMap<string, Value>;
  readonly end?: TaskEnd;
  readonly isDone?: boolean;
}

async function readyItem(task: Task, module: Module, host: TaskRun, scope: TaskScope): Promise<Omit<Turn, 'direct'>> {
  try {
    const skipped = whenSkips(task, scope, host.run.templar);
    if (skipped !== undefined) return { scope, end: { result: skipped } };
    const prepared = await prepareModule(task, module, host, scope);
    return 'result' in prepared ? { scope, end: verdicts(task, prepared, scope, host.run.templar) } : { scope, prepared };
  } catch (error) {
    return { scope, end: failure(error) };
  }
}

async function turnEnds(task: Task, turns: readonly Turn[], host: TaskRun): Promise<ItemEnd[]> {
  const ready = turns.flatMap(({ prepared, scope }) => (prepared === undefined ? [] : [{ prepared, scope }]));
  const ends = (await runTogether(task, ready, host)).values();
  return turns.map(({ scope, direct, end, isDone = false }) => {
    if (end !== undefined) return { end, scope, direct, isDone };
    const { value } = ends.next();
    if (value === undefined) throw new TypeError('Every item that was ready has an end');
    return { end: verdicts(task, value, scope, host.run.templar), scope, direct, isDone };
  });
}

/** The names of the variables of a loop. */
interface LoopNames {
  readonly loopVar: string;
  readonly indexVar: string | undefined;
}

function namesOf({ loopVar, indexVar }: LoopControl, scope: TaskScope, templar: Templar): LoopNames {
  const name = (given: string): string => str(templar.value(given, scope));
  return { loopVar: name(loopVar), indexVar: indexVar === undefined ? undefined : name(indexVar) };
}

/** What an item brings along: its result keeps it, too. */
function itemVariables(
  control: LoopControl,
  { loopVar, indexVar }: LoopNames,
  items: readonly Value[],
  i: number,
  says: (given: Placed | undefined, otherwise: boolean) => boolean,
): Map<string, Value> {
  const variables = new Map<string, Value>([
    [loopVar, items[i] ?? null],
    ['ansible_loop_var', loopVar],
  ]);
  if (indexVar !== undefined) variables.set(indexVar, i).set('ansible_index_var', indexVar);
  if (!says(control.extended, false)) return variables;
  const { length } = items;
  const facts: [string, Value][] = [
    ...(says(control.allItems, true) ? [['allitems', [...items]] as [string, Value]] : []),
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
function runOnce(
  task: Task,
  host: TaskRun,
  scope: TaskScope,
  direct: ReadonlyMap<string, Value> = NO_ITEM,
  attempt?: number,
): TaskEnd | Promise<TaskEnd> {
  const { templar } = host.run;
  const skipped = whenSkips(task, scope, templar);
  if (skipped !== undefined) return { result: skipped };
  if (task.onUnreachable !== undefined) {
    const once = { ...task, onUnreachable: undefined, when: [] };
    return untilReached(task, task.onUnreachable, host, scope, () => runOnce(once, host, scope, direct)).catch(failure);
  }
  if (task.until !== undefined || task.retries !== undefined) {
    const once = { ...task, until: undefined, retries: undefined, when: [] };
    return untilEnough(task, host, scope, (attempt) => runOnce(once, host, scope, NO_ITEM, attempt)).catch(failure);
  }
  if (task.doing.kind === 'include') return runInclude(task, task.doing.include, host, scope, direct);
  const judged = (end: TaskEnd): TaskEnd => {
    if (attempt !== undefined) end.result.set('attempts', attempt);
    return verdicts(task, end, scope, templar);
  };
  if (task.doing.kind === 'action') {
    const end = runAction(task, task.doing.action, host, scope);
    return end instanceof Promise ? end.then(judged, failure) : judged(end);
  }
  return runModule(task, task.doing.module, host, scope).then(judged, (error: unknown) => failure(error));
}

function whenSkips(task: Task, scope: TaskScope, templar: Templar): Dict | undefined {
  for (const { value, at } of task.when) {
    const holdsHere = templar.test(value, scope, at, (made) => {
      scope.warn(`The condition \`${str(value)}\` is of type ${typeName(made)}, neither true nor false; it counts as ${isTruthy(made)}`);
    });
    if (!holdsHere) return skippedResult(value);
  }
  return undefined;
}

function runAction(task: Task, action: Action, host: TaskRun, scope: TaskScope): TaskEnd | Promise<TaskEnd> {
  const { templar, verbosity, playbookDirectory } = host.run;
  const args: Dict = new Map(variableArgs(task, scope, templar));
  for (const [key, value] of task.args) {
    if (key === VARIABLE_ARGS) continue;
    const at = task.argPlaces.get(String(key)) ?? task.at;
    const name = typeof key === 'string' && key.includes('{{') ? str(templar.value(key, scope, at)) : key;
    args.set(name, action.expressions?.has(String(key)) ? value : templar.value(value, scope, at));
  }
  const reach = (): Reach => host.reach(scope);
  const end = action.run({
    host: host.host,
    args: withoutOmitted(args) as Dict,
    evaluate: (expression) => templar.expression(expression, scope, task.at),
    template: (text) => str(templar.value(text, scope, task.at)),
    test: (condition) => templar.test(condition, scope, task.at),
    variable: (name) => {
      const value = scope.get(name);
      return value === undefined ? undefined : data(value);
    },
    verbosity,
    classic: templar.classic,
    checkMode: task.checkMode === undefined ? host.run.checkMode : truth(task.checkMode, scope, templar),
    directory: playbookDirectory,
    becomes: () => becomeFor(task, reach(), host) !== undefined,
    perform: async (instruction) => {
      const to = reach();
      const become = instruction.kind === 'script' ? { become: becomeFor(task, to, host) } : {};
      return await host.hands.perform(to.line, { ...instruction, ...become }, () => undefined, host.signal);
    },
    disconnect: async () => await host.hands.disconnect(reach().line, host.signal),
    ask: host.pause,
    directories: scope.searchPath,
    vault: host.run.controller.vault,
    jobs: host.jobs,
    signal: host.signal,
  });
  const delegate = task.delegateTo === undefined ? undefined : delegateOf(task, scope, templar);
  const ended = ({ result, ...effect }: ActionEnd): TaskEnd => ({ result: resultDict(result), effect, delegate });
  return end instanceof Promise ? end.then(ended) : ended(end);
}

/** The host that does a task instead; undefined when none does. */
export function delegateOf(task: Task, scope: TaskScope, templar: Templar): string | undefined {
  if (task.delegateTo === undefined) return undefined;
  const name = templar.value(task.delegateTo.value, scope, task.delegateTo.at);
  return name === OMIT || name === null || name === '' ? undefined : str(name);
}

function verdicts(task: Task, end: TaskEnd, scope: TaskScope, templar: Templar): TaskEnd {
  if (end.cancelled === true) return end;
  const error = applyVerdicts(task, end.result, scope, templar);
  return error === undefined ? end : { ...end, error };
}

function placed(error: unknown, at: Placed): unknown {
  if (!(error instanceof TaskError) || error.where !== undefined) return error;
  return new TaskError(error.code, error.message, { where: at.at, fix: error.fix });
}
