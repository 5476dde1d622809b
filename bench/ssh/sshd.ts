// A throw-away OpenSSH sshd on loopback for the figures, with a key that may log in. It measures nothing.
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface BenchServer {
  readonly port: number;
  readonly directory: string;
  readonly user: string;
  readonly keyFile: string;
  readonly knownHostsFile: string;
  /** Type and key. */
  readonly hostKey: string;
  readonly stop: () => void;
}

/** On shared memory where there is some: what is measured is the way, not the disk. */
function scratchDirectory(): string {
  return mkdtempSync(path.join(process.platform === 'linux' ? '/dev/shm' : os.tmpdir(), 'sshoal-bench-'));
}

/** @param sftpFlags - Of its SFTP server: `-d` and the directory where relative paths start. */
export async function startServer(sftpFlags = ''): Promise<BenchServer> {
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
      `Subsystem sftp internal-sftp ${sftpFlags}`,
      '',
    ].join('\n'),
  );
  // As root, sshd wants its empty directory for the time before login.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const sshd = execFileSync('sh', ['-c', 'PATH=$PATH:/usr/sbin:/usr/local/sbin command -v sshd'], { encoding: 'utf8' }).trim();
  // Its log goes to a file: whoever measures may stand still for minutes, and a pipe that nobody reads would hold it up.
  const child = spawn(sshd, ['-D', '-E', file('log'), '-f', file('sshd_config')], { stdio: 'ignore' });
  while (!(await accepts(port))) await delay(20);
  writeFileSync(file('known_hosts'), `[127.0.0.1]:${port} ${readFileSync(file('host_key.pub'), 'utf8')}`);
  const stop = (): void => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  const hostKey = readFileSync(file('host_key.pub'), 'utf8').trim();
  return { hostKey, port, directory, user: os.userInfo().username, keyFile: file('client_key'), knownHostsFile: file('known_hosts'), stop };
}

async function accepts(port: number): Promise<boolean> {
  const socket = net.connect({ port, host: '127.0.0.1' });
  const answer = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  return answer;
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
