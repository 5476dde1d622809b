// One command on an open connection: three streams and an end. It does not know what the command means.
import type { Readable, Writable } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { SshConnectionLostError } from './errors.ts';

/** How a command ended on the server. */
export type CommandExit = { readonly kind: 'code'; readonly code: number } | { readonly kind: 'signal'; readonly signal: string };

/**
 * A command under way. Read both streams, or let them flow: the server stops the command when nobody takes its output, and
 * both share one window.
 */
export interface Execution {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves as soon as the server says how the command ended, even if a child of it still holds the output open. */
  readonly exit: Promise<CommandExit>;
  /** Lets go of the channel. What runs on the host is not ended by it. */
  readonly close: () => void;
}

/**
 * Watches a channel on which a command was started.
 *
 * @param lost - Resolves when the connection is gone: ssh2 then closes the channel without a word.
 * @throws (through `exit`) SshConnectionLostError when the end was not seen.
 */
export function watchExecution(channel: ClientChannel, lost: Promise<void>, where: string): Execution {
  const exit = new Promise<CommandExit>((resolve, reject) => {
    channel.once('exit', (code: number | null, signal?: string) => {
      if (typeof code === 'number') resolve({ kind: 'code', code });
      else resolve({ kind: 'signal', signal: `SIG${(signal ?? 'HUP').replace(/^SIG/, '')}` });
    });
    // `close` without `exit`: success needs a seen exit status.
    const gone = (): void => reject(new SshConnectionLostError('The connection broke before the command ended', { where }));
    channel.once('close', gone);
    void lost.then(gone);
  });
  // Nobody may be waiting for it yet when the line breaks.
  exit.catch(() => {});
  for (const stream of [channel, channel.stderr]) stream.on('error', () => {});
  return { stdin: channel, stdout: channel, stderr: channel.stderr as Readable, exit, close: () => channel.close() };
}
