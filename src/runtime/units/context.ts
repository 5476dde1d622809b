// What this isolate is: the main one, a worker thread, or a process that another one started. It does not know what runs in it.
import { randomBytes, randomUUID } from 'node:crypto';
import { isMainThread } from 'node:worker_threads';

/** What whoever starts an isolate tells it about itself. */
export interface Context {
  readonly kind: 'main' | 'worker' | 'process';
  /** `MainProcess`, `Process-1`, `Process-1:2`. */
  readonly name: string;
  readonly daemon: boolean;
  /** What must be known to connect to anything of this program: 32 random bytes, inherited. Never printed, in env or in argv. */
  readonly authkey: Uint8Array;
  /** Where the program's broker listens. */
  readonly broker: string;
  /** Who this isolate is to the broker. */
  readonly client: string;
  readonly parent: { readonly name: string; readonly pid: number } | null;
  /** Whether something else sees to it that this process ends with its parent. */
  readonly guarded?: boolean | undefined;
  /** Whether it may go on without its parent. */
  readonly orphan?: boolean | undefined;
}

let context: Context | undefined;
let importing = false;

/** This isolate's own; made up for the main one when first asked for. */
export function thisContext(): Context {
  context ??= {
    kind: isMainThread ? 'main' : 'worker',
    name: 'MainProcess',
    daemon: false,
    authkey: new Uint8Array(randomBytes(32)),
    broker: '',
    client: randomUUID(),
    parent: null,
  };
  return context;
}

/** Called once, before anything else runs in the isolate; by the main one when its broker has an address. */
export function setContext(given: Context): void {
  context = given;
}

/** Whether the module of the target is being loaded: nothing may be started from there, or it would be started for ever. */
export function isImporting(): boolean {
  return importing;
}

/** Loads the target's module. */
export async function whileImporting<T>(load: () => Promise<T>): Promise<T> {
  importing = true;
  try {
    return await load();
  } finally {
    importing = false;
  }
}
