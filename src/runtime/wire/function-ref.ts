// Functions on their way to another isolate: by module and name, never by their text. It does not know where they will run.
import { ClosureTargetError, TargetNotFoundError } from '../errors.ts';

/** An exported function or class, as another isolate can find it. */
export class FunctionRef {
  /** `file:///.../tasks.js` */
  readonly url: string;
  readonly name: string;

  constructor(url: string, name: string) {
    this.url = url;
    this.name = name;
  }
}

/** What can be run elsewhere: a {@link FunctionRef}, or a function that {@link task} has made known. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters of a target are its own affair, as those of setTimeout's callback.
export type RemoteTarget<R = unknown> = FunctionRef | ((...args: any[]) => R);

type Module = string | { readonly url: string };

const known = new WeakMap<object, FunctionRef>();

/**
 * Names an exported function: `ref(import.meta, 'work')`, from its own module, or `ref('file:///...', 'work')`.
 *
 * @throws TargetNotFoundError when the module is no URL.
 */
export function ref(module: Module, name: string): FunctionRef {
  const url = typeof module === 'string' ? module : module.url;
  if (!URL.canParse(url)) throw new TargetNotFoundError(`${url} is no URL of a module`, { fix: "Use ref(import.meta, 'name')" });
  return new FunctionRef(url, name);
}

/**
 * Makes a function known by its module and name, so that it can be given as a target as it is.
 *
 * @example
 * ```ts
 * export const work = task(import.meta, function work(n: number) { return n * n; });
 * ```
 * @throws ClosureTargetError when the function has no name.
 */
export function task<F extends (...args: never[]) => unknown>(module: Module, target: F): F {
  if (target.name === '') throw new ClosureTargetError('');
  known.set(target, ref(module, target.name));
  return target;
}

/** @throws ClosureTargetError for a function that is not known by module and name. */
export function refOf(target: unknown): FunctionRef {
  if (target instanceof FunctionRef) return target;
  if (typeof target === 'function') {
    const found = known.get(target);
    if (found !== undefined) return found;
    throw new ClosureTargetError(target.name);
  }
  throw new TargetNotFoundError(`A ${typeof target} cannot be called`, { fix: "Give ref(import.meta, 'name') of an exported function" });
}

/** What a reference means here. @throws TargetNotFoundError when the module cannot be loaded or has no such export. */
export async function resolveRef({ url, name }: FunctionRef): Promise<unknown> {
  let module: Record<string, unknown>;
  try {
    module = (await import(url)) as Record<string, unknown>;
  } catch (cause) {
    throw new TargetNotFoundError(`The module ${url} cannot be loaded`, { where: url, cause, fix: 'Look at the cause' });
  }
  const found = module[name];
  if (typeof found === 'function') return found;
  throw new TargetNotFoundError(`The module ${url} has no export '${name}'`, { where: url });
}
