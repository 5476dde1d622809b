// The program of a child process: waits for its first message, runs what it says, delivers everything, ends. It knows no target.
import { flushLinks } from '../broker/links.ts';
import { BrokenPipeError } from '../errors.ts';
import { watchParent } from '../process/parent-death.ts';
import { need } from '../threads/thread.ts';
import { openParentLine } from '../units/parent-line.ts';
import type { Boot } from '../units/remote-unit.ts';
import { Exit } from './exit.ts';
import { exitCodeOf, runUnit } from './run-unit.ts';
// So that handles of every kind can be rebuilt here: locks, queues, pipes, proxies.
import '../process/pipe.ts';
import '../process/manager.ts';

const end = process.exit.bind(process);
let orphan = false;
let ending = false;

// Ctrl-C is for the parent, which decides what becomes of its children; a parent that is gone decides nothing any more.
process.on('disconnect', () => orphan || end(1));
const receive = openParentLine((message) => process.send?.(message));
let booted = false;
process.on('message', (message) => {
  if (booted) return receive(message);
  booted = true;
  void main(message as Boot);
});

async function main(boot: Boot): Promise<void> {
  const { context } = boot;
  orphan = context.orphan ?? false;
  if (!orphan && context.parent !== null && process.ppid !== context.parent.pid) end(1);
  if (context.guarded !== true && context.parent !== null) watchParent(context.parent.pid);
  // What was put into queues leaves before the process does: so exit is a throw here, as Python's.
  process.exit = ((status?: unknown): never => {
    if (ending) return end(Number(status ?? process.exitCode ?? 0));
    throw new Exit(status ?? process.exitCode);
  }) as typeof process.exit;
  process.on('uncaughtException', (error) => void finish(exitCodeOf(error, context.name)));
  need(1);
  await finish(await runUnit(boot));
}

async function finish(exitCode: number): Promise<void> {
  if (ending) return;
  ending = true;
  await flushLinks().catch((error: unknown) => {
    // The broker is gone, and the program with it: there is nobody left to deliver to.
    if (!(error instanceof BrokenPipeError)) throw error;
  });
  await Promise.all([process.stdout, process.stderr].map(async (stream) => await new Promise((done) => stream.write('', done))));
  end(exitCode);
}
