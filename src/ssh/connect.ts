// From options to an open link: the road there, hop by hop, and another try where a server is only busy.
import { setTimeout as delay } from 'node:timers/promises';
import type { Questions } from './ask.ts';
import { Deadline } from './deadline.ts';
import { dial } from './dial.ts';
import { SshConnectError } from './errors.ts';
import { Link, type Road } from './link.ts';
import { openProxyCommand } from './proxy-command.ts';
import { type ConnectOptions, type Settings, settle } from './settings.ts';

const ATTEMPTS = 5;

/**
 * Connects, checks the host key and logs in. A server that is only busy (MaxStartups) is tried again, with jitter, within the time
 * given.
 *
 * @throws SshConnectError and SshSettingsError with their codes; `signal.reason` on abort.
 */
export async function connect(options: ConnectOptions): Promise<Link> {
  const settled = await settle(options);
  const deadline = new Deadline(settled.connectTimeoutMs);
  const settings = { ...settled, questions: untimed(settled.questions, deadline) };
  const signal = settings.signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, settings.signal]);
  try {
    return await withRetries(settings, options, signal);
  } catch (error) {
    if (settings.signal?.aborted === true) throw settings.signal.reason;
    if (!deadline.signal.aborted || error instanceof SshConnectError) throw error;
    throw new SshConnectError('CONNECT_TIMEOUT', `No connection within ${settings.connectTimeoutMs / 1_000} s`, {
      where: `${settings.address}:${settings.port}`,
      fix: 'Check that the host is up and reachable, or raise --connect-timeout',
      cause: error,
    });
  } finally {
    deadline.clear();
  }
}

async function withRetries(settings: Settings, options: ConnectOptions, signal: AbortSignal): Promise<Link> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await Link.open(settings, await road(settings, options, signal), signal);
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof SshConnectError && error.retriable)) throw error;
      await delay(100 * 2 ** attempt * (0.5 + Math.random()), undefined, { signal });
    }
  }
}

/** The stream to speak over: what was given, a socket of our own, or a channel through the last of the jump hosts. */
async function road(settings: Settings, options: ConnectOptions, signal: AbortSignal): Promise<Road> {
  if (options.sock !== undefined) return { stream: options.sock };
  if (settings.proxyCommand !== undefined)
    return { stream: openProxyCommand(settings.proxyCommand, `${settings.address}:${settings.port}`) };
  const hops = [...settings.jumps];
  const last = hops.pop();
  if (last === undefined) return { stream: await dial(settings, signal) };
  const under = await hop(last, hops, settings, options, signal);
  try {
    return { stream: await under.openDirect({ host: settings.address, port: settings.port }), under };
  } catch (error) {
    await under.close();
    throw error;
  }
}

/** Every hop is a connection of its own, verified under its own name; only the road to it is shared. */
async function hop(
  place: string,
  before: readonly string[],
  settings: Settings,
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<Link> {
  const [, user, host = place, port] = /^(?:(.*)@)?(.*?)(?::(\d+))?$/.exec(place) ?? [];
  const { configFiles, knownHostsFiles, hostKeyPolicy, agentSocket, homeDirectory, localUser, privateKeyFile, pkey, passphrase } = options;
  return await connect({
    host,
    user,
    port: port === undefined ? undefined : Number(port),
    sshArgs: [...sharedArgs(options.sshArgs ?? []), ...(before.length === 0 ? [] : ['-J', before.join(',')])],
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
  });
}

/** The same questions, with the deadline standing still while a person thinks. */
function untimed({ hostKey, passphrase, prompts }: Questions, deadline: Deadline): Questions {
  return {
    hostKey: hostKey && (async (question) => await deadline.without(async () => await hostKey(question))),
    passphrase: passphrase && (async (keyFile) => await deadline.without(async () => await passphrase(keyFile))),
    prompts: prompts && (async (question) => await deadline.without(async () => await prompts(question))),
  };
}

/** Flags that hold for every hop: where to look for keys and hosts, not whom to log in as. */
function sharedArgs(words: readonly string[]): string[] {
  const shared: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const [word = '', next = ''] = [words[i], words[i + 1]];
    const option = word === '-o' ? next : word.startsWith('-o') ? word.slice(2) : undefined;
    if (word === '-F') shared.push(word, next);
    else if (
      option !== undefined &&
      /^\s*(UserKnownHostsFile|GlobalKnownHostsFile|StrictHostKeyChecking|IdentitiesOnly|ConnectTimeout)\b/i.test(option)
    )
      shared.push('-o', option);
  }
  return shared;
}
