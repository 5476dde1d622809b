// From options to an open link: the road there, hop by hop. It does not know what will be done on it.
import { attempt } from './attempt.ts';
import type { Jump } from './config/jump.ts';
import { dial } from './dial.ts';
import { SshSettingsError } from './errors.ts';
import { Link, type Road } from './link.ts';
import { openProxyCommand } from './proxy-command.ts';
import { type ConnectOptions, type Settings, settle } from './settings.ts';

/**
 * Connects, checks the host key and logs in. A server that is only busy (MaxStartups) is tried again, with jitter, within the time
 * given.
 *
 * @throws SshConnectError and SshSettingsError with their codes; `signal.reason` on abort.
 */
export async function connect(options: ConnectOptions): Promise<Link> {
  return await connectFor(options, new Set());
}

/** @param waiting - The connections that wait for this one, which must not wait for them in turn. */
async function connectFor(options: ConnectOptions, waiting: ReadonlySet<string>): Promise<Link> {
  const settled = await settle(options);
  const road = describe(settled);
  if (waiting.has(road)) {
    throw new SshSettingsError('SSH_CONFIG', `The ProxyJump of ${settled.host} leads through itself`, {
      where: settled.host,
      fix: `Give the jump host a block of its own, above, with ProxyJump none: Host ${settled.host}`,
    });
  }
  const { address, port, connectTimeoutMs, signal, questions } = settled;
  return await attempt({ where: `${address}:${port}`, timeoutMs: connectTimeoutMs, signal, questions }, async (stop, untimed) => {
    const settings = { ...settled, questions: untimed };
    return await Link.open(settings, await openRoad(settings, options, new Set([...waiting, road]), stop), stop);
  });
}

/** Where it goes and how: a circle comes back to the same. */
function describe({ user, host, port, jumps }: Settings): string {
  return JSON.stringify([user, host, port, jumps.map(({ text }) => text)]);
}

/** The stream to speak over: what was given, a socket of our own, or a channel through the last of the jump hosts. */
async function openRoad(settings: Settings, options: ConnectOptions, waiting: ReadonlySet<string>, signal: AbortSignal): Promise<Road> {
  if (options.sock !== undefined) return { stream: options.sock };
  if (settings.proxyCommand !== undefined)
    return { stream: openProxyCommand(settings.proxyCommand, `${settings.address}:${settings.port}`) };
  const hops = [...settings.jumps];
  const last = hops.pop();
  if (last === undefined) return { stream: await dial(settings, signal) };
  const under = await hop(last, hops, settings, options, waiting, signal);
  try {
    return { stream: await under.openDirect({ host: settings.address, port: settings.port }), under };
  } catch (error) {
    await under.close();
    throw error;
  }
}

/** Every hop is a connection of its own, verified under its own name; only the road to it is shared. */
async function hop(
  { host, user, port }: Jump,
  before: readonly Jump[],
  settings: Settings,
  options: ConnectOptions,
  waiting: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Link> {
  const { configFiles, knownHostsFiles, hostKeyPolicy, agentSocket, homeDirectory, localUser, privateKeyFile, pkey, passphrase } = options;
  const hopOptions: ConnectOptions = {
    host,
    user,
    port,
    sshArgs: [...sharedArgs(options.sshArgs ?? []), ...(before.length === 0 ? [] : ['-J', before.map(({ text }) => text).join(',')])],
    configFiles,
    knownHostsFiles,
    hostKeyPolicy,
    agentSocket,
    homeDirectory,
    localUser,
    questions: settings.questions,
    privateKeyFile,
    pkey,
    passphrase,
    connectTimeoutMs: settings.connectTimeoutMs,
    signal,
  };
  return await connectFor(hopOptions, waiting);
}

/** Flags that hold for every hop: where to look for keys and hosts, not whom to log in as. */
function sharedArgs(words: readonly string[]): string[] {
  const shared: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const [word = '', next = ''] = [words[i], words[i + 1]];
    const option = word === '-o' ? next : word.startsWith('-o') ? word.slice(2) : undefined;
    if (word.startsWith('-F')) shared.push('-F', word === '-F' ? next : word.slice(2));
    else if (
      option !== undefined &&
      /^\s*(UserKnownHostsFile|GlobalKnownHostsFile|StrictHostKeyChecking|IdentitiesOnly|ConnectTimeout)\b/i.test(option)
    )
      shared.push('-o', option);
  }
  return shared;
}
