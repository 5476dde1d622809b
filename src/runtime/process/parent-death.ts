// Dying with the parent, however it dies and whatever this process is busy with. It does not know what it was started for.
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** Of util-linux: has the kernel end a process when the thread that started it ends. */
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((file) => existsSync(file));
const LOOK_EVERY_MS = 25;

// The kernel's way needs no help from a busy child, but is bound to the thread that started it: a worker may end long before its program.
/** The program and arguments in front of node's own, so that the kernel ends the child with its parent. */
export function guardedCommand(onMainThread: boolean): { execPath: string; execArgv: string[] } | undefined {
  if (SETPRIV === undefined || !onMainThread || process.platform !== 'linux') return undefined;
  return { execPath: SETPRIV, execArgv: ['--pdeathsig', 'KILL', '--', process.execPath, ...process.execArgv] };
}

const WATCH = `
const { workerData } = require('node:worker_threads');
setInterval(() => { if (process.ppid !== workerData.parent) process.kill(process.pid, 'SIGKILL'); }, workerData.everyMs);
`;

/** The portable way, called in the child: a thread of its own looks, while the main one may be busy. About 25 ms and 9 MB. */
export function watchParent(parent: number): void {
  new Worker(WATCH, { eval: true, workerData: { parent, everyMs: LOOK_EVERY_MS } }).unref();
}
