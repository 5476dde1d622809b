// Plays carried out: which hosts, in which batches, and when nothing further is played. It shows nothing.
import type { Value } from '../../base/value.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { str } from '../../jinja/printing.ts';
import type { Pause } from '../actions/seam.ts';
import type { Placed, Play } from '../ast.ts';
import type { PlayEvent, TaskLabel } from '../events.ts';
import { earlyScope } from '../read/early-scope.ts';
import type { TagSelection } from '../tags.ts';
import type { RunVariables } from '../variables/sight.ts';
import { askVariables, type VariableQuestions } from '../variables/vars-prompt.ts';
import type { Jobs } from './background.ts';
import { BatchRun } from './batch-run.ts';
import { batchesOf } from './batches.ts';
import type { CustomStats } from './custom-stats.ts';
import type { DoneTasks } from './done-tasks.ts';
import type { EventBuffer } from './event-buffer.ts';
import type { Hands } from './hands.ts';
import { inOrder } from './host-order.ts';
import { HostState } from './host-state.ts';
import type { KnownFacts } from './known-facts.ts';
import { hostsOrNone } from './made-hosts.ts';

/** What a run needs besides its plays. */
export interface Execution {
  readonly run: RunVariables & { readonly states: Map<string, HostState> };
  readonly hands: Hands;
  readonly events: EventBuffer<PlayEvent>;
  readonly limit: string | readonly string[] | undefined;
  readonly selection: TagSelection;
  readonly signal: AbortSignal | undefined;
  readonly live: boolean;
  readonly now: () => number;
  readonly jobs: Jobs;
  /** What a run before has done. */
  readonly done: DoneTasks;
  /** Whether a name that nobody has may be one that was not made. */
  readonly hostsMayBeMade: boolean;
  readonly forceHandlers: boolean;
  /** Asks a person for what vars_prompt wants to know. */
  readonly ask: VariableQuestions | undefined;
  readonly pause: ((question: Pause) => Promise<string>) | undefined;
  readonly refreshInventory: (() => Promise<Inventory>) | undefined;
  /** Where tasks begin; tasks before it are passed over. */
  readonly start: { at: string | undefined };
  readonly facts: KnownFacts;
  /** What set_stats keeps. */
  readonly stats: CustomStats;
  /** Who is asked before each task; nobody any more once the answer was `continue`. */
  readonly step: { ask: ((task: TaskLabel) => Promise<StepAnswer>) | undefined };
}

/** Whether a task is to be run: this one, not this one, this one and all that follow. */
export type StepAnswer = 'yes' | 'no' | 'continue';

/** Plays one play. @returns False when nothing further must be played: all hosts of a batch failed, or the run was cancelled. */
export async function executePlay(play: Play, execution: Execution): Promise<boolean> {
  const { run, events, limit, now } = execution;
  const scope = earlyScope(run.templar, (name) => run.extraVars.get(name) ?? fileVar(play, name) ?? play.vars.get(name));
  const early = (given: Placed): Value => run.templar.value(given.value, scope, given.at);
  const patterns = play.hosts.value.map((pattern) => str(early({ value: pattern, at: play.hosts.at })));
  const selected = hostsOrNone(() => run.inventory.select(patterns, limit), execution.hostsMayBeMade);
  const hosts = inOrder(selected, play.order && str(early(play.order)));
  const name = play.name ?? play.hosts.value.join(',');
  const fresh = hosts.filter((host) => !run.states.has(host)).map((host) => new HostState(host));
  for (const state of fresh) run.states.set(state.name, state);
  await execution.facts.recall(fresh, now(), execution.signal);
  const prompted = await askVariables(play.varsPrompts, run, execution.ask);
  events.push({ kind: 'play-started', play: name, hosts, atMs: now() });
  let goOn = true;
  for (const batch of batchesOf(hosts, play.serial && early(play.serial), play.serial?.at)) {
    const left = batch.filter((host) => run.states.get(host)?.active ?? false);
    if (left.length === 0) continue;
    const runner = new BatchRun(play, { name, vars: play.vars, prompted, files: play.varsFiles, allHosts: selected }, left, execution);
    await runner.run();
    const lost = left.filter((host) => run.states.get(host)?.failed === true || run.states.get(host)?.unreachable === true).length;
    if (execution.signal?.aborted === true || lost === left.length) {
      goOn = false;
      break;
    }
    if (runner.playEnded) break;
  }
  for (const host of hosts) {
    const state = run.states.get(host);
    if (state !== undefined) state.ended = false;
  }
  await execution.facts.keep([...run.states.values()], execution.signal);
  events.push({ kind: 'play-finished', play: name, atMs: now() });
  return goOn;
}

// The keywords of a play are read before there is a host: of its files only those with plain names are.
function fileVar({ varsFiles }: Play, name: string): Value | undefined {
  return varsFiles.flatMap((one) => (one.kind === 'read' ? (one.vars.get(name) ?? []) : [])).at(-1);
}
