// What everything in shared memory has in common: a place in the arena, and a way to another thread. It does not know what it is.
import { StateError } from '../errors.ts';
import { HANDLE, type Handle, onHandle, type Shareable } from '../wire/handle.ts';
import { type Arena, type Place, theArena } from './arena.ts';

const kinds = new Map<unknown, string>();

export abstract class Shared implements Shareable {
  readonly arena: Arena;
  /** Its record in the arena. */
  readonly place: Place;

  /** @param handle - Of one made elsewhere; else a new one is made. */
  constructor(kind: number, handle?: Handle) {
    this.arena = theArena(handle?.arena as SharedArrayBuffer | undefined);
    this.place = handle === undefined ? this.arena.makeObject(kind) : (handle.place as Place);
    if (handle !== undefined && this.arena.serial(this.place) !== handle.serial) throw new StateError('It was closed before it arrived');
  }

  [HANDLE](): Handle {
    const kind = kinds.get(this.constructor);
    if (kind === undefined) throw new StateError(`A ${this.constructor.name} cannot be given to a worker`);
    return {
      kind,
      memory: true,
      arena: this.arena.buffer,
      place: this.place,
      serial: this.arena.serial(this.place),
      about: this.describe(),
    };
  }

  /** Frees its place; who uses it afterwards uses something else. */
  close(): void {
    this.arena.free(this.place);
  }

  /** What the other side needs to know beside its place. */
  describe(): Readonly<Record<string, unknown>> {
    return {};
  }
}

/** Says how things of a class travel to another thread. */
export function onSharedHandle(kind: string, revive: (handle: Handle) => unknown, cls: unknown): void {
  kinds.set(cls, kind);
  onHandle(kind, revive);
}
