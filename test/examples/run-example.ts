// Runs an example as a reader would, and gives back what it printed. It knows none of them.
import { spawn } from 'node:child_process';
import path from 'node:path';

const EXAMPLES = path.resolve(import.meta.dirname, '../../examples');
/** An example ends by itself, in a few seconds; one that does not is ended. */
const LONGEST_MS = 60_000;

/** @returns The lines on its stdout. @throws Error with its stderr when it fails or does not end. */
export async function runExample(name: string, ...args: string[]): Promise<string[]> {
  const child = spawn(process.execPath, [path.join(EXAMPLES, `${name}.js`), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.once('close', (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
  });
  clearTimeout(timer);
  if (code !== 0) throw new Error(`The example ${name} ended with ${code ?? signal}:\n${Buffer.concat(err).toString()}`);
  return Buffer.concat(out).toString().trimEnd().split('\n');
}
