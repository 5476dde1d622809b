// The hosts of a run as a playbook reaches them: one line for each host and way to log in. It does not know what tasks mean.
import type { Secrets } from '../../base/secrets.ts';
import { type Dict, dict } from '../../base/value.ts';
import type { Assignment, FleetEvent, Instruction, Outcome } from '../../fleet/events.ts';
import { Fleet, type FleetOptions } from '../../fleet/fleet.ts';
import { type TargetDefaults, targetOf } from '../../fleet/target.ts';
import { data } from '../../jinja/values.ts';
import type { Directives, Placed } from '../ast.ts';
import type { Templar } from '../variables/templar.ts';
import type { TaskScope } from '../variables/variables.ts';

/** Variables that say how a host is reached. */
const CONNECTION_VARS = [
  'ansible_connection',
  'ansible_host',
  'ansible_ssh_host',
  'ansible_port',
  'ansible_ssh_port',
  'ansible_user',
  'ansible_ssh_user',
  'ansible_password',
  'ansible_ssh_pass',
  'ansible_ssh_password',
  'ansible_ssh_private_key_file',
  'ansible_private_key_file',
  'ansible_ssh_common_args',
  'ansible_ssh_extra_args',
  'ansible_host_key_checking',
  'ansible_ssh_host_key_checking',
  'ansible_timeout',
  'ansible_ssh_timeout',
];
const BECOME_VARS = [
  'ansible_become',
  'ansible_become_method',
  'ansible_become_password',
  ...['become', 'sudo', 'su', 'doas'].flatMap((one) => ['user', 'pass', 'exe', 'flags'].map((what) => `ansible_${one}_${what}`)),
];

/** The lines to all hosts, kept over plays. */
export class Hands implements AsyncDisposable {
  readonly #fleet: Fleet;
  readonly #defaults: TargetDefaults;
  readonly #secrets: Secrets | undefined;

  /** @param secrets - Learns the passwords of hosts, wherever their variables come from. */
  constructor(defaults: TargetDefaults, options: FleetOptions, secrets?: Secrets) {
    this.#fleet = new Fleet([], options);
    this.#defaults = defaults;
    this.#secrets = secrets;
  }

  get defaults(): TargetDefaults {
    return this.#defaults;
  }

  /**
   * Takes a host in. Nothing is connected yet.
   *
   * @param task - What says how to log in, where the host's variables say nothing.
   * @param scope - The variables of the host itself.
   * @returns The name of its line: two tasks that log in differently have two.
   * @throws TargetError, and what templates in its connection variables throw.
   */
  take(host: string, task: Pick<Directives, 'remoteUser' | 'connection' | 'port'>, scope: TaskScope, templar: Templar): string {
    const text = (placed: Placed | undefined): string | undefined =>
      placed === undefined ? undefined : String(templar.value(placed.value, scope, placed.at) as string);
    const port = text(task.port);
    const defaults: TargetDefaults = {
      ...this.#defaults,
      user: text(task.remoteUser) ?? this.#defaults.user,
      kind: text(task.connection) ?? this.#defaults.kind,
      port: port === undefined ? this.#defaults.port : Number(port),
      become: false,
    };
    const target = targetOf(host, varsNamed(CONNECTION_VARS, scope), defaults);
    const { kind, user, address, port: at } = target.spec;
    const line = `${host}\0${kind}\0${user ?? ''}\0${address ?? ''}\0${at ?? ''}`;
    this.keepSecret(target.spec.password);
    this.#fleet.add({ ...target, name: line });
    return line;
  }

  /** Closes a line; the next instruction on it opens it anew. */
  async disconnect(line: string, signal: AbortSignal | undefined): Promise<void> {
    await this.perform(line, { kind: 'disconnect' }, () => undefined, signal);
  }

  /** A password was read: it must never be shown. */
  keepSecret(password: string | undefined): void {
    if (password !== undefined) this.#secrets?.add(password);
  }

  /** Carries out one instruction on one line. */
  async perform(
    line: string,
    instruction: Instruction,
    onEvent: (event: FleetEvent) => void,
    signal: AbortSignal | undefined,
  ): Promise<Outcome> {
    const assignment: Assignment = { host: line, instruction };
    let outcome: Outcome | undefined;
    for await (const event of this.#fleet.perform([assignment], { signal })) {
      onEvent(event);
      if (event.kind === 'finished') outcome = event.outcome;
    }
    if (outcome === undefined) throw new TypeError('Every assignment has an outcome');
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#fleet.close();
  }
}

/** The variables about becoming another user, templated. */
export function becomeVars(scope: TaskScope): Dict {
  return varsNamed(BECOME_VARS, scope);
}

function varsNamed(names: readonly string[], scope: TaskScope): Dict {
  const vars = dict();
  for (const name of names) {
    const value = scope.get(name);
    if (value !== undefined) vars.set(name, data(value));
  }
  return vars;
}
