// What is remembered of one host while a playbook is played. It runs nothing.
import type { Dict, Value } from '../../base/value.ts';
import type { RecapCounts, TaskStatus } from '../events.ts';

export class HostState {
  readonly name: string;
  /** From set_fact and register: never templated again, for what a host said must not become a template. */
  readonly set: Dict = new Map();
  /** From include_vars: templated when asked for. */
  readonly included: Dict = new Map();
  /** Facts, with their `ansible_` names. */
  readonly facts: Dict = new Map();
  /** Whether there are facts that no cache knows yet. */
  factsChanged = false;
  /** Out of the play, but not of the recap. */
  failed = false;
  unreachable = false;
  /** Left the play by meta: end_host. */
  ended = false;
  /** What the next rescue is told of it. */
  #told: readonly (readonly [name: string, value: Dict])[] = [];
  /** Left the role under way by meta: end_role. */
  outOfRole = false;
  readonly #counts = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 };

  constructor(name: string) {
    this.name = name;
  }

  /** Whether tasks run on it. */
  get active(): boolean {
    return !this.failed && !this.unreachable && !this.ended;
  }

  get counts(): RecapCounts {
    return { ...this.#counts };
  }

  /** Takes a fact over. */
  learn(name: Value, value: Value): void {
    this.facts.set(name as string, value);
    this.factsChanged = true;
  }

  forgetFacts(): void {
    this.facts.clear();
    this.factsChanged = true;
  }

  /**
   * Counts a finished task, as Ansible's recap does: a changed one is ok too, an ignored failure is ok and ignored.
   *
   * @param changed - Whether an ignored failure changed something all the same.
   */
  count(status: TaskStatus, ignored: boolean, changed: boolean): void {
    if (status === 'cancelled') return;
    if (ignored) {
      this.#counts.ignored++;
      if (changed) this.#counts.changed++;
      this.#counts.ok++;
      return;
    }
    if (status === 'changed') this.#counts.ok++;
    this.#counts[status]++;
  }

  /** A task has failed, and taken the host out of its block. Only a rescue is told which. */
  fail(task: Dict, result: Dict): void {
    this.failed = true;
    this.#told = [
      ['ansible_failed_task', task],
      ['ansible_failed_result', result],
    ];
  }

  /** How many of its tasks have failed that no rescue took care of. */
  get failures(): number {
    return this.#counts.failed;
  }

  /**
   * A rescue takes care of all failures in its block: they move from failed to rescued. Who only shared the fate of others has none.
   *
   * @param before - How many failures there were when the block began.
   */
  rescued(before: number): void {
    this.failed = false;
    for (const [name, value] of this.#told) this.set.set(name, value);
    this.#told = [];
    this.#counts.rescued += this.#counts.failed - before;
    this.#counts.failed = before;
  }
}
