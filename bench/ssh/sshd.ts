// A throw-away OpenSSH sshd on loopback for the figures, with a key that may log in. It measures nothing.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

export interface BenchServer {
  readonly port: number;
  readonly directory: string;
  readonly user: string;
  readonly keyFile: string;
  readonly knownHostsFile: string;
  readonly stop: () => void;
}

/** On shared memory where there is some: what is measured is the way, not the disk. */
export function scratchDirectory(): string {
  return mkdtempSync(path.join(process.platform === 'linux' ? '/dev/shm' : os.tmpdir(), 'sshoal-bench-'));
}

export async function startServer(): Promise<BenchServer> {
  const directory = scratchDirectory();
  const file = (name: string): string => path.join(directory, name);
  for (const name of ['host_key', 'client_key']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file(name)]);
  copyFileSync(file('client_key.pub'), file('authorized_keys'));
  const port = await freePort();
  writeFileSync(
    file('sshd_config'),
    [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${file('host_key')}`,
      `AuthorizedKeysFile ${file('authorized_keys')}`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'MaxStartups 500',
      'MaxSessions 50',
      'Subsystem sftp internal-sftp',
      '',
    ].join('\n'),
  );
  // As root, sshd wants its empty directory for the time before login.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const sshd = execFileSync('sh', ['-c', 'PATH=$PATH:/usr/sbin:/usr/local/sbin command -v sshd'], { encoding: 'utf8' }).trim();
  const child = spawn(sshd, ['-D', '-e', '-f', file('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  await listening(child);
  writeFileSync(file('known_hosts'), `[127.0.0.1]:${port} ${readFileSync(file('host_key.pub'), 'utf8')}`);
  const stop = (): void => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  return { port, directory, user: os.userInfo().username, keyFile: file('client_key'), knownHostsFile: file('known_hosts'), stop };
}

async function listening(child: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`sshd ended: ${said}`)));
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Server listening on')) resolve();
    });
  });
  // It logs every login; nobody reads it here.
  child.stderr?.resume();
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
