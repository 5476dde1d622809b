// `for`, with its filter, its else and its recursion, as a closure.
import type { Evaluate } from './compile-expression.ts';
import type { Assign } from './compile-target.ts';
import type { Frame } from './frame.ts';
import { Loop } from './objects.ts';
import { capture, type Output } from './output.ts';
import type { Place } from './place.ts';
import { type Any, isTruthy, iterate } from './values.ts';

/** What a statement says to the loop around it. */
type Signal = 'break' | 'continue' | undefined;
export type Execute = (frame: Frame, out: Output) => Signal;

/** The parts of a `for`, compiled. */
interface LoopParts {
  readonly source: Evaluate;
  readonly assign: Assign;
  readonly test: Evaluate | undefined;
  readonly body: Execute;
  readonly otherwise: Execute;
  readonly isRecursive: boolean;
  readonly place: Place;
}

export function compileLoop(parts: LoopParts): Execute {
  return (frame, out) => {
    frame.run.place = parts.place;
    return loopOver(parts, frame, parts.source(frame), out, 1);
  };
}

function loopOver(parts: LoopParts, frame: Frame, value: Any, out: Output, depth: number): Signal {
  const { assign, body, otherwise, isRecursive } = parts;
  const items = chosen(parts, frame, value);
  const again = (inner: Any): string => capture((_frame, nested) => loopOver(parts, frame, inner, nested, depth + 1), frame);
  const loop = new Loop(items, depth, isRecursive ? again : undefined);
  let isFinished = false;
  for (const [i, item] of items.entries()) {
    const inner = frame.child();
    loop.index0 = i;
    inner.set('loop', loop);
    assign(inner, item);
    const signal = body(inner, out);
    isFinished ||= signal === undefined;
    if (signal === 'break') break;
  }
  // As Jinja2: a loop of which no turn came to its end was none.
  return isFinished ? undefined : otherwise(frame.child(), out);
}

/** The items for which the filter of the loop holds: known before the first turn, so that `loop.length` is. */
function chosen({ assign, test }: LoopParts, frame: Frame, value: Any): Any[] {
  const items: Any[] = [];
  for (const item of iterate(value)) {
    frame.run.step();
    if (test !== undefined) {
      const inner = frame.child();
      assign(inner, item);
      if (!isTruthy(test(inner))) continue;
    }
    items.push(item);
  }
  return items;
}
