// Locks, queues and other shared things on their way to another isolate: described here, rebuilt there. It knows no kind of them.
import { NotSerializableError, StateError } from '../errors.ts';

/** The method by which a shared thing describes itself, in data that can be cloned. */
export const HANDLE: unique symbol = Symbol.for('sshoal.handle');

/** What describes a shared thing; `kind` says who rebuilds it. */
export interface Handle {
  readonly kind: string;
  readonly [field: string]: unknown;
}

export interface Shareable {
  /** @param receiver - Who will hold it, as the broker knows it. */
  [HANDLE](receiver?: string): Handle;
}

const revivers = new Map<string, (handle: Handle) => unknown>();

/** Says how handles of a kind become things again. */
export function onHandle(kind: string, revive: (handle: Handle) => unknown): void {
  revivers.set(kind, revive);
}

export function isShareable(value: object): value is Shareable {
  return HANDLE in value;
}

/** @throws StateError where the thing may not go along. */
export function handleOf(
  thing: Shareable,
  travel: { readonly handles?: boolean | undefined; readonly memory?: boolean | undefined; readonly receiver?: string | undefined },
): Handle {
  const handle = thing[HANDLE](travel.receiver);
  if (handle.memory === true && travel.memory !== true) {
    throw new StateError(
      `A shared.${thing.constructor.name} lives in the memory of one process, and can only be given to a WorkerThread when it is started`,
      {
        fix: `Use multiprocessing.${thing.constructor.name} between processes`,
      },
    );
  }
  if (travel.handles === true || handle.free === true) return handle;
  throw new StateError(`${thing.constructor.name} objects should only be shared between processes through inheritance`, {
    fix: 'Give it in the args of the Process, WorkerThread or initializer that uses it',
  });
}

/** @throws NotSerializableError for a kind that nobody here can rebuild. */
export function revive(handle: Handle): unknown {
  const build = revivers.get(handle.kind);
  if (build === undefined)
    throw new NotSerializableError(`Nothing here can rebuild a ${handle.kind}`, { fix: 'Import sshoal/runtime first' });
  return build(handle);
}
