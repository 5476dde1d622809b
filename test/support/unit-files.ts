// All unit tests of a run in this one process: the way in for a runner that knows files only.
import { chosenFiles, loadInThisProcess, WORDS } from './test-files.ts';

const words: unknown = JSON.parse(process.env[WORDS] ?? '[]');
await loadInThisProcess(chosenFiles(Array.isArray(words) ? words.map(String) : []).unit);
