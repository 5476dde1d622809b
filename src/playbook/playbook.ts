// A playbook: read with all its faults, planned without touching anything, played as a stream of events.
import { setMaxListeners } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Faults, type Where } from '../base/errors.ts';
import type { Secrets } from '../base/secrets.ts';
import type { Dict } from '../base/value.ts';
import { parseYaml } from '../base/yaml.ts';
import type { FleetOptions } from '../fleet/fleet.ts';
import type { TargetDefaults } from '../fleet/target.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { VaultKeys, type VaultReader } from '../inventory/vault/vault-keys.ts';
import { ModuleSpace } from '../modules/library/module-space.ts';
import { type Play, tasksOf } from './ast.ts';
import { PlaybookError } from './errors.ts';
import { EventBuffer } from './event-buffer.ts';
import type { PlayEvent } from './events.ts';
import { type Execution, executePlay } from './execute.ts';
import { Hands } from './hands.ts';
import type { HostState } from './host-state.ts';
import { parsePlay } from './parse-play.ts';
import { isSelected } from './tags.ts';
import { Templar } from './templar.ts';
import { explainVariable, type VariableExplanation } from './variables/explain.ts';
import { runVariables } from './variables/run-variables.ts';
import type { RunVariables } from './variables/sight.ts';
import type { VariableQuestions } from './vars-prompt.ts';

/** How a playbook is played. */
export interface PlayOptions {
  readonly inventory: Inventory;
  /** How hosts are reached where their variables say nothing. */
  readonly defaults?: TargetDefaults | undefined;
  readonly forks?: FleetOptions['forks'];
  readonly questions?: FleetOptions['questions'];
  /** They win over all other variables. */
  readonly extraVars?: Dict | undefined;
  readonly limit?: string | readonly string[] | undefined;
  /** Say what would change, and change nothing. */
  readonly checkMode?: boolean | undefined;
  readonly diff?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly skipTags?: readonly string[] | undefined;
  readonly startAtTask?: string | undefined;
  readonly verbosity?: number | undefined;
  /** Whether the output of commands comes as events while they run. */
  readonly live?: boolean | undefined;
  /** Asks a person for what vars_prompt wants to know; without it only extraVars answer. */
  readonly ask?: VariableQuestions | undefined;
  /** The environment that lookups see. Default: that of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Learns the passwords of hosts before any event could show one. */
  readonly secrets?: Secrets | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A play as `--list-tasks` and `--list-hosts` show it. */
export interface PlayPlan {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly tasks: readonly { readonly name: string; readonly tags: readonly string[] }[];
}

interface PlaybookFile {
  readonly file: string;
  readonly plays: readonly Play[];
}

/**
 * @example
 * ```ts
 * const playbook = Playbook.load(['site.yml']);
 * for await (const event of playbook.play({ inventory })) console.log(event.kind);
 * ```
 */
export class Playbook {
  readonly #files: readonly PlaybookFile[];
  readonly #templar: Templar;
  readonly #vault: VaultReader;

  private constructor(files: readonly PlaybookFile[], templar: Templar, vault: VaultReader) {
    this.#files = files;
    this.#vault = vault;
    this.#templar = templar;
  }

  /**
   * Reads playbooks and checks them as far as they can be without any host: YAML, keywords, modules, parameters, templates,
   * filters, handlers.
   *
   * @param options.vault - What opens encrypted playbooks, values and files of variables; they are refused when not given.
   * @param options.modules - What tasks can name. Default: what is built in.
   * @throws PlaybookError, YamlError, JinjaSyntaxError, VaultError; all faults of all files at once as FaultsError.
   */
  static load(
    files: readonly string[],
    { vault = new VaultKeys([]), modules = ModuleSpace.builtIn }: { readonly vault?: VaultReader; readonly modules?: ModuleSpace } = {},
  ): Playbook {
    const directories = files.map((file) => path.dirname(path.resolve(file)));
    const templar = new Templar({ loadTemplate: (name) => findTemplate(name, directories) });
    const faults = new Faults();
    let id = 0;
    const context = { jinja: templar.jinja, faults, vault, modules, nextId: () => id++ };
    const loaded = files.flatMap((file): PlaybookFile[] => {
      const trees = faults.collect(() => parseYaml(vault.file(readPlaybook(file), file), file).map(vault.tree));
      const plays = (trees ?? []).flatMap((tree) => {
        if (tree.kind === 'list') return tree.items.flatMap((item) => parsePlay(item, file, context) ?? []);
        faults.add(
          new PlaybookError('PLAYBOOK_SHAPE', 'A playbook is a list of plays', {
            where: tree.position,
            fix: 'Begin each play with - hosts: ...',
          }),
        );
        return [];
      });
      if (trees?.length === 0)
        faults.add(new PlaybookError('PLAYBOOK_SHAPE', 'This playbook is empty', { where: file, fix: 'Write at least one play' }));
      return [{ file, plays }];
    });
    faults.throwIfAny();
    return new Playbook(loaded, templar, vault);
  }

  /** What would be played where; nothing is connected. @throws PatternError. */
  plan(options: Pick<PlayOptions, 'inventory' | 'limit' | 'tags' | 'skipTags' | 'extraVars'>): PlayPlan[] {
    const selection = { tags: options.tags ?? [], skipTags: options.skipTags ?? [] };
    return this.#files.flatMap(({ plays }) =>
      plays.map((play) => ({
        name: play.name ?? play.hosts.value.join(','),
        hosts: this.#hostsOf(play, options),
        tasks: [...tasksOf([...play.preTasks, ...play.tasks, ...play.postTasks])]
          .filter((task) => isSelected(task.tags, selection))
          .map((task) => ({ name: task.name ?? task.moduleName, tags: task.tags })),
      })),
    );
  }

  #hostsOf({ hosts }: Play, { inventory, limit, extraVars }: Pick<PlayOptions, 'inventory' | 'limit' | 'extraVars'>): string[] {
    const scope = { get: (name: string) => extraVars?.get(name) };
    const patterns = hosts.value.map((pattern) => String(this.#templar.value(pattern, scope, hosts.at) as string));
    return inventory.select(patterns, { limit }).map(({ name }) => name);
  }

  /** Names of all tasks, for `--start-at-task`. */
  get taskNames(): string[] {
    return this.#files.flatMap(({ plays }) =>
      plays.flatMap((play) =>
        [...tasksOf([...play.preTasks, ...play.tasks, ...play.postTasks])].map((task) => task.name ?? task.moduleName),
      ),
    );
  }

  /**
   * Says where a variable of a host comes from: once for each play that the host is in; once without any where there is none.
   *
   * @param options.directory - Beside which group_vars and host_vars are looked for where there is no playbook.
   * @param options.extraPlace - Where the extra variable of this name was given.
   * @throws PatternError; what files of variables can be wrong with. An error in the variable's own templates is in the explanation.
   */
  explain(
    host: string,
    name: string,
    options: PlayOptions & { readonly directory: string; readonly extraPlace?: Where | undefined },
  ): VariableExplanation[] {
    const plays = this.#files.flatMap(({ file, plays: own }) => {
      const run = this.#run(path.dirname(file), options);
      return own.flatMap((play) => {
        const hosts = this.#hostsOf(play, options);
        const label = play.name ?? play.hosts.value.join(',');
        return hosts.includes(host) ? [explainVariable(host, name, run, { play, name: label, hosts }, options.extraPlace)] : [];
      });
    });
    if (plays.length > 0) return plays;
    return [explainVariable(options.inventory.host(host).name, name, this.#run(options.directory, options), undefined, options.extraPlace)];
  }

  /**
   * Plays all plays in order. Failures of hosts are events, never exceptions; the last event is always the recap. Leaving the loop
   * early cancels what still runs.
   *
   * @throws PatternError, TargetError and what templates of a play's own keywords throw.
   */
  async *play(options: PlayOptions): AsyncGenerator<PlayEvent, void, undefined> {
    const stop = new AbortController();
    const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
    setMaxListeners(0, signal);
    const events = new EventBuffer<PlayEvent>();
    const playing = this.#playAll({ ...options, signal }, events).finally(() => events.end());
    // It is awaited below; until then a failure must not end the program as an unhandled rejection.
    playing.catch(() => {});
    try {
      yield* events;
    } finally {
      stop.abort();
      await playing;
    }
  }

  #run(directory: string, options: PlayOptions): RunVariables {
    return { ...runVariables(directory, options, { templar: this.#templar, vault: this.#vault }), states: new Map() };
  }

  async #playAll(options: PlayOptions, events: EventBuffer<PlayEvent>): Promise<void> {
    const startedAt = performance.now();
    const states = new Map<string, HostState>();
    await using hands = new Hands(options.defaults ?? {}, { forks: options.forks, questions: options.questions }, options.secrets);
    const shared = { startAt: options.startAtTask };
    try {
      for (const { file, plays } of this.#files) {
        const run = { ...this.#run(path.dirname(file), options), states };
        const execution: Execution = {
          run,
          hands,
          events,
          limit: options.limit,
          selection: { tags: options.tags ?? [], skipTags: options.skipTags ?? [] },
          signal: options.signal,
          live: options.live ?? false,
          now: Date.now,
          ask: options.ask,
          startAt: shared.startAt,
        };
        for (const play of plays) if (!(await executePlay(play, execution))) return;
        shared.startAt = execution.startAt;
      }
    } finally {
      const hosts = new Map([...states].map(([name, state]) => [name, state.counts]));
      events.push({ kind: 'recap', hosts, durationMs: performance.now() - startedAt });
    }
  }
}

function readPlaybook(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new PlaybookError('PLAYBOOK_NOT_FOUND', `There is no playbook ${file}`, { where: file, fix: 'Check the path', cause });
  }
}

function findTemplate(name: string, directories: readonly string[]): { text: string; file: string } | undefined {
  const candidates = path.isAbsolute(name)
    ? [name]
    : directories.flatMap((directory) => [path.join(directory, 'templates', name), path.join(directory, name)]);
  const file = candidates.find((candidate) => existsSync(candidate));
  return file === undefined ? undefined : { text: readFileSync(file, 'utf8'), file };
}
