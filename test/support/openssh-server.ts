// A real OpenSSH sshd on loopback, unprivileged, with throw-away keys: what the tests mean by "a real server".
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { ConnectOptions } from '#src/ssh/settings';
import { findProgram } from './real.ts';

export interface OpenSshOptions {
  /** Lines for sshd_config, before the usual ones: the first value of a keyword wins. */
  readonly config?: readonly string[];
  /** Types of the host keys. Default ed25519. */
  readonly hostKeyTypes?: readonly string[];
  /** Lines of sh that run before the server in the directory of the server: limits, and with `ownMounts` mounts that nobody else sees. */
  readonly prelude?: readonly string[];
  /** Whether the server and all it starts have mounts of their own; only root may. Default false. */
  readonly ownMounts?: boolean;
  /** Logs in as an account that exists for this server alone and is not root; only root may. Default: whoever runs the tests. */
  readonly plainAccount?: boolean;
  /** Where an earlier one has listened. Default: one that is free. */
  readonly port?: number;
}

/** Options for `it`: skipped where the tests do not run as root. */
export const onlyRoot: { readonly skip: string | false } = { skip: process.getuid?.() === 0 ? false : 'only root may mount' };

const PLAIN = { name: 'sshoal-plain', id: 64_321 };

/** A running sshd and everything needed to log in to it. */
export class OpenSshServer implements AsyncDisposable {
  readonly port: number;
  readonly directory: string;
  readonly user: string;
  readonly #process: ChildProcess;

  private constructor(port: number, directory: string, user: string, child: ChildProcess) {
    this.port = port;
    this.directory = directory;
    this.user = user;
    this.#process = child;
  }

  get clientKeyFile(): string {
    return path.join(this.directory, 'client_key');
  }

  /** Knows the host keys of this server. */
  get knownHostsFile(): string {
    return path.join(this.directory, 'known_hosts');
  }

  /** The public key line of a host key: `ssh-ed25519 AAAA...`. */
  hostKey(type = 'ed25519'): string {
    return readFileSync(path.join(this.directory, `host_${type}.pub`), 'utf8')
      .trim()
      .split(' ')
      .slice(0, 2)
      .join(' ');
  }

  /** What every account of this server finds as its home; it is in the directory of the server. */
  get home(): string {
    return path.join(this.directory, 'home');
  }

  /** How to get in. */
  connectOptions(more: Partial<ConnectOptions> = {}): ConnectOptions {
    return {
      host: '127.0.0.1',
      port: this.port,
      user: this.user,
      privateKeyFile: this.clientKeyFile,
      knownHostsFiles: [this.knownHostsFile],
      homeDirectory: this.home,
      allowAgent: false,
      ...more,
    };
  }

  static async start(options: OpenSshOptions = {}): Promise<OpenSshServer> {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'sshoal-sshd-'));
    const types = options.hostKeyTypes ?? ['ed25519'];
    for (const type of types) keygen(type, path.join(directory, `host_${type}`));
    keygen('ed25519', path.join(directory, 'client_key'));
    copyFileSync(path.join(directory, 'client_key.pub'), path.join(directory, 'authorized_keys'));
    mkdirSync(path.join(directory, 'home'));
    const port = options.port ?? (await freePort());
    const config = [
      ...(options.config ?? []),
      `ListenAddress 127.0.0.1:${port}`,
      ...types.map((type) => `HostKey ${directory}/host_${type}`),
      `AuthorizedKeysFile ${directory}/authorized_keys`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      // The login files of whoever runs the tests stay out of it.
      `SetEnv HOME=${directory}/home`,
      // The only keyword that may not be said twice.
      ...(options.config?.some((line) => line.startsWith('Subsystem sftp ')) === true ? [] : ['Subsystem sftp internal-sftp']),
    ];
    const configFile = path.join(directory, 'sshd_config');
    writeFileSync(configFile, `${config.join('\n')}\n`);
    // As root, sshd wants its empty directory for the time before login.
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    const plain = options.plainAccount === true;
    const prelude = [...(plain ? addPlainAccount(directory) : []), ...(options.prelude ?? [])];
    const script = [...prelude, `exec ${findProgram('sshd') ?? 'sshd'} -D -e -f ${configFile}`].join('\n');
    const shell = [...(plain || options.ownMounts === true ? ['unshare', '-m'] : []), 'sh', '-ec', script];
    const child = spawn(shell[0] ?? 'sh', shell.slice(1), { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
    const server = new OpenSshServer(port, directory, plain ? PLAIN.name : os.userInfo().username, child);
    await server.#listening();
    writeFileSync(server.knownHostsFile, types.map((type) => `[127.0.0.1]:${port} ${server.hostKey(type)}\n`).join(''));
    chmodSync(server.clientKeyFile, 0o600);
    return server;
  }

  /** Stops answering without closing anything, as a host behind a cut cable; every session of it too. */
  freeze(): void {
    for (const pid of this.#processes()) process.kill(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of this.#processes()) process.kill(pid, 'SIGCONT');
  }

  /** Kills the sessions, not the server. */
  killSessions(): void {
    for (const pid of this.#processes().filter((one) => one !== this.#process.pid)) process.kill(pid, 'SIGKILL');
  }

  /** Kills what the sessions run under this name, and nothing else. @returns How many there were. */
  killPrograms(name: string): number {
    const programs = this.#processes(name);
    for (const pid of programs) process.kill(pid, 'SIGKILL');
    return programs.length;
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    for (const pid of this.#processes().reverse()) killIfThere(pid);
    if (this.#process.exitCode === null && this.#process.signalCode === null) await gone;
    this.#process.stderr?.destroy();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** The server and the sshd processes below it; what sessions started is touched only by its name. */
  #processes(program?: string): number[] {
    const listed = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' }).stdout.trim().split('\n');
    const rows = listed
      .map((line) => line.trim().split(/\s+/))
      .map(([pid, ppid, command]) => ({ pid: Number(pid), ppid: Number(ppid), command: command ?? '' }));
    const below = (parents: readonly number[], name: string): number[] =>
      rows.filter((row) => parents.includes(row.ppid) && row.command.startsWith(name)).map((row) => row.pid);
    const found = [this.#process.pid ?? -1];
    for (const pid of found) found.push(...below([pid], 'sshd'));
    return program === undefined ? found.filter((pid) => rows.some((row) => row.pid === pid)) : below(found, program);
  }

  async #listening(): Promise<void> {
    let said = '';
    await new Promise<void>((resolve, reject) => {
      this.#process.once('error', reject);
      this.#process.once('exit', (code) => reject(new Error(`sshd ended with ${code}: ${said}`)));
      this.#process.stderr?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('Server listening on')) resolve();
      });
    });
  }
}

/** An account in a copy of /etc/passwd that only the server sees. */
function addPlainAccount(directory: string): string[] {
  const { name, id } = PLAIN;
  chmodSync(directory, 0o755);
  chownSync(path.join(directory, 'home'), id, id);
  writeFileSync(path.join(directory, 'passwd'), `${readFileSync('/etc/passwd', 'utf8')}${name}:x:${id}:${id}::${directory}/home:/bin/sh\n`);
  return ['mount --bind passwd /etc/passwd'];
}

// Sessions end by themselves at any moment.
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function keygen(type: string, file: string): void {
  const done = spawnSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', '', '-f', file, ...(type === 'rsa' ? ['-b', '2048'] : [])], {
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`ssh-keygen: ${done.stderr}`);
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
