// Runs the tests in one process: `node build/test/run.js [unit] [WORD...]`. It knows nothing of what they test.
//
// `unit` leaves out the files that need a real component of the machine (*.real.test.js); a WORD keeps only files whose path holds it.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { watch } from './support/watchdog.ts';

const root = import.meta.dirname;
const [mode, ...words] = process.argv[2] === 'unit' ? process.argv.slice(2) : ['all', ...process.argv.slice(2)];
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.js') && (mode === 'all' || !file.endsWith('.real.test.js')))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();
if (files.length === 0) throw new Error(`No test file matches ${words.join(' ')}`);

watch();
for (const file of files) await import(pathToFileURL(path.join(root, file)).href);
