// The program of a worker thread: waits for its first message, runs what it says, delivers everything, ends. It knows no target.
import { parentPort } from 'node:worker_threads';
import { flushLinks } from '../broker/links.ts';
import { need } from '../threads/thread.ts';
import { setParentLine } from '../units/parent-line.ts';
import type { Boot } from '../units/remote-unit.ts';
import { runUnit } from './run-unit.ts';
// So that handles of every kind can be rebuilt here: locks, queues, pipes, proxies.
import '../process/pipe.ts';
import '../process/manager.ts';
import '../shared.ts';

const port = parentPort;
if (port === null) throw new Error('This is the program of a worker thread: start it with WorkerThread');
setParentLine({ send: (message) => port.postMessage(message), onMessage: (listener) => void port.on('message', listener) });
port.once('message', (boot: Boot) => void main(boot));

async function main(boot: Boot): Promise<void> {
  need(1);
  const exitCode = await runUnit(boot);
  await flushLinks();
  process.exit(exitCode);
}
