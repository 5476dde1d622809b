// A playbook: read with all its faults, planned without touching anything, played as a stream of events.
import { setMaxListeners } from 'node:events';
import { Faults, type Where } from '../base/errors.ts';
import type { Secrets } from '../base/secrets.ts';
import { didYouMean } from '../base/suggest.ts';
import type { Dict } from '../base/value.ts';
import type { FleetOptions } from '../fleet/fleet.ts';
import type { TargetDefaults } from '../fleet/target.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Pause } from './actions/seam.ts';
import type { Play } from './ast.ts';
import { PlaybookError } from './errors.ts';
import type { ItemFinished, PlayEvent, TaskLabel, TaskRecord } from './events.ts';
import { allTasks, namesOfTask, type PlayPlan, plannedTasks, stepsOf } from './plan.ts';
import { loadPlays } from './read/load-plays.ts';
import type { Project } from './read/parse-context.ts';
import { type LoadOptions, newProject } from './read/project.ts';
import { CustomStats } from './run/custom-stats.ts';
import { DoneTasks } from './run/done-tasks.ts';
import { EventBuffer } from './run/event-buffer.ts';
import { type Execution, executePlay, type StepAnswer } from './run/execute.ts';
import { Hands } from './run/hands.ts';
import { HostState } from './run/host-state.ts';
import { type FactOptions, KnownFacts } from './run/known-facts.ts';
import { LiveInventory } from './run/live-inventory.ts';
import { hostsOrNone, mayMakeHosts } from './run/made-hosts.ts';
import { explainVariable, type VariableExplanation } from './variables/explain.ts';
import { roleNamed, rolesOf } from './variables/explain-roles.ts';
import { runVariables } from './variables/run-variables.ts';
import type { RunVariables } from './variables/sight.ts';
import type { Templar } from './variables/templar.ts';
import { askVariables, type VariableQuestions } from './variables/vars-prompt.ts';

/** How a playbook is played. */
export interface PlayOptions {
  readonly inventory: Inventory;
  /** How hosts are reached where their variables say nothing. */
  readonly defaults?: TargetDefaults | undefined;
  /** How many hosts at once; see also `limits`. Default 50. */
  readonly forks?: FleetOptions['forks'];
  /** What else the fleet does at once, over `forks`. */
  readonly limits?: Omit<FleetOptions, 'questions'> | undefined;
  readonly questions?: FleetOptions['questions'];
  /** They win over all other variables. */
  readonly extraVars?: Dict | undefined;
  readonly limit?: string | readonly string[] | undefined;
  /** Say what would change, and change nothing. */
  readonly checkMode?: boolean | undefined;
  readonly diff?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly skipTags?: readonly string[] | undefined;
  /** The name of the task to begin with; it may stand in a role, or in an include with a plain name. */
  readonly startAtTask?: string | undefined;
  /**
   * What a run before of the same plan has done, by host, in the order in which it ended: it is not done again, nor told of in events, and
   * counts in the recap. Files read while it runs, answers to questions and lookups are asked for anew.
   */
  readonly resume?: ReadonlyMap<string, readonly TaskRecord[]> | undefined;
  /** With `resume`, the items that had ended of loops that were under way, by host: they are not done again either. */
  readonly resumeItems?: ReadonlyMap<string, readonly ItemFinished[]> | undefined;
  /** Asked before each task but meta whether it is to be run; after `continue` no more. */
  readonly step?: ((task: TaskLabel) => Promise<StepAnswer>) | undefined;
  readonly verbosity?: number | undefined;
  /** Whether the output of commands comes as events while they run. */
  readonly live?: boolean | undefined;
  /** Learns the passwords of hosts before any event could show one. */
  readonly secrets?: Secrets | undefined;
  /** Run the handlers of hosts that failed, too. */
  readonly forceHandlers?: boolean | undefined;
  /** Asks a person for what vars_prompt wants to know; without it only extraVars answer. */
  readonly ask?: VariableQuestions | undefined;
  /** The environment that lookups see. Default: that of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Who answers when the action pause asks. Default nobody: then a pause without a time does not wait, as without a terminal. */
  readonly pause?: ((question: Pause) => Promise<string>) | undefined;
  /** When facts are gathered, and where they are kept from run to run. */
  readonly facts?: FactOptions | undefined;
  /** Reads the inventory anew, for meta: refresh_inventory. */
  readonly refreshInventory?: (() => Promise<Inventory>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @example
 * ```ts
 * const playbook = Playbook.load(['site.yml']);
 * for await (const event of playbook.play({ inventory })) console.log(event.kind);
 * ```
 */
export class Playbook {
  /** As they were named. */
  readonly files: readonly string[];
  readonly #plays: readonly Play[];
  /** The file that each play was asked for by. */
  readonly #sources: ReadonlyMap<Play, string>;
  readonly #digests: ReadonlyMap<string, string>;
  readonly #reads: ReadonlyMap<string, string>;
  readonly #templar: Templar;
  readonly #project: Pick<Project, 'templar' | 'vault' | 'rolesPath' | 'collectionsPath' | 'results'>;

  private constructor(files: readonly string[], sources: ReadonlyMap<Play, string>, project: Project) {
    const { templar, digests, reads } = project;
    this.files = files;
    this.#plays = [...sources.keys()];
    this.#sources = sources;
    // Files that are read later belong to no plan that was made before.
    this.#digests = new Map(digests);
    this.#reads = new Map(reads);
    this.#project = project;
    this.#templar = templar;
  }

  /**
   * Reads playbooks with all that they import, include by a plain name, or need as roles, and checks them as far as they can be
   * without any host: YAML, keywords, modules, parameters, templates, filters, handlers.
   *
   * @throws PlaybookError, YamlError, JinjaSyntaxError, VaultError; all faults of all files at once as FaultsError.
   */
  static load(files: readonly string[], options: LoadOptions = {}): Playbook {
    const faults = new Faults();
    const project = newProject(options);
    const { extraVars = new Map() } = options;
    const plays = files.flatMap((file) => loadPlays(file, { project, faults, extraVars }).map((play): [Play, string] => [play, file]));
    faults.throwIfAny();
    return new Playbook(files, new Map(plays), project);
  }

  /** What would be played where; nothing is connected. @throws PatternError. */
  plan(options: Pick<PlayOptions, 'inventory' | 'limit' | 'tags' | 'skipTags' | 'extraVars'>): PlayPlan[] {
    const selection = { tags: options.tags ?? [], skipTags: options.skipTags ?? [] };
    // A limit that is nobody's is a slip, whatever is made later.
    if (options.limit !== undefined) options.inventory.select('all', { limit: options.limit });
    const mayBeMade = mayMakeHosts(this.#plays);
    return this.#plays.map((play) => ({
      playbook: this.#sources.get(play) ?? '',
      name: play.name ?? play.hosts.value.join(','),
      pattern: play.hosts.value,
      hosts: hostsOrNone(() => this.#hostsOf(play, options), mayBeMade),
      tags: play.tags,
      tasks: plannedTasks(play, selection),
    }));
  }

  #hostsOf({ hosts }: Play, { inventory, limit, extraVars }: Pick<PlayOptions, 'inventory' | 'limit' | 'extraVars'>): string[] {
    const scope = { get: (name: string) => extraVars?.get(name) };
    const patterns = hosts.value.map((pattern) => String(this.#templar.value(pattern, scope, hosts.at) as string));
    return inventory.select(patterns, { limit }).map((host) => host.name);
  }

  /** The SHA-256 of every file with tasks, roles' own among them, that was read to make the plan, by its absolute path. */
  get digests(): ReadonlyMap<string, string> {
    return this.#digests;
  }

  /** The same of files that tasks with plain names for them read while it is played: templates, files of variables. */
  get reads(): ReadonlyMap<string, string> {
    return this.#reads;
  }

  /** Names of all tasks that a run may begin with, those of includes with a plain name among them. */
  get taskNames(): string[] {
    return this.#plays.flatMap((play) => [...allTasks(stepsOf(play))].flatMap(namesOfTask));
  }

  /**
   * Says where a variable of a host comes from: once for each play that the host is in; once without any where there is none.
   *
   * @param options.directory - Beside which group_vars and host_vars are looked for where there is no playbook.
   * @param options.extraPlace - Where the extra variable of this name was given.
   * @param options.role - As whose tasks it is looked at. Default those of the play itself.
   * @param options.facts - Where facts are kept from run to run: those of the host count.
   * @throws PatternError; PlaybookError PLAYBOOK_NOT_FOUND where no play has the role; what files of variables can be wrong with. An error in the variable's own templates is in the explanation.
   */
  async explain(
    host: string,
    name: string,
    options: PlayOptions & { readonly directory: string; readonly extraPlace?: Where | undefined; readonly role?: string | undefined },
  ): Promise<VariableExplanation[]> {
    const state = new HostState(host);
    await new KnownFacts(options.facts).recall([state], Date.now(), options.signal);
    const states = new Map([[host, state]]);
    const { role: wanted } = options;
    const withRole = this.#plays.filter((play) => wanted === undefined || roleNamed(play, wanted) !== undefined);
    if (wanted !== undefined && withRole.length === 0)
      throw new PlaybookError('PLAYBOOK_NOT_FOUND', `No play here has a role \`${wanted}\``, {
        where: wanted,
        fix: didYouMean(
          wanted,
          this.#plays.flatMap(rolesOf).map((role) => role.name),
          'Name a playbook with a play that uses it',
        ),
      });
    const plays = withRole.flatMap((play) => {
      const hosts = this.#hostsOf(play, options);
      const label = play.name ?? play.hosts.value.join(',');
      const run = { ...this.#run(play.directory, options), states };
      const role = wanted === undefined ? undefined : roleNamed(play, wanted);
      return hosts.includes(host) ? [explainVariable(host, name, run, { play, name: label, hosts, role }, options.extraPlace)] : [];
    });
    if (plays.length > 0) return plays;
    const run = { ...this.#run(options.directory, options), states };
    return [explainVariable(options.inventory.host(host).name, name, run, undefined, options.extraPlace)];
  }

  /** Asks for what vars_prompt of all plays wants to know, in the order in which they will: for who plays where nobody can be asked. */
  async askVariables(options: PlayOptions, ask: VariableQuestions): Promise<void> {
    for (const play of this.#plays) await askVariables(play.varsPrompts, this.#run(play.directory, options), ask);
  }

  #run(directory: string, options: PlayOptions, inventory?: LiveInventory): RunVariables {
    return { ...runVariables(directory, options, { ...this.#project, inventory }), states: new Map() };
  }

  /**
   * Plays all plays in order. Failures of hosts are events, never exceptions; the last event is always the recap. A task begins on no host
   * before the event that says so has been read, so that a journal knows what was under way. Leaving the loop early cancels what still runs.
   *
   * @throws PatternError, TargetError and what templates of a play's own keywords throw.
   */
  async *play(options: PlayOptions): AsyncGenerator<PlayEvent, void, undefined> {
    for await (const events of this.playInBundles(options)) yield* events;
  }

  /** The same, with events that happen at once in one bundle: a thousand hosts that skip a task are written down at once. */
  async *playInBundles(options: PlayOptions): AsyncGenerator<readonly PlayEvent[], void, undefined> {
    const stop = new AbortController();
    const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
    setMaxListeners(0, signal);
    const events = new EventBuffer<PlayEvent>();
    const playing = this.#playAll({ ...options, signal }, events).finally(() => events.end());
    // It is awaited below; until then a failure must not end the program as an unhandled rejection.
    playing.catch(() => {});
    try {
      yield* events.bundles();
    } finally {
      stop.abort();
      await playing;
    }
  }

  async #playAll(options: PlayOptions, events: EventBuffer<PlayEvent>): Promise<void> {
    const startedAt = performance.now();
    const states = new Map<string, HostState>();
    await using hands = new Hands(
      options.defaults ?? {},
      { forks: options.forks, ...options.limits, questions: options.questions },
      options.secrets,
    );
    const inventory = new LiveInventory(options.inventory);
    const execution: Omit<Execution, 'run'> = {
      hands,
      events,
      limit: options.limit,
      selection: { tags: options.tags ?? [], skipTags: options.skipTags ?? [] },
      signal: options.signal,
      live: options.live ?? false,
      now: Date.now,
      jobs: new Map(),
      done: new DoneTasks(options.resume, options.resumeItems),
      hostsMayBeMade: mayMakeHosts(this.#plays),
      forceHandlers: options.forceHandlers ?? false,
      ask: options.ask,
      pause: options.pause,
      refreshInventory: options.refreshInventory,
      start: { at: options.startAtTask },
      facts: new KnownFacts(options.facts),
      stats: new CustomStats(),
      step: { ask: options.step },
    };
    try {
      for (const play of this.#plays)
        if (!(await executePlay(play, { ...execution, run: { ...this.#run(play.directory, options, inventory), states } }))) return;
    } finally {
      const hosts = new Map([...states].map(([name, state]) => [name, state.counts]));
      const { all: custom } = execution.stats;
      events.push({ kind: 'recap', hosts, ...(custom === undefined ? {} : { custom }), durationMs: performance.now() - startedAt });
    }
  }
}
