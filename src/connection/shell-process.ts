// A command that runs on a host, as shells see it. It does not know what carries it.
import type { Readable, Writable } from 'node:stream';
import type { Exit } from './seam.ts';

/** A running command, on this machine or another. */
export interface ShellProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** What it has beside its streams to ask a person on; where it has one. */
  readonly terminal?: { readonly input: Writable; readonly output: Readable } | undefined;
  /** Rejects when the line broke. */
  readonly exit: Promise<Exit>;
  /** Lets go of it at once, without waiting. */
  readonly close: () => void;
}

export interface SpawnOptions {
  /** Its three streams are a terminal then, which merges stdout and stderr. Default false. */
  readonly terminal?: boolean | undefined;
}

/** Starts a command on a host. */
export type Spawn = (command: string, options?: SpawnOptions) => Promise<ShellProcess>;
