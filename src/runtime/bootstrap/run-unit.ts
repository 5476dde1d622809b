// What happens inside an isolate that was started: loads the target, runs it, waits for its threads, says how it ended.
// It does not know whether it is a thread or a process.
import { inspect } from 'node:util';
import { Agent, adoptMainAgent, nextIdent } from '../agent.ts';
import { joinAll } from '../threads/thread.ts';
import { setContext, whileImporting } from '../units/context.ts';
import type { Boot } from '../units/remote-unit.ts';
import { fromWire } from '../wire/convert.ts';
import { resolveRef } from '../wire/function-ref.ts';
import { Exit } from './exit.ts';
import { reportUncaught } from './report-uncaught.ts';

/**
 * Runs what the boot message says.
 *
 * @returns The exit code: 0 after a return, 1 after an error (which was printed), that of exit().
 */
export async function runUnit(boot: Boot): Promise<number> {
  setContext(boot.context);
  const { name } = boot.context;
  // One flow with an identity: so its locks are its own, and a deadlock of processes can be seen.
  const agent = new Agent(name, nextIdent());
  adoptMainAgent(agent);
  try {
    await run(boot);
    await joinAll();
    return 0;
  } catch (error) {
    return exitCodeOf(error, name);
  } finally {
    agent.abandonAll();
  }
}

/** The exit code that an error amounts to; anything but an {@link Exit} is printed. */
export function exitCodeOf(error: unknown, name: string): number {
  if (!(error instanceof Exit)) {
    reportUncaught(`Process ${name}:`, error);
    return 1;
  }
  const { status } = error;
  if (status === undefined || status === null || status === false) return 0;
  if (status === true) return 1;
  if (typeof status === 'number') return status & 0xff;
  process.stderr.write(`${typeof status === 'string' ? status : inspect(status)}\n`);
  return 1;
}

async function run({ target, fields, args, kwargs, context }: Boot): Promise<void> {
  if (target === null) return;
  const found = (await whileImporting(async () => await resolveRef(target))) as (...all: unknown[]) => unknown;
  const all = fromWire(args) as unknown[];
  const named = kwargs === null ? [] : [fromWire(kwargs)];
  if (fields === null) {
    await found(...all, ...named);
    return;
  }
  // As unpickling does: the fields come from the other side, and the subclass's constructor does not run again.
  const base = Reflect.construct(rootClass(found), [{ args: all, name: context.name, daemon: context.daemon }], found) as {
    run(): unknown;
  };
  await Object.assign(base, fromWire(fields)).run();
}

/** Process or WorkerThread itself: the class whose own module is not asked for. */
function rootClass(cls: object): new (...args: never[]) => unknown {
  let at = cls;
  while ('module' in at && Object.getPrototypeOf(at) !== null && 'module' in Object.getPrototypeOf(at))
    at = Object.getPrototypeOf(at) as object;
  return Object.getPrototypeOf(at) as new (
    ...args: never[]
  ) => unknown;
}
