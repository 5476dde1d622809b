// A bare ssh2 client, as a peer that is none of ours. It does not know what it talks to.
import { once } from 'node:events';
import net from 'node:net';
import ssh2, { type Client, type ClientChannel, type ConnectConfig } from 'ssh2';

/** Logs in, or rejects with what ssh2 says. */
export async function logIn(config: ConnectConfig): Promise<Client> {
  const client = new ssh2.Client();
  // Without Nagle's delays, which ssh2 leaves on.
  const sock = config.sock ?? net.connect({ port: config.port ?? 22, host: config.host, noDelay: true });
  const ready = new Promise<void>((resolve, reject) => {
    client.on('error', reject);
    client.once('ready', resolve);
    client.once('close', () => reject(new Error('closed')));
  });
  client.connect({ ...config, sock, readyTimeout: 5_000 });
  try {
    await ready;
  } catch (error) {
    client.destroy();
    throw error;
  }
  return client;
}

export async function logOut(client: Client): Promise<void> {
  const closed = once(client, 'close');
  client.end();
  await closed;
}

export async function openCommand(client: Client, command: string, env?: NodeJS.ProcessEnv): Promise<ClientChannel> {
  return await new Promise((resolve, reject) => {
    client.exec(command, env === undefined ? {} : { env }, (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
  });
}

export async function openSubsystem(client: Client, name: string): Promise<ClientChannel> {
  return await new Promise((resolve, reject) => {
    client.subsys(name, (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
  });
}

export interface Ended {
  readonly code: number | null | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Reads a command to its end. */
export async function finish(channel: ClientChannel, stdin = ''): Promise<Ended> {
  const chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  channel.on('data', (chunk: Buffer) => chunks.stdout.push(chunk));
  channel.stderr.on('data', (chunk: Buffer) => chunks.stderr.push(chunk));
  let exit: { code: number | null; signal: string | undefined } | undefined;
  channel.on('exit', (code: number | null, signal?: string) => {
    exit = { code, signal };
  });
  const closed = once(channel, 'close');
  channel.end(stdin);
  await closed;
  const text = (parts: Buffer[]): string => Buffer.concat(parts).toString();
  return { code: exit?.code, signal: exit?.signal, stdout: text(chunks.stdout), stderr: text(chunks.stderr) };
}

export async function run(client: Client, command: string, stdin?: string, env?: NodeJS.ProcessEnv): Promise<Ended> {
  return await finish(await openCommand(client, command, env), stdin);
}
