// What a task on one host needs and gives, and how its keywords are read. It runs nothing.
import type { SshoalError } from '../base/errors.ts';
import { type Dict, Float, type Value } from '../base/value.ts';
import { isTruthy } from '../jinja/values.ts';
import type { ActionEffect } from './actions/seam.ts';
import type { Placed } from './ast.ts';
import type { Hands } from './hands.ts';
import type { Templar } from './templar.ts';
import type { RunVariables } from './variables/sight.ts';
import type { TaskScope } from './variables.ts';

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

/** Whether a yes-or-no keyword says yes. */
export function truth(given: Placed, scope: TaskScope, templar: Templar): boolean {
  return saysYes(templar.value(given.value, scope, given.at));
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
