// What a reporter is: it takes the events of one run in order, and writes for a person or a machine. It runs nothing.
import type { FleetEvent } from '../fleet/events.ts';
import type { PlayEvent } from '../playbook/events.ts';

/** Where a reporter writes. The CLI gives stdout and stderr; tests give arrays. */
export interface Sink {
  readonly write: (text: string) => void;
  /** Whether a person watches: live lines and colours are allowed. */
  readonly isTerminal: boolean;
  /** Columns of the terminal; 80 where unknown. */
  readonly columns: () => number;
  readonly colour: boolean;
}

/** What a reporter knows before the first event. */
export interface RunHeader {
  readonly verb: 'run' | 'put' | 'get' | 'ping' | 'play';
  /** The command, path or playbook, as the person gave it. */
  readonly subject: string;
  readonly hosts: readonly string[];
}

export interface Reporter {
  readonly start: (header: RunHeader) => void;
  readonly fleetEvent: (event: FleetEvent) => void;
  readonly playEvent: (event: PlayEvent) => void;
  /** Writes what is still held back: folded blocks, the summary, the one JSON document. */
  readonly finish: () => void;
}

/** A kind of reporter. A file of this floor exports one, and `registry.ts` lists it. */
export interface ReporterKind {
  readonly name: 'text' | 'json' | 'jsonl' | 'junit';
  readonly create: (sink: Sink, options: ReporterOptions) => Reporter;
}
export interface ReporterOptions {
  /** 0 (default) to 3, as often as -v was given. */
  readonly verbosity: number;
  /** Masks secrets in everything written. */
  readonly mask: (text: string) => string;
  readonly now: () => number;
  /** What people see; reporters for machines tell everything, and more of a `drift`. */
  readonly layout?: Layout | undefined;
}

/**
 * When people see what hosts answered.
 *
 * - `end`: equal answers folded into one block, when all hosts are done.
 * - `incremental`: a block as soon as an answer comes that nobody gave before; who gives it later is only named.
 * - `host`: nothing folded, each host's answer when it ends.
 * - `none`: no answers, only who is not well, and the summary.
 */
export type GatherMode = 'end' | 'incremental' | 'host' | 'none';

/** How the text report is laid out. */
export interface Layout {
  /** Default `end`. */
  readonly gather?: GatherMode | undefined;
  /** Answers as differences from that of the `base` host, or of most hosts. */
  readonly diff?: { readonly base?: string | undefined } | undefined;
  /** Only what failed, and nothing else. */
  readonly quiet?: boolean | undefined;
  /** How long hosts took, how fast all of it was, how commands ended. */
  readonly stats?: boolean | undefined;
  /** Of a play that only looks: how hosts differ from it, and nothing else. Machines are told which hosts do. */
  readonly drift?: boolean | undefined;
  /** Where answers wait that are too many for the memory; without it all of them stay in memory. */
  readonly spoolDirectory?: string | undefined;
}
