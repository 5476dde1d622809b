// From options to an open link: the road there, hop by hop. It does not know what will be done on it.
import { unlessAborted } from '../base/abort.ts';
import { type Attempt, attempt } from './attempt.ts';
import { Bastions, type Passage, type Waiting } from './bastions.ts';
import type { Jump } from './config/jump.ts';
import { dial } from './dial.ts';
import { Link, type Road } from './link.ts';
import { openProxyCommand } from './proxy-command.ts';
import type { ConnectOptions, Settings } from './settings.ts';
import { settle } from './settle.ts';

/**
 * Connects, checks the host key and logs in. A server that is only busy (MaxStartups) is tried again, with jitter, within the time
 * given.
 *
 * @throws SshConnectError and SshSettingsError with their codes; `signal.reason` on abort.
 */
export async function connect(options: ConnectOptions): Promise<Link> {
  return await connectFor({ ...options, bastions: options.bastions ?? new Bastions() }, []);
}

type Options = ConnectOptions & { readonly bastions: Bastions };

/** @param waiting - The jump hosts that wait for this connection. */
async function connectFor(options: Options, waiting: Waiting): Promise<Link> {
  const settled = await settle(options);
  const { address, port, connectTimeoutMs, signal } = settled;
  const limits = { where: `${address}:${port}`, timeoutMs: connectTimeoutMs, signal, questions: settled.questions };
  return await attempt(limits, async (given) => {
    const settings = { ...settled, questions: given.questions };
    return await Link.open(settings, await openRoad(settings, options, waiting, given), given.signal);
  });
}

/** The stream to speak over: what was given, a socket of our own, or a channel through the last of the jump hosts. */
async function openRoad(settings: Settings, options: Options, waiting: Waiting, { signal, untimed }: Attempt): Promise<Road> {
  if (options.sock !== undefined) return { stream: options.sock };
  if (settings.proxyCommand !== undefined)
    return { stream: openProxyCommand(settings.proxyCommand, `${settings.address}:${settings.port}`) };
  const hops = [...settings.jumps];
  const last = hops.pop();
  if (last === undefined) return { stream: await dial(settings, signal) };
  // A hop has a deadline of its own, as ssh's ConnectTimeout counts for each connection.
  const under = await untimed(async () => await borrow(last, hops, settings, options, waiting));
  try {
    return { stream: await unlessAborted(under.openDirect({ host: settings.address, port: settings.port }), signal), under };
  } catch (error) {
    await under.close();
    throw error;
  }
}

/** Every hop is a connection of its own, verified under its own name, and shared by all hosts that go through it. */
async function borrow(last: Jump, before: readonly Jump[], settings: Settings, options: Options, waiting: Waiting): Promise<Passage> {
  const { host, user, port } = last;
  const { configFiles, knownHostsFiles, hostKeyPolicy, agentSocket, homeDirectory, localUser, privateKeyFile, pkey, passphrase } = options;
  const sshArgs = [...sharedArgs(options.sshArgs ?? []), ...(before.length === 0 ? [] : ['-J', before.map(({ text }) => text).join(',')])];
  const plain = {
    host,
    user,
    port,
    sshArgs,
    configFiles,
    knownHostsFiles,
    agentSocket,
    homeDirectory,
    localUser,
    privateKeyFile,
    passphrase,
  };
  const { bastions, questions } = options;
  const policy = typeof hostKeyPolicy === 'object' ? bastions.nameOf(hostKeyPolicy) : hostKeyPolicy;
  return await bastions.borrow({
    key: JSON.stringify([plain, policy, pkey === undefined ? undefined : bastions.nameOf(pkey)]),
    host,
    waiting,
    signal: settings.signal ?? new AbortController().signal,
    open: async (signal, waitingNow) => {
      const hop = { ...plain, hostKeyPolicy, pkey, bastions, questions, connectTimeoutMs: settings.connectTimeoutMs, signal };
      return await connectFor(hop, waitingNow);
    },
  });
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
