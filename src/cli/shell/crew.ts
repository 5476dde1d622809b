// The hosts of a shell: who is worked on now, how each ended the last time, and the connections to all. It does not know any command.
import { foldNames } from '../../base/node-set/fold-names.ts';
import { dict } from '../../base/value.ts';
import { BecomeError } from '../../connection/errors.ts';
import type { Become, Outcome, OutcomeStatus } from '../../fleet/events.ts';
import { Fleet } from '../../fleet/fleet.ts';
import { becomeOf, type Target, type TargetDefaults } from '../../fleet/target.ts';
import type { Host } from '../../inventory/host.ts';
import { Fold } from '../../report/fold.ts';
import type { Context } from '../context.ts';
import { NobodyError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { checkedDefaults, fleetLimits, questionsFor, targetsWith } from '../reach.ts';
import { readWho, selectHosts, type Who } from '../who.ts';

/** As whom lines run: as the inventory and flags say, as the user who logs in, or as another. */
export type As = { readonly kind: 'given' } | { readonly kind: 'login' } | { readonly kind: 'user'; readonly name: string | undefined };

interface Member {
  readonly host: Host;
  readonly target: Target;
}

export class Crew implements AsyncDisposable {
  readonly fleet: Fleet;
  readonly #who: Who;
  readonly #flags: Flags;
  readonly #context: Context;
  readonly #members = new Map<string, Member>();
  readonly #statuses = new Map<string, OutcomeStatus>();
  #defaults: TargetDefaults;
  #becomeFailed = false;
  #first: readonly string[] = [];
  #chosen: readonly string[] = [];
  #last: readonly string[] = [];

  private constructor(who: Who, defaults: TargetDefaults, flags: Flags, context: Context) {
    this.#who = who;
    this.#defaults = defaults;
    this.#flags = flags;
    this.#context = context;
    this.fleet = new Fleet([], { ...fleetLimits(flags), questions: questionsFor(context) });
  }

  /**
   * Nothing is connected yet, but passwords have been asked for.
   *
   * @throws as `readWho`, `selectHosts` and `targetsOf`.
   */
  static async gather(pattern: string, flags: Flags, context: Context): Promise<Crew> {
    const who = await readWho(flags, context, pattern);
    const hosts = selectHosts(who, pattern, flags);
    const crew = new Crew(who, await checkedDefaults(flags, context), flags, context);
    crew.#chosen = crew.#join(hosts);
    crew.#first = crew.#chosen;
    return crew;
  }

  /** Who is worked on now. */
  get chosen(): readonly string[] {
    return this.#chosen;
  }

  /** The same with what the inventory says of them. */
  get chosenHosts(): readonly Host[] {
    return this.#chosen.flatMap((name) => this.#members.get(name)?.host ?? []);
  }

  /** Groups and hosts a pattern can name. */
  get names(): readonly string[] {
    const { inventory } = this.#who;
    return [...inventory.groups.keys(), ...inventory.hosts.keys()];
  }

  /** Whether the password for becoming somebody is not known, or was of no use to some host. */
  get wantsBecomePassword(): boolean {
    return this.#defaults.becomePassword === undefined || this.#becomeFailed;
  }

  /** The password for everybody that the inventory has none for. */
  setBecomePassword(password: string): void {
    this.#defaults = { ...this.#defaults, becomePassword: password };
    this.#becomeFailed = false;
  }

  /** Works on the hosts of a pattern and nobody else. @throws PatternError, NobodyError, TargetError: all stays as it was. */
  only(pattern: string): void {
    this.#chosen = this.#join(this.#select(pattern));
  }

  /** Works on the hosts of a pattern too. @throws as {@link only}. */
  add(pattern: string): void {
    this.#chosen = [...new Set([...this.#chosen, ...this.#join(this.#select(pattern))])];
  }

  /** Leaves the hosts of a pattern out. @throws PatternError; NobodyError when nobody would be left. */
  drop(pattern: string): void {
    const dropped = new Set(this.#who.inventory.select(pattern).map(({ name }) => name));
    this.#keep((host) => !dropped.has(host), `Without \`${pattern}\` nobody is left`);
  }

  /** Works on those the shell began with. */
  all(): void {
    this.#chosen = this.#first;
  }

  /** Keeps those that did well, or did not, the last time. @throws NobodyError when there are none. */
  keepLast(did: 'well' | 'badly'): void {
    const last = new Set(this.#last.filter((host) => (this.#statuses.get(host) === 'ok') === (did === 'well')));
    this.#keep((host) => last.has(host), this.#last.length === 0 ? 'Nothing has been run yet' : `No host did ${did} the last time`);
  }

  /** Remembers who is at work now. */
  begin(hosts: readonly string[]): void {
    this.#last = hosts;
  }

  ended({ host, status, error }: Outcome): void {
    this.#statuses.set(host, status);
    if (error instanceof BecomeError) this.#becomeFailed = true;
  }

  /** Who is chosen, by how they ended the last time: `ok (2): web[01-02]`. */
  roster(): string[] {
    const fold = new Fold<string>();
    for (const host of this.#chosen) {
      const status = this.#statuses.get(host) ?? 'not tried yet';
      fold.add(status, host, status);
    }
    return fold.inOrderOf(this.#chosen).map(({ hosts, sample }) => `${sample} (${hosts.length}): ${foldNames(hosts)}`);
  }

  /** As whom a host shall work. @throws TargetError on a become method there is not. */
  becomeOf(name: string, as: As): Become | undefined {
    const member = this.#members.get(name);
    if (member === undefined || as.kind === 'login') return undefined;
    if (as.kind === 'given') return member.target.become;
    const { host } = member;
    const asked = becomeOf(name, new Map([...host.vars, ...dict({ ansible_become: true })]), this.#defaults);
    return asked && as.name !== undefined ? { ...asked, user: as.name } : asked;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet.close();
  }

  #select(pattern: string): Host[] {
    return selectHosts(this.#who, pattern, { ...this.#flags, allowEmpty: false });
  }

  /** Makes members of hosts that are none yet. */
  #join(hosts: readonly Host[]): string[] {
    const newcomers = hosts.filter(({ name }) => !this.#members.has(name));
    const targets = targetsWith(newcomers, this.#defaults, this.#context);
    for (const [index, host] of newcomers.entries()) {
      const target = targets[index];
      if (target === undefined) continue;
      this.#members.set(host.name, { host, target });
      // Without become: as whom they work changes on the way.
      this.fleet.add({ name: target.name, spec: target.spec });
    }
    return hosts.map(({ name }) => name);
  }

  #keep(stays: (host: string) => boolean, otherwise: string): void {
    const kept = this.#chosen.filter(stays);
    if (kept.length === 0)
      throw new NobodyError('NO_HOSTS', otherwise, { fix: 'See who is there with :hosts, or take all again with :all' });
    this.#chosen = kept;
  }
}
