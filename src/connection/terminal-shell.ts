// A command that has a terminal to ask on, and yet three clean streams: what doas needs for a password. It does not know who asks.
import type { Readable } from 'node:stream';
import { shellQuote } from '../base/quote.ts';
import { BecomeError } from './errors.ts';
import type { ShellProcess, Spawn } from './shell-process.ts';

/** How long the host may take to open a terminal and make three pipes. */
const OPENING_MS = 30_000;

/**
 * Starts a command on a terminal of its own, which it uses for nothing but questions.
 *
 * A terminal would merge stdout with stderr, change bytes, and know no end of input. So the streams go another way: a second
 * process, without a terminal, carries them through three pipes with names.
 *
 * @param command - Its stdin, stdout and stderr are those of the result; `/dev/tty` is the result's `terminal`.
 * @param nonce - Names the directory of the pipes; nobody else can guess it.
 * @throws BecomeError when the pipes cannot be made, or the host gives no terminal; ConnectionLostError.
 */
export async function spawnWithTerminal(spawn: Spawn, command: string, nonce: string, address: string): Promise<ShellProcess> {
  const directory = `/tmp/sshoal-${nonce}`;
  const held = await spawn(shell(holding(directory, command)), { terminal: true }).catch((error: unknown) => {
    throw terminalRefused(error) ? noTerminal(address, (error as Error).message) : error;
  });
  held.exit.catch(() => {});
  // Where the terminal is one, nothing comes this way; where it is ssh's, what it says to nobody must not fill its pipe.
  held.stderr.resume();
  const said = await upTo(held.stdout, directory);
  if (said !== undefined) {
    held.close();
    throw noTerminal(address, said);
  }
  const streams = await spawn(shell(carrying(directory))).catch((error: unknown) => {
    // The terminal hangs up, and whoever waits on it takes the pipes away.
    held.close();
    throw error;
  });
  // Its own end says nothing: the command's does.
  streams.exit.catch(() => {});
  const close = (): void => {
    streams.close();
    held.close();
  };
  const { stdin, stdout, stderr } = streams;
  return { stdin, stdout, stderr, exit: held.exit, close, terminal: { output: held.stdout, input: held.stdin } };
}

function shell(script: string): string {
  return `exec /bin/sh -c ${shellQuote(script)}`;
}

/** Runs on the terminal. No newline and no `!`: the login shell may be csh. */
function holding(directory: string, command: string): string {
  return (
    `stty -echo 2>/dev/null; umask 077; d=${directory}; trap 'rm -rf "$d"' 0; trap 'exit 1' 1 2 15; ` +
    'mkdir "$d" && mkfifo "$d/0" "$d/1" "$d/2" || exit 1; ' +
    // Whoever reads this may open the pipes. Opening waits for the other side; then their names are not needed any more.
    'echo "$d"; exec 3<"$d/0" 4>"$d/1" 5>"$d/2"; rm -rf "$d"; trap - 0 1 2 15; ' +
    // Not exec: with nobody left who has the terminal open, the server would take it away before it is asked on.
    `${command} <&3 >&4 2>&5 3<&- 4>&- 5>&-; exit $?`
  );
}

function carrying(directory: string): string {
  return `cat <${directory}/1 & cat <${directory}/2 >&2 & cat >${directory}/0; wait`;
}

/** Reads a stream up to a word, leaving it open. @returns Undefined; or all that was said, when it ended without the word. */
async function upTo(stream: Readable, word: string): Promise<string | undefined> {
  return await new Promise((resolve) => {
    let said = '';
    const done = (result: string | undefined): void => {
      clearTimeout(timer);
      stream.off('data', onData).off('end', onEnd).off('close', onEnd);
      stream.pause();
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-4_096);
      // To the end of its line: what follows is for the next reader.
      if (new RegExp(`${word}\\r?\\n`).test(said)) done(undefined);
    };
    const onEnd = (): void => done(said.trim());
    const timer = setTimeout(onEnd, OPENING_MS);
    stream.on('data', onData).once('end', onEnd).once('close', onEnd);
  });
}

function terminalRefused(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && 'code' in error.cause && error.cause.code === 'PTY_REFUSED';
}

function noTerminal(address: string, said: string): BecomeError {
  return new BecomeError(`There is no terminal to give a password on${said === '' ? '' : `: ${said}`}`, {
    where: address,
    fix: 'Check PermitTTY in its sshd_config and that /tmp can be written; or allow it without a password (`permit nopass` in doas.conf)',
  });
}
