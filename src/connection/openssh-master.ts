// One connection of the system's ssh, and what goes through it. It does not know what the commands mean.
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, rm, writeFile } from 'node:fs/promises';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { SshChannelError, SshConnectError, SshConnectionLostError } from '../ssh/errors.ts';
import { here } from '../ssh/here.ts';
import { SFTPClient } from '../ssh/sftp/client.ts';
import { SftpError } from '../ssh/sftp/errors.ts';
import type { Carrier } from './carried-connection.ts';
import { FrameSplitter } from './frame.ts';
import { Askpass } from './openssh-askpass.ts';
import { ExitMark, tellingItsExit } from './openssh-command.ts';
import { makeDirectory } from './openssh-directory.ts';
import { lastWords, missing, opensshFailure } from './openssh-failure.ts';
import { configFile, controlSocket, type OpensshFlags, opensshFlags } from './openssh-flags.ts';
import { endOf, isRunning, signalGroup, spawned, streamEnd } from './openssh-process.ts';
import type { ConnectionSpec, Exit, Questions } from './seam.ts';
import type { ShellProcess, SpawnOptions } from './shell-process.ts';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** How often we look whether ssh has let us in: it makes its socket then, and says nothing. */
const LOOK_MS = 10;
/** Between TERM and KILL. */
const GRACE_MS = 2_000;
/** How long ssh may take to say whether it is still there, which needs no network. */
const CHECK_MS = 2_000;
/** How long stderr may still come after its process has ended. */
const DRAIN_MS = 300;
const SAID_CHARS = 8_192;

/**
 * ssh on a leash: its end ends ssh, all that it started, and its directory. A process of ours that is killed leaves nothing behind.
 *
 * $0 is the directory. Whoever lets go of stdin pulls the leash, and whoever dies lets go.
 */
const LEASH =
  'exec 3<&0; (trap "" TERM HUP INT; read -r line; kill -TERM 0; sleep 1; rm -rf -- "$0"; kill -KILL 0) <&3 >/dev/null 2>&1 & ' +
  'exec "$@" 3<&- </dev/null';

/** An ssh that has logged in, and carries commands and files until it is closed. */
export class OpensshMaster implements Carrier {
  readonly address: string;
  readonly #flags: OpensshFlags;
  readonly #directory: string;
  readonly #process: ChildProcess;
  readonly #sessions = new Set<Child>();
  readonly #ended: Promise<number | null>;
  #isOpen = true;
  #said = '';
  #failure: unknown;
  #closing: Promise<void> | undefined;

  private constructor(flags: OpensshFlags, directory: string, askpass: Askpass | undefined, mark: string) {
    this.address = flags.address;
    this.#flags = flags;
    this.#directory = directory;
    const { environment } = here();
    const env = { ...ownSecretsHidden(environment), ...askpass?.environment(environment.DISPLAY) };
    // A group of its own, away from the terminal: Ctrl-C is for us, and questions come to us.
    const child = spawn('/bin/sh', ['-c', LEASH, directory, 'ssh', ...flags.master], {
      detached: true,
      env,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    this.#process = child;
    child.stdin.on('error', () => {});
    child.once('exit', () => {
      this.#isOpen = false;
      child.stdin.destroy();
      // At once, while the other end of the leash keeps the number of the group from being used again.
      signalGroup(child, 'SIGKILL');
    });
    this.#ended = new Promise((resolve) => {
      child.once('close', (code) => resolve(code));
      child.once('error', (error) => {
        this.#isOpen = false;
        this.#said += error.message;
        resolve(127);
      });
    });
    // Nothing is left of a lost connection, also where nobody closes it.
    this.#ended.then(async () => await this.close()).catch(() => {});
    const splitter = new FrameSplitter(mark);
    child.stderr.on('data', (chunk: Buffer) => {
      for (const part of splitter.push(chunk)) {
        if (part.kind === 'bytes') this.#said = (this.#said + Buffer.from(part.bytes).toString()).slice(-SAID_CHARS);
        else if (askpass !== undefined) void this.#answer(askpass, part.word);
      }
    });
  }

  /**
   * Connects and logs in, once.
   *
   * @throws SshConnectError, SshSettingsError with the codes of our own client; `signal.reason` on abort. Nothing is left then.
   */
  static async start(spec: ConnectionSpec, questions: Questions, signal: AbortSignal): Promise<OpensshMaster> {
    const where = spec.address ?? spec.name;
    if (process.platform === 'win32') throw missing(where, 'on Windows it cannot share a connection');
    await checkKey(spec, where);
    const directory = await makeDirectory();
    let master: OpensshMaster | undefined;
    try {
      const mayAsk = Askpass.canAnswer(spec, questions);
      const mark = `sshoal-${randomUUID()}`;
      const flags = opensshFlags(spec, directory, mayAsk);
      await writeFile(configFile(directory), flags.config, { mode: 0o600 });
      const askpass = mayAsk ? await Askpass.install(directory, mark, spec, questions) : undefined;
      signal.throwIfAborted();
      master = new OpensshMaster(flags, directory, askpass, mark);
      await master.#ready(spec, askpass, signal);
      return master;
    } catch (error) {
      await master?.close();
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  async exec(command: string, { terminal = false }: SpawnOptions = {}): Promise<ShellProcess> {
    const mark = `sshoal-${randomUUID()}`;
    // The last -T or -t holds; and what is written to a terminal is for the host alone, ~ too.
    const child = await this.#session(terminal ? ['-tt', '-e', 'none'] : [], terminal ? command : tellingItsExit(command, mark));
    const stderr = new ExitMark(mark);
    child.stderr.pipe(stderr);
    let isClosed = false;
    const unmarked = endOf(child).then(async (code) => {
      await Promise.race([streamEnd(stderr), delay(DRAIN_MS, undefined, { ref: false })]);
      return isClosed ? ({ kind: 'signal', signal: 'SIGTERM' } as const) : await this.#explain(code, stderr.tail);
    });
    // Whoever closes it asks for no end.
    unmarked.catch(() => {});
    const close = (): void => {
      isClosed = true;
      if (isRunning(child)) signalGroup(child, 'SIGTERM');
      for (const stream of [child.stdin, child.stdout, child.stderr, stderr]) stream.destroy();
    };
    return { stdin: child.stdin, stdout: child.stdout, stderr, exit: Promise.race([stderr.exit, unmarked]), close };
  }

  async openSftp(): Promise<SFTPClient> {
    const child = await this.#session(['-s'], 'sftp');
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-SAID_CHARS);
    });
    try {
      const host = {
        openSftp: async () => await this.openSftp(),
        exec: async (command: string) => await this.exec(command),
        run: async (command: string) => await outputOf(await this.exec(command)),
      };
      return await SFTPClient.open(Duplex.from({ readable: child.stdout, writable: child.stdin }), { host });
    } catch (error) {
      // It has ended by itself, where it never had a session.
      const code = await Promise.race([endOf(child), delay(DRAIN_MS, undefined, { ref: false })]);
      if (isRunning(child)) signalGroup(child, 'SIGTERM');
      if (!(error instanceof SftpError)) throw error;
      if (!(await this.#isAlive())) throw await this.#lost();
      if (!/subsystem request failed/.test(said)) throw code === 255 ? refused(this.address, said) : error;
      throw new SshConnectError('SUBSYSTEM_REFUSED', `The server has no subsystem sftp; ssh says: ${lastWords(said)}`, {
        where: this.address,
        fix: 'Add a line `Subsystem sftp ...` to its sshd_config',
        cause: error,
      });
    }
  }

  /** Ends the connection, and everything of it on this machine: politely, then for good. */
  async close(): Promise<void> {
    this.#closing ??= this.#end();
    await this.#closing;
  }

  async #ready(spec: ConnectionSpec, askpass: Askpass | undefined, signal: AbortSignal): Promise<void> {
    const socket = controlSocket(this.#directory);
    // ssh gives the socket its name when it listens already.
    while (this.#isOpen && !existsSync(socket)) await delay(LOOK_MS, undefined, { signal });
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#isOpen) {
      // What a server says to whoever comes has nothing to do with how the connection ends.
      this.#said = '';
      return;
    }
    const code = await this.#ended;
    throw opensshFailure({ said: this.#said, code, where: this.address, user: spec.user, asked: askpass });
  }

  async #answer(askpass: Askpass, word: string): Promise<void> {
    try {
      if (await askpass.answer(word, this.#process.pid)) return;
    } catch (error) {
      this.#failure = error;
    }
    // An empty answer would be sent as a wrong password, which may lock the account.
    if (isRunning(this.#process)) signalGroup(this.#process, 'SIGTERM');
  }

  async #session(flags: readonly string[], command: string): Promise<Child> {
    if (!this.#isOpen || this.#closing !== undefined) throw await this.#lost();
    const child = spawn('ssh', this.#flags.session(flags, command), {
      detached: true,
      env: ownSecretsHidden(here().environment),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#sessions.add(child);
    child.once('close', () => this.#sessions.delete(child));
    child.stdin.on('error', () => {});
    await spawned(child);
    return child;
  }

  /** An end that the command itself did not tell. */
  async #explain(code: number | null, said: string): Promise<Exit> {
    // Only 255 is ssh's own; with ForceCommand, it is not our command that ran.
    if (code !== 255 && code !== null) return { kind: 'code', code };
    if (!(await this.#isAlive())) throw await this.#lost();
    if (/session request failed|open refused/.test(said)) throw refused(this.address, said);
    // Its whole process group is gone, with the shell that would have told.
    return { kind: 'signal', signal: 'unknown' };
  }

  async #isAlive(): Promise<boolean> {
    if (!this.#isOpen) return false;
    const child = spawn('ssh', this.#flags.check, { detached: true, stdio: 'ignore', timeout: CHECK_MS, killSignal: 'SIGKILL' });
    return (await endOf(child)) === 0 && this.#isOpen;
  }

  async #lost(): Promise<SshConnectionLostError> {
    // What it said at last may still be on its way.
    await Promise.race([this.#ended, delay(DRAIN_MS, undefined, { ref: false })]);
    const words = lastWords(this.#said);
    return new SshConnectionLostError(`The connection ended${words === '' ? '' : `; ssh says: ${words}`}`, { where: this.address });
  }

  async #end(): Promise<void> {
    const children = [...this.#sessions, this.#process];
    const gone = Promise.all([this.#ended, ...children.map(endOf)]);
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      for (const child of children.filter(isRunning)) signalGroup(child, signal);
      await Promise.race([gone, delay(GRACE_MS, undefined, { ref: false })]);
    }
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** @throws SshConnectError KEY_UNREADABLE: ssh would pass over a key that it cannot read. */
async function checkKey({ privateKeyFile }: ConnectionSpec, where: string): Promise<void> {
  if (privateKeyFile === undefined) return;
  const file = privateKeyFile.replace(/^~(?=\/)/, here().homeDirectory);
  await access(file).catch((cause: unknown) => {
    throw new SshConnectError(
      'KEY_UNREADABLE',
      `The key ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        where,
        fix: 'Check the path and its permissions',
        cause,
      },
    );
  });
}

/** Passwords that we were given in our environment are no business of ssh. */
function ownSecretsHidden(environment: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('SSHOAL_')));
}

function refused(where: string, said: string): SshChannelError {
  return new SshChannelError('CHANNEL_REFUSED', `The server opened no further session; ssh says: ${lastWords(said)}`, {
    where,
    fix: 'Raise MaxSessions in its sshd_config',
  });
}

/** What a command says, to its end; it gets no input. */
async function outputOf({ stdin, stdout, stderr, exit }: ShellProcess): Promise<{ ok: boolean; stdout: string; stderr: string }> {
  stdin.end();
  const [said, complained, end] = await Promise.all([text(stdout), text(stderr), exit]);
  return { ok: end.kind === 'code' && end.code === 0, stdout: said, stderr: complained };
}
