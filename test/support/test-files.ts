// Which files hold tests, and which of them need a real component of the machine. It runs none.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.resolve(import.meta.dirname, '..');

/** The variable of the environment that hands the words of a run on to its processes, as a JSON list. */
export const WORDS = 'SSHOAL_TEST_WORDS';

/** The files whose path below the tests holds one of the words, or all of them; absolute, in order. */
export function chosenFiles(words: readonly string[]): { readonly unit: readonly string[]; readonly real: readonly string[] } {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js'))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
    .sort()
    .map((file) => path.join(root, file));
  return { unit: files.filter((file) => !file.endsWith('.real.test.js')), real: files.filter((file) => file.endsWith('.real.test.js')) };
}

/** Importing a file of tests is what runs it. */
export async function loadInThisProcess(files: readonly string[]): Promise<void> {
  for (const file of files) await import(pathToFileURL(file).href);
}

/** Every other unit test of a run, by the words in the environment: 0 for the first, the third..., 1 for the rest. */
export async function loadHalfOfUnit(half: 0 | 1): Promise<void> {
  const words: unknown = JSON.parse(process.env[WORDS] ?? '[]');
  const { unit } = chosenFiles(Array.isArray(words) ? words.map(String) : []);
  await loadInThisProcess(unit.filter((_file, index) => index % 2 === half));
}
