// Runs the tests: `node build/test/run.js [unit] [WORD...]`. It knows nothing of what they test.
//
// `unit` leaves out the files that need a real component of the machine (*.real.test.js); a WORD keeps only files whose path holds it.
// Unit tests share two processes, because starting one for each file would take longer than they do; a few of them stay in this one. A
// file with real components has a process of its own, and one more of them runs than there are cores: they mostly wait for the programs
// they start.
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { run } from 'node:test';
import { tap } from 'node:test/reporters';
import { chosenFiles, loadInThisProcess, WORDS } from './support/test-files.ts';
import { watch } from './support/watchdog.ts';

/** A file that has not ended by then never will. */
const FILE_TIMEOUT_MS = 400_000;
const UNIT_HALVES = ['support/unit-files-odd.js', 'support/unit-files-even.js'].map((file) => path.join(import.meta.dirname, file));
/** So many unit tests are through before other processes have begun. */
const FEW = 40;

const [mode, ...words] = process.argv[2] === 'unit' ? process.argv.slice(2) : ['all', ...process.argv.slice(2)];
const { unit, real } = chosenFiles(words);
const apart = mode === 'all' ? real : [];
if (unit.length + apart.length === 0) throw new Error(`No test file matches ${words.join(' ')}`);

watch();
if (apart.length === 0 && unit.length <= FEW) await loadInThisProcess(unit);
else {
  process.env[WORDS] = JSON.stringify(words);
  const files = [...(unit.length === 0 ? [] : UNIT_HALVES), ...apart];
  run({ files, concurrency: availableParallelism() + 1, timeout: FILE_TIMEOUT_MS })
    .on('test:fail', (failure) => {
      if (failure.todo === undefined || failure.todo === false) process.exitCode = 1;
    })
    .compose(tap)
    .pipe(process.stdout);
}
