// The program of a worker thread: waits for its first message, runs what it says, delivers everything, ends. It knows no target.
import { parentPort } from 'node:worker_threads';
import { flushLinks } from '../broker/links.ts';
import { need } from '../threads/thread.ts';
import { openParentLine } from '../units/parent-line.ts';
import type { Boot } from '../units/remote-unit.ts';
import { Exit } from './exit.ts';
import { runUnit } from './run-unit.ts';
// So that handles of every kind can be rebuilt here: locks, queues, pipes, proxies.
import '../process/pipe.ts';
import '../process/manager.ts';
import '../shared.ts';

const port = parentPort;
if (port === null) throw new Error('This is the program of a worker thread: start it with WorkerThread');
const receive = openParentLine((message) => port.postMessage(message));
let booted = false;
port.on('message', (message) => {
  if (booted) return receive(message);
  booted = true;
  void main(message as Boot);
});

async function main(boot: Boot): Promise<void> {
  need(1);
  const end = process.exit.bind(process);
  // What was put into queues leaves before the thread does: so exit is a throw here, as Python's.
  process.exit = ((status?: unknown): never => {
    throw new Exit(status ?? process.exitCode);
  }) as typeof process.exit;
  const exitCode = await runUnit(boot);
  await flushLinks();
  end(exitCode);
}
