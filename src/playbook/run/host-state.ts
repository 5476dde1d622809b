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
  /** Left the role under way by meta: end_role. */
  outOfRole = false;
  /** Whether a task of its own failed since the last rescue. */
  #failure = false;
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
    if (status === 'failed') this.#failure = true;
    this.#counts[status]++;
  }

  /** A failure that a rescue took care of: it moves from failed to rescued. Who only shared the fate of others had none of its own. */
  rescued(): void {
    this.failed = false;
    if (!this.#failure) return;
    this.#failure = false;
    this.#counts.rescued++;
    this.#counts.failed--;
  }
}
