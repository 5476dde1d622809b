// Names while a template runs: inner scopes over the variables given from outside, and the budget of one run.
import { BudgetError } from './errors.ts';
import { type Any, Undefined } from './values.ts';

/** The variables of a host or task. Asked only for names that are used, so its size costs nothing. */
export interface Scope {
  /** The value, or undefined when there is none of that name. */
  readonly get: (name: string) => Any | undefined;
}

/** What one evaluation may cost, and where it is. */
export class Run {
  readonly scope: Scope;
  readonly globals: ReadonlyMap<string, Any>;
  /** The offset of the statement under way, for errors. */
  offset = 0;
  #steps: number;
  #output: number;

  constructor(scope: Scope, globals: ReadonlyMap<string, Any>, limits: { readonly maxSteps: number; readonly maxOutputBytes: number }) {
    this.scope = scope;
    this.globals = globals;
    this.#steps = limits.maxSteps;
    this.#output = limits.maxOutputBytes;
  }

  /** @throws BudgetError once there were too many. */
  step(count = 1): void {
    this.#steps -= count;
    if (this.#steps < 0) throw new BudgetError('This template takes too many steps');
  }

  wrote(length: number): void {
    this.#output -= length;
    if (this.#output < 0) throw new BudgetError('This template writes too much');
  }
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

  /** A frame with no names but the global ones: what a template sees that is included or imported without context. */
  bare(): Frame {
    return new Frame(this.run, undefined, true);
  }

  set(name: string, value: Any): void {
    this.#names ??= new Map();
    this.#names.set(name, value);
  }

  /** The value of a name; an {@link Undefined} when nobody has one. */
  get(name: string): Any {
    const own = this.#names?.get(name);
    if (own !== undefined) return own;
    if (this.parent !== undefined) return this.parent.get(name);
    const given = this.#sealed ? undefined : this.run.scope.get(name);
    return given === undefined ? (this.run.globals.get(name) ?? new Undefined(name)) : given;
  }

  /** The names set in this very scope. */
  get own(): ReadonlyMap<string, Any> {
    return this.#names ?? new Map();
  }
}
