// What one logged-in SSH connection may ask of an embedded server: commands, SFTP, signals, a way on to loopback ports.
import { once } from 'node:events';
import net from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { Connection, ServerChannel, Session, TcpipRequestInfo } from 'ssh2';
import { ProcessGroup } from './process-group.ts';
import { serveSftp } from './sftp-server.ts';

/** The surroundings in which commands and file requests find themselves. */
export interface Surroundings {
  readonly directory: string;
  readonly user: string;
  readonly mark: string;
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
// As Debian's sshd_config: AcceptEnv LANG LC_*
const ACCEPTED_VARIABLE = /^(LANG|LC_\w+)$/;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/** One connection after its login. Everything it starts ends with it. */
export class LoginSession {
  readonly #surroundings: Surroundings;
  readonly #groups = new Set<ProcessGroup>();
  readonly #sockets = new Set<net.Socket>();
  readonly #work = new Set<Promise<unknown>>();
  readonly #ended = new AbortController();
  #started = false;

  /** Call it when the client has logged in, and no earlier: from here on everything is answered. */
  constructor(connection: Connection, surroundings: Surroundings) {
    this.#surroundings = surroundings;
    connection.on('session', (accept) => this.#serve(accept()));
    connection.on('tcpip', (accept, reject, target) => this.#forward(accept, reject, target));
  }

  /** Whether any command was run. */
  get started(): boolean {
    return this.#started;
  }

  /** Ends all commands with their groups, all forwarded connections and file requests. */
  async end(): Promise<void> {
    this.#ended.abort();
    for (const group of this.#groups) group.end();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#work);
  }

  #serve(session: Session): void {
    const variables: Record<string, string> = {};
    let group: ProcessGroup | undefined;
    // A session has one command or subsystem: asked for a second one, ssh2 accepts with nothing.
    const run = (accept: () => ServerChannel | undefined, argv: readonly [string, ...string[]]): void => {
      const channel = accept();
      if (channel !== undefined) group = this.#run(session, channel, argv, variables);
    };
    session.on('env', (accept: (() => void) | undefined, reject: (() => void) | undefined, { key, val }) => {
      if (!ACCEPTED_VARIABLE.test(key)) return reject?.();
      variables[key] = val;
      accept?.();
    });
    session.on('exec', (accept, _reject, { command }) => run(accept, ['/bin/sh', '-c', command]));
    session.on('shell', (accept) => run(accept, ['/bin/sh']));
    session.on('signal', (accept: (() => void) | undefined, reject: (() => void) | undefined, { name }) => {
      const sent = group?.running === true && group.signal(name.startsWith('SIG') ? name : `SIG${name}`);
      (sent ? accept : reject)?.();
    });
    session.on('subsystem', (accept, reject, { name }) => {
      if (name !== 'sftp') return reject();
      const channel = accept() as ServerChannel | undefined;
      if (channel !== undefined) this.#serveFiles(session, channel);
    });
  }

  #run(session: Session, channel: ServerChannel, argv: readonly [string, ...string[]], variables: Record<string, string>): ProcessGroup {
    const { directory, user, mark } = this.#surroundings;
    const env = { LANG: 'C.UTF-8', ...variables, HOME: directory, PATH, SHELL: '/bin/sh', USER: user, LOGNAME: user };
    const group = new ProcessGroup(argv, { cwd: directory, env, mark });
    this.#started = true;
    this.#groups.add(group);
    // What it left behind in its group is ended with the connection.
    group.child.once('close', () => group.alive || this.#groups.delete(group));
    this.#keep(attach(group, session, channel));
    return group;
  }

  #serveFiles(session: Session, channel: ServerChannel): void {
    const closed = new AbortController();
    session.once('close', () => closed.abort());
    this.#keep(serveSftp(channel, this.#surroundings.directory, AbortSignal.any([closed.signal, this.#ended.signal])));
  }

  #forward(accept: () => ServerChannel, reject: () => void, { destIP, destPort }: TcpipRequestInfo): void {
    if (!LOOPBACK.test(destIP)) {
      reject();
      return;
    }
    const socket = net.connect(destPort, destIP === 'localhost' ? '127.0.0.1' : destIP);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.once('error', reject);
    socket.once('connect', () => {
      const channel = accept();
      socket.off('error', reject);
      socket.setNoDelay(true);
      socket.pipe(channel);
      channel.pipe(socket);
      // However the target ends, the client sees its channel close; the reason is the target's affair.
      socket.on('error', () => channel.end());
      channel.on('close', () => socket.destroy());
    });
  }

  #keep(work: Promise<unknown>): void {
    this.#work.add(work);
    const forget = (): void => {
      this.#work.delete(work);
    };
    // A failure stays in the set: `end` tells it.
    work.then(forget, () => undefined);
  }
}

/** Ties a command to its channel as sshd does: the exit at once, the end when nobody holds the output any more. */
async function attach({ child }: ProcessGroup, session: Session, channel: ServerChannel): Promise<void> {
  // A command may leave its stdin unread, and so may a client its output: neither is a fault.
  const ignore = (): void => undefined;
  child.stdin.on('error', ignore);
  channel.on('error', ignore);
  channel.pipe(child.stdin);
  child.stdin.on('close', () => channel.resume());
  const turns = new WriteTurns(channel);
  const forwarded = Promise.all([turns.forward(child.stdout, channel), turns.forward(child.stderr, channel.stderr)]);
  session.once('close', () => {
    // As sshd: the command goes on, but its output has nowhere to go.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  });
  child.once('exit', (code, signal) => {
    if (signal === null) channel.exit(code ?? 255);
    else channel.exit(signal.slice(3), false, '');
  });
  child.once('error', (error) => {
    channel.stderr.write(`${error.message}\n`);
    channel.exit(255);
  });
  await once(child, 'close').catch(ignore);
  await forwarded;
  channel.end();
}

/**
 * Lets one stream write at a time. ssh2 keeps what waits for window of stdout and stderr in slots that it never clears, and when
 * both wait it sends one of them twice.
 */
class WriteTurns {
  readonly #channel: ServerChannel;
  readonly #closed: Promise<unknown>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(channel: ServerChannel) {
    this.#channel = channel;
    this.#closed = new Promise((resolve) => channel.once('close', resolve));
  }

  async forward(from: Readable, to: Writable): Promise<void> {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        this.#turn = this.#turn.then(async () => await this.#write(to, chunk));
        await this.#turn;
      }
    } catch (error) {
      // The client went away and the stream with it.
      if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
    }
  }

  async #write(to: Writable, chunk: Buffer): Promise<void> {
    const written = new Promise((resolve) => to.write(chunk, resolve));
    await Promise.race([written, this.#closed]);
    Object.assign(this.#channel, { _chunk: undefined, _chunkcb: undefined, _chunkErr: undefined, _chunkcbErr: undefined });
  }
}
