// What a task on one host needs and gives, and how its keywords are read. It runs nothing.
import type { SshoalError } from '../../base/errors.ts';
import { type Dict, Float, type Value } from '../../base/value.ts';
import { isTruthy } from '../../jinja/values.ts';
import type { ActionEffect, Pause } from '../actions/seam.ts';
import type { Included, Placed } from '../ast.ts';
import { TaskError } from '../errors.ts';
import type { RunVariables } from '../variables/sight.ts';
import type { Templar } from '../variables/templar.ts';
import type { TaskScope } from '../variables/variables.ts';
import type { Jobs } from './background.ts';
import type { Hands } from './hands.ts';

/** What a task on a host needs from the run around it. */
export interface TaskRun {
  readonly run: RunVariables;
  readonly hands: Hands;
  /** The name of the host whose task it is. */
  readonly host: string;
  readonly scope: TaskScope;
  readonly signal: AbortSignal | undefined;
  readonly live: boolean;
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;
  /** What it returns is waited for before the next item begins: then whoever keeps a journal knows of this one. */
  readonly onItem: (item: string, index: number, end: TaskEnd) => Promise<void> | undefined;
  /** The result of an item that a run before has done, and that is taken over instead. @param item - What it is called by now. */
  readonly doneItem: (index: number, item: () => string) => Dict | undefined;
  /** An item has ended: the next one sees what it set. */
  readonly onEnd: (end: TaskEnd) => void;
  /** The way to who does it: the host itself, or whom the task is delegated to. @throws TargetError, and what templates throw. */
  readonly reach: (scope: TaskScope) => Reach;
  readonly pause: ((question: Pause) => Promise<string>) | undefined;
  readonly jobs: Jobs;
}

/** The way to a host. */
export interface Reach {
  readonly line: string;
  /** The host that does it. */
  readonly host: string;
  /** Its variables: they say how to become another user there. */
  readonly scope: TaskScope;
}

/** Tasks that an include brings for a host. */
export interface Inclusion {
  readonly included: Included;
  /** The same for hosts that go through it together. */
  readonly key: string;
  /** Loop variables of the include. */
  readonly direct: ReadonlyMap<string, Value>;
}

/** How a task ended on a host. */
export interface TaskEnd {
  readonly result: Dict;
  readonly effect?: ActionEffect | undefined;
  readonly inclusions?: readonly Inclusion[] | undefined;
  /** Of a loop, the variables of each item: names of handlers are templated with them. */
  readonly scopes?: readonly TaskScope[] | undefined;
  /** The host that did it instead. */
  readonly delegate?: string | undefined;
  readonly error?: SshoalError | undefined;
  /** The abort came before it was done. */
  readonly cancelled?: boolean | undefined;
}

/** Whether a yes-or-no keyword says yes. */
export function truth(given: Placed, scope: TaskScope, templar: Templar): boolean {
  return saysYes(templar.value(given.value, scope, given.at));
}

/** A keyword that is a whole number. */
export function wholeNumber(given: Placed, name: string, scope: TaskScope, templar: Templar): number {
  const value = templar.value(given.value, scope, given.at);
  const number = Number(value instanceof Float ? value.value : (value as number));
  if (Number.isInteger(number)) return number;
  throw new TaskError('BAD_PARAMETER', `\`${name}\` must be a whole number`, { where: given.at, fix: 'Write a number' });
}

/** A number of seconds in milliseconds; 0 for what is none. */
export function seconds(value: Value): number {
  const number = value instanceof Float ? value.value : Number(value as number);
  return Number.isFinite(number) && number > 0 ? number * 1_000 : 0;
}

/** Whether a value says yes, as Ansible reads a parameter: words such as `yes` and `on` do. */
export function saysYes(value: Value): boolean {
  return typeof value === 'string' ? /^(?:yes|true|on|1|y|t)$/i.test(value) : isTruthy(value);
}
