// OpenSSH's own sftp-server as a child of the test. It does not know what is asked of it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { SFTPClient } from '#src/ssh/sftp/client';
import { findProgram } from './real.js';

export interface RunningSftpServer {
  readonly client: SFTPClient;
  readonly child: ChildProcess;
  /** Closes the client and waits for the server's end. */
  stop(): Promise<void>;
}

/** @param cwd - Where relative paths start. */
export async function startSftpServer(cwd: string): Promise<RunningSftpServer> {
  const child = spawn(findProgram('sftp-server') ?? 'sftp-server', ['-e'], { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const client = await SFTPClient.open(Duplex.from({ readable: child.stdout, writable: child.stdin }));
  return {
    client,
    child,
    stop: async () => {
      await client.close();
      await exited;
    },
  };
}
