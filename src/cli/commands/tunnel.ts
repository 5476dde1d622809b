// The verb tunnel: ports and sockets of hosts brought here, and ours brought there, for as long as somebody wants them.
import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { Faults, SshoalError } from '../../base/errors.ts';
import type { Forward, ForwardLetter, HostTunnels, HostTunnelsEvent } from '../../connection/tunnels.ts';
import type { Target } from '../../fleet/target.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { EXIT, type ExitCode, Verdict } from '../exit-code.ts';
import { LINE_FLAGS, NODE_FLAGS } from '../flag-groups.ts';
import type { Flags } from '../flags.ts';
import type { TunnelReport } from '../tunnel-report.ts';
import type { Verb } from '../verb.ts';

export const tunnelVerb: Verb = {
  name: 'tunnel',
  summary: 'forward ports and sockets through hosts, as ssh -L, -R and -D',
  notes: [
    'Forwards are written as for ssh: [bind:]port:host:hostport, a path with a slash for a unix socket at either end, IPv6 addresses in brackets, port 0 for any free port. Only loopback is listened on unless an address is given; * is every address.',
    'A connection that breaks is made anew, while everything goes on listening; --no-reconnect ends instead. Ctrl-C ends all of it, and --for does so by itself.',
    'Several hosts cannot share a port of this machine: with port 0 each gets its own.',
  ],
  usage: '<pattern> -L|-R|-D <forward>... [flags]',
  words: [{ form: '<pattern>', meaning: 'hosts and groups, as in Ansible; with -w there is none' }],
  flags: [...NODE_FLAGS, ...LINE_FLAGS, 'localForward', 'remoteForward', 'dynamicForward', 'for', 'reconnect', 'replaceSocket'],
  examples: [
    { line: 'sshoal tunnel db01 -L 5432:localhost:5432', meaning: 'the database of db01 as if it were here' },
    {
      line: 'sshoal tunnel web -L 0:localhost:9090 --for 8h',
      meaning: 'the metrics of every web server, each at a port of its own, for a day',
    },
    { line: 'sshoal tunnel jump -D 1080', meaning: 'a SOCKS proxy that sees what jump sees' },
    { line: 'sshoal tunnel web01 -R 8000:localhost:3000', meaning: 'what runs here, at port 8000 of web01' },
  ],
  run: async ({ words, flags }, context) => {
    const [pattern = ''] = words;
    const [{ readWho, selectHosts, hostList }, { targetsOf }, { tunnelReportOf }] = await Promise.all([
      import('../who.ts'),
      import('../reach.ts'),
      import('../tunnel-report.ts'),
    ]);
    const forwards = await forwardsOf(flags);
    const hosts = selectHosts(await readWho(flags, context, pattern), pattern, flags);
    if (flags.listHosts) {
      context.stdout.write(hostList(hosts));
      return EXIT.ok;
    }
    checkSharing(forwards, hosts.length);
    const targets = await targetsOf(hosts, flags, context);
    const report = tunnelReportOf(flags, context, { hosts: hosts.map((host) => host.name), forwards });
    try {
      return await hold(targets, forwards, report, flags, context);
    } finally {
      report.finish();
    }
  },
};

/** Opens everything, waits until it shall end or nothing is left of it, and closes it. */
async function hold(
  targets: readonly Target[],
  forwards: readonly Forward[],
  report: TunnelReport,
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const [{ HostTunnels }, { questionsFor }] = await Promise.all([import('../../connection/tunnels.ts'), import('../reach.ts')]);
  const verdict = new Verdict();
  const places = pLimit(flags.forks);
  const questions = questionsFor(context);
  const { signal } = context;
  const open = async ({ name, spec }: Target): Promise<HostTunnels | undefined> => {
    const onEvent = (event: HostTunnelsEvent): void => {
      if (event.kind === 'line-given-up' || (event.kind === 'tunnel' && event.event.kind === 'ended')) verdict.add('unreachable');
      report.event(name, event);
    };
    try {
      signal.throwIfAborted();
      const { reconnect, replaceSocket } = flags;
      const opened = await HostTunnels.open(spec, forwards, { questions, reconnect, replaceSocket, onEvent, signal });
      report.opened(name, opened.tunnels);
      return opened;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof SshoalError)) throw error;
      // What cannot listen has been reached.
      verdict.add(/^(?:LISTEN_|FORWARD)/.test(error.code) ? 'failed' : 'unreachable');
      report.failed(name, error);
      return undefined;
    }
  };
  const opening = await Promise.allSettled(targets.map(async (target) => await places(open, target)));
  const all = opening.flatMap((one) => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : []));
  try {
    for (const one of opening) if (one.status === 'rejected') throw one.reason;
    await untilOver(all, flags.for, signal);
  } finally {
    await Promise.all(all.map(async (one) => await one.close()));
  }
  return verdict.exitCode(signal);
}

async function untilOver(all: readonly HostTunnels[], forMs: number | undefined, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const ends = [Promise.all(all.map(async (one) => await one.closed)), aborted(AbortSignal.any([signal, over.signal]))];
  if (forMs !== undefined) ends.push(delay(forMs, undefined, { signal: over.signal }).catch(() => undefined));
  await Promise.race(ends);
  over.abort();
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** @throws SshSettingsError FORWARD_SYNTAX, all of them at once; UsageError MISSING_ARGUMENT where there is nothing to forward. */
async function forwardsOf(flags: Flags): Promise<Forward[]> {
  const { parseForward } = await import('../../connection/tunnels.ts');
  const given: readonly (readonly [ForwardLetter, readonly string[]])[] = [
    ['L', flags.localForward],
    ['R', flags.remoteForward],
    ['D', flags.dynamicForward],
  ];
  const faults = new Faults();
  const forwards = given.flatMap(([letter, words]) => words.flatMap((word) => faults.collect(() => parseForward(letter, word)) ?? []));
  faults.throwIfAny();
  if (forwards.length > 0) return forwards;
  throw new UsageError('MISSING_ARGUMENT', 'There is nothing to forward', {
    where: 'sshoal tunnel',
    fix: 'Give -L, -R or -D: sshoal tunnel db01 -L 5432:localhost:5432',
  });
}

/** @throws UsageError BAD_FLAG where several hosts would listen at the same place of this machine. */
function checkSharing(forwards: readonly Forward[], hosts: number): void {
  const shared = forwards.find(({ side, listen }) => side === 'local' && (listen.kind === 'unix' || listen.port !== 0));
  if (hosts < 2 || shared === undefined) return;
  const what = shared.listen.kind === 'unix' ? `The socket ${shared.listen.path}` : `Port ${shared.listen.port}`;
  throw new UsageError('BAD_FLAG', `${what} of this machine cannot lead to ${hosts} hosts at once`, {
    where: shared.target.kind === 'socks' ? '-D' : '-L',
    fix: 'Write port 0: every host gets a port of its own; or name one host',
  });
}
