// Names while a template runs: inner scopes over the variables given from outside, and the budget of one run.
import { BudgetError } from './errors.ts';
import type { Place } from './place.ts';
import { type Any, IterableObject, Undefined } from './values.ts';

/** The variables of a host or task. Asked only for names that are used, so its size costs nothing. */
export interface Scope {
  /** The value, or undefined when there is none of that name. */
  readonly get: (name: string) => Any | undefined;
}

/** What one evaluation may cost at most. */
export interface Limits {
  readonly steps: number;
  /** Characters written. */
  readonly output: number;
  /** Characters and eighths of list items in all that was made on the way. */
  readonly made: number;
  /** Time in patterns that may take exponentially long. */
  readonly patternMs: number;
}

/** What one evaluation may still cost, and where it is. */
export class Run {
  readonly scope: Scope;
  readonly globals: ReadonlyMap<string, Any>;
  /** Where it is, for errors. */
  place: Place | undefined;
  /** What is left for patterns. */
  patternMs: number;
  #steps: number;
  #output: number;
  #made: number;

  constructor(scope: Scope, globals: ReadonlyMap<string, Any>, limits: Limits) {
    this.scope = scope;
    this.globals = globals;
    this.#steps = limits.steps;
    this.#output = limits.output;
    this.#made = limits.made;
    this.patternMs = limits.patternMs;
  }

  /** @throws BudgetError once there were too many. */
  step(count = 1): void {
    this.#steps -= count;
    if (this.#steps < 0) throw new BudgetError('This template takes too many steps');
  }

  /** @throws BudgetError once it was too much. */
  wrote(length: number): void {
    this.#output -= length;
    if (this.#output < 0) throw new BudgetError('This template writes too much');
  }

  /** Counts what an operation made or walked through, if it is long: doubling a text thirty times takes only thirty steps. @throws BudgetError. */
  made(value: Any): Any {
    const [length, items] = typeof value === 'string' ? [value.length, 0] : [0, sizeOf(value)];
    if (length > 1024 || items > 128) {
      this.#made -= length + items * 8;
      if (this.#made < 0) throw new BudgetError('This template makes too much');
      this.step((length >>> 7) + (items >>> 2));
    }
    return value;
  }
}

function sizeOf(value: Any): number {
  if (Array.isArray(value)) return value.length;
  return value instanceof Map || value instanceof IterableObject ? value.size : 0;
}

/** One scope. Names set in it hide those of the scopes around it. */
export class Frame {
  readonly run: Run;
  readonly parent: Frame | undefined;
  readonly #sealed: boolean;
  #names: Map<string, Any> | undefined;

  constructor(run: Run, parent?: Frame, sealed = false) {
    this.run = run;
    this.parent = parent;
    this.#sealed = sealed;
  }

  child(): Frame {
    return new Frame(this.run, this);
  }

  /** A frame with all names as they are now: what an imported template keeps seeing. */
  copy(): Frame {
    const copy = new Frame(this.run, this.parent?.copy(), this.#sealed);
    for (const [name, value] of this.own) copy.set(name, value);
    return copy;
  }

  /** A frame with no names but the global ones: what a template sees that is included or imported without context. */
  bare(): Frame {
    return new Frame(this.run, undefined, true);
  }

  set(name: string, value: Any): void {
    this.#names ??= new Map();
    this.#names.set(name, value);
  }

  /** The value of a name; an {@link Undefined} that knows its place when nobody has one. */
  get(name: string, place?: Place): Any {
    const own = this.#names?.get(name);
    if (own !== undefined) return own;
    if (this.parent !== undefined) return this.parent.get(name, place);
    const given = this.#sealed ? undefined : this.run.scope.get(name);
    return given === undefined ? (this.run.globals.get(name) ?? new Undefined(name, undefined, { place })) : given;
  }

  /** The names set in this very scope. */
  get own(): ReadonlyMap<string, Any> {
    return this.#names ?? new Map();
  }
}
