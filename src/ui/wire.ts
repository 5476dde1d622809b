// What the page and its server tell each other, as JSON. It knows neither how it travels nor how it is shown.
import type { HostStatus } from '../journal/host-status.ts';
import type { Mark } from './marks.ts';

/** An error as people read it. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly where?: string | undefined;
  readonly fix?: string | undefined;
}

export type HostCounts = Readonly<Partial<Record<HostStatus, number>>>;

/** One line of the list of runs. */
export interface RunRow {
  readonly id: string;
  readonly verb: string;
  /** The command, path or playbook. */
  readonly subject: string;
  readonly state: 'ended' | 'running' | 'interrupted' | 'elsewhere';
  readonly atMs: number;
  readonly lastAtMs: number;
  readonly exitCode?: number | undefined;
  /** How many hosts ended how. */
  readonly counts: HostCounts;
  /** Whether the end of its journal is cut off. */
  readonly isTorn: boolean;
  readonly resumes?: string | undefined;
}

export interface RunList {
  readonly runs: readonly RunRow[];
  /** What asks for the runs after these, where there are any. */
  readonly next?: string | undefined;
  /** Journals that cannot be read. */
  readonly faults: readonly Fault[];
}

/** One column of the grid. */
export interface GridTask {
  readonly id: number;
  readonly name: string;
  readonly module: string;
  readonly play: string;
  /** `site.yml:12`. */
  readonly place: string;
  readonly isHandler: boolean;
  /** Since the run began. */
  readonly startedMs: number;
  /** A {@link Mark} for each host, in the order of the grid's hosts; shorter where the last hosts have none. */
  readonly cells: string;
  /** For each host when it ended, since the run began, and how long it took; -1 where it has not. */
  readonly endedMs: readonly number[];
  readonly tookMs: readonly number[];
}

/** Everything about a run but what hosts answered. */
export interface GridSnapshot {
  readonly kind: 'snapshot';
  readonly row: RunRow;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly inventory: readonly string[];
  readonly hosts: readonly string[];
  readonly tasks: readonly GridTask[];
}

/** `[task, host, mark, endedMs, tookMs]`; the first two are places in the lists of the grid. */
export type CellChange = readonly [task: number, host: number, mark: Mark, endedMs: number, tookMs: number];

/** What has changed since the message before. */
export interface GridUpdate {
  readonly kind: 'update';
  readonly row: RunRow;
  readonly hosts: readonly string[];
  readonly tasks: readonly GridTask[];
  readonly cells: readonly CellChange[];
}

/** The stream of a run: a snapshot, updates, and a last message; `idle` only says that the line is open. */
export type GridMessage =
  | GridSnapshot
  | GridUpdate
  | { readonly kind: 'idle' }
  | { readonly kind: 'over' }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** A piece of an answer. `output` may hold colours for a terminal; lines of `diff` begin with + or -. */
export interface AnswerPart {
  readonly kind: 'text' | 'output' | 'diff' | 'error';
  readonly title: string;
  readonly text: string;
}

/** What hosts answered that answered the same. */
export interface Answer {
  readonly hosts: readonly string[];
  readonly task: number;
  readonly taskName: string;
  readonly mark: Mark;
  /** `exit code 3`, `item web`, `done by db01`. */
  readonly facts: readonly string[];
  readonly parts: readonly AnswerPart[];
  /** Whether there is more of it than is shown here. */
  readonly isCut: boolean;
}

export interface AnswerList {
  readonly answers: readonly Answer[];
  /** Answers that are too many to be shown. */
  readonly left: number;
}

/** A task, as it ended on the host of a history. */
export interface HostTaskRow {
  readonly name: string;
  readonly mark: Mark;
  readonly tookMs: number;
}

export interface HostRun {
  readonly row: RunRow;
  /** How the run ended on this host. */
  readonly status: HostStatus;
  readonly tasks: readonly HostTaskRow[];
}

export interface HostHistory {
  readonly runs: readonly HostRun[];
  readonly next?: string | undefined;
  readonly faults: readonly Fault[];
}

/** One run as a point in time. */
export interface DriftPoint {
  readonly id: string;
  readonly subject: string;
  readonly atMs: number;
  /** Of hosts; where one host was asked for, of its tasks. */
  readonly counts: Readonly<Partial<Record<HostStatus | 'skipped', number>>>;
}

export interface Drift {
  /** The oldest first. */
  readonly points: readonly DriftPoint[];
  readonly faults: readonly Fault[];
}

/** What can be started from the page; nothing where that is not allowed. */
export interface StartOptions {
  readonly isAllowed: boolean;
  readonly directory: string;
  readonly playbooks: readonly string[];
}

export type StartRequest =
  | {
      readonly verb: 'play';
      /** As {@link StartOptions.playbooks} has it. */
      readonly playbook: string;
      readonly limit?: string;
      readonly tags?: string;
      readonly check?: boolean;
    }
  | { readonly verb: 'run'; readonly pattern: string; readonly command: string };

export interface Started {
  readonly id: string;
}
