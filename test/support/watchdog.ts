// Ends a run of the tests that stands still, with a line that says so: a hang must be a failure, not a wait of hours. It knows no test.
import { setInterval } from 'node:timers';
import { Worker } from 'node:worker_threads';

// The main thread may be the one that stands still (a native deadlock, an endless loop), so another one watches.
const WATCHER = `
const { workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const { beats, wholeMs, silentMs } = workerData;
const started = Date.now();
let last = -1, since = started;
setInterval(() => {
  const beat = Atomics.load(beats, 0), now = Date.now();
  if (beat !== last) { last = beat; since = now; }
  const why = now - since > silentMs ? 'the main thread answered nothing for ' + silentMs / 1000 + ' s'
    : now - started > wholeMs ? 'they did not end within ' + wholeMs / 1000 + ' s' : undefined;
  if (why === undefined) return;
  writeSync(2, '\\n!!! The tests were ended: ' + why + '. The last test named above is the last that ended well.\\n');
  process.kill(process.pid, 'SIGKILL');
}, 1000);
`;

/** @param wholeMs - What all tests together may take. @param silentMs - How long the event loop may stand still. */
export function watch(wholeMs = 2_400_000, silentMs = 120_000): void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  setInterval(() => Atomics.add(beats, 0, 1), 1_000).unref();
  new Worker(WATCHER, { eval: true, workerData: { beats, wholeMs, silentMs } }).unref();
}
