// What could come next on a line: commands, hosts and groups, paths of the first host. It does not know how it is shown.
import { shellQuote } from '../../base/quote.ts';
import { scriptOf } from '../host-script.ts';
import { type ShellCommand, shellCommands } from './commands.ts';
import type { Crew } from './crew.ts';
import type { Setting } from './setting.ts';
import type { Completion } from './terminal-lines.ts';

/** A person waits for it, and a directory may be on a disk that hangs. */
const LONGEST_MS = 2_000;
const MOST_PATHS = 200;

/**
 * Completes the last word of a line.
 *
 * @param signal - Ends the look at the host.
 */
export async function complete(line: string, crew: Crew, setting: Setting, signal: AbortSignal): Promise<Completion> {
  const word = /[^\s]*$/.exec(line)?.[0] ?? '';
  if (/^:\S*$/.test(line)) return [shellCommands.map(({ name }) => `:${name} `).filter((name) => name.startsWith(line)), line];
  const command = /^:(\S+)\s/.exec(line)?.[1];
  const wants: ShellCommand['wants'] = command === undefined ? 'remote-path' : shellCommands.find(({ name }) => name === command)?.wants;
  if (wants === undefined) return [[], word];
  if (wants === 'pattern') {
    // Only the part after the last sign of a pattern is a name.
    const part = /[^,:!&]*$/.exec(word)?.[0] ?? '';
    return [crew.names.filter((name) => name.startsWith(part)), part];
  }
  if (wants !== 'remote-path') return [wants.filter((one) => one.startsWith(word)), word];
  return [await remotePaths(word, crew, setting, signal), word];
}

/** Paths of the first host that begin so; none of those that would have to be quoted. */
async function remotePaths(word: string, crew: Crew, setting: Setting, signal: AbortSignal): Promise<string[]> {
  const [host] = crew.chosen;
  const home = word.startsWith('~/') ? '~/' : '';
  const beginning = word.slice(home.length);
  // `./` since a word of nothing would be quoted too.
  if (host === undefined || word === '' || !isPlain(`./${beginning}`)) return [];
  const look = `ls -1dp -- ${beginning}* 2>/dev/null | head -n ${MOST_PATHS}`;
  const script = home === '' ? scriptOf(look, setting) : `cd && ${look}`;
  const instruction = { kind: 'script', script, become: crew.becomeOf(host, setting.as), timeoutMs: LONGEST_MS } as const;
  const [outcome] = await crew.fleet.perform([{ host, instruction }], { signal }).outcomes();
  const text = Buffer.from(outcome?.stdout ?? new Uint8Array()).toString();
  return text
    .split('\n')
    .filter((path) => path !== '' && isPlain(path))
    .map((path) => home + path);
}

function isPlain(path: string): boolean {
  return shellQuote(path) === path;
}
