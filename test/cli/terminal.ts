// Programs on a real pseudo-terminal, driven by what they show: the built one, and shells. It does not know what is asked of them.
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';

const MAIN = path.resolve(import.meta.dirname, '../../../dist/cli/main.js');

/** Node has no pseudo-terminal of its own; Python's is everywhere the tests against real things run. */
const DRIVER = `
import json, os, pty, select, sys, time
steps, command = json.loads(sys.argv[1]), sys.argv[2:]
pid, fd = pty.fork()
if pid == 0: os.execvp(command[0], command)
seen, at, deadline = b'', 0, time.time() + 20
while time.time() < deadline:
    if select.select([fd], [], [], 0.1)[0]:
        try: data = os.read(fd, 65536)
        except OSError: break
        if not data: break
        seen += data
    if steps and steps[0][0].encode() in seen[at:]:
        at = len(seen)
        os.write(fd, steps.pop(0)[1].encode())
else: os.kill(pid, 9)
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(json.dumps([code, seen.decode('utf8', 'replace')]))
`;

/** What to type when a text is seen. */
export type Step = readonly [seen: string, typed: string];

export interface TerminalOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `sshoal` on a terminal to its end. */
export async function sshoalOnTerminal(
  words: readonly string[],
  steps: readonly Step[],
  options: TerminalOptions = {},
): Promise<{ code: number; screen: string }> {
  return await onTerminal([process.execPath, MAIN, ...words], steps, options);
}

/** Runs a program on a terminal to its end. */
export async function onTerminal(
  command: readonly string[],
  steps: readonly Step[],
  { cwd, env: more = {} }: TerminalOptions = {},
): Promise<{ code: number; screen: string }> {
  // A home that nobody can make anything in, not even root.
  const env = { PATH: process.env.PATH ?? '', HOME: '/dev/null', TERM: 'xterm', ...more };
  return await new Promise((resolve, reject) => {
    const child = spawn('python3', ['-c', DRIVER, JSON.stringify(steps), ...command], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let answer = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    child.on('error', reject);
    child.on('close', () => {
      const [code, screen] = JSON.parse(answer) as [number, string];
      resolve({ code, screen });
    });
  });
}

/** What a person reads: without colours and without the way the cursor went. */
export function plainText(screen: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this looks for
  return screen.replace(/\x1b\[[\d;?]*[A-Za-z]/g, '').replaceAll(/\r+\n/g, '\n');
}
