// The flags about who watches a run besides people, and when it is done again. It does not know what becomes of their values.
import { Option } from 'commander';
import { parseDuration } from '../base/units.ts';
import type { MetricsAddress } from '../observe/metrics-server.ts';
import { LOG_LEVELS, type LogLevel } from '../observe/seam.ts';
import { UsageError } from './errors.ts';
import { choice, flag, parsed, repeated } from './flag-forms.ts';

/** Who watches. */
interface ObserveFlagValues {
  readonly metrics?: MetricsAddress;
  readonly metricsFile?: string;
  readonly metricsPerHost: boolean;
  readonly log?: string;
  readonly logLevel: LogLevel;
  readonly onFailure?: string;
  readonly onSuccess?: string;
  readonly onChange?: string;
  readonly webhook: readonly string[];
  readonly webhookSecretFile?: string;
  /** Milliseconds. */
  readonly hookTimeout: number;
}

/** When, and whether beside others. */
interface ScheduleFlagValues {
  /** Milliseconds. */
  readonly every?: number;
  /** Milliseconds. */
  readonly splay?: number;
  /** A name, or a path with a slash. */
  readonly lock?: string;
  readonly drift: boolean;
}
export type ObservingFlags = ObserveFlagValues & ScheduleFlagValues;

/** Every verb that does something on hosts, and is then over. */
export const OBSERVE_FLAGS = [
  'metrics',
  'metricsFile',
  'metricsPerHost',
  'log',
  'logLevel',
  'onFailure',
  'onSuccess',
  'onChange',
  'webhook',
  'webhookSecretFile',
  'hookTimeout',
] as const satisfies readonly (keyof ObserveFlagValues)[];

/** What only plays know. */
export const SCHEDULE_FLAGS = ['every', 'splay', 'lock', 'drift'] as const satisfies readonly (keyof ScheduleFlagValues)[];

const DEFAULT_HOOK_MS = 60_000;

export const OBSERVING_OPTIONS: Readonly<Record<keyof ObservingFlags, () => Option>> = {
  metrics: () =>
    parsed(
      '--metrics <port>',
      'serve metrics for Prometheus while it runs, on 127.0.0.1, or where HOST:PORT says; 0 takes any port',
      address,
    ),
  metricsFile: () => new Option('--metrics-file <file>', "write them there at the end, for node_exporter's textfile collector: name.prom"),
  metricsPerHost: () => flag('--metrics-per-host', 'count the runs of each host by its name too: a series for every host'),
  log: () => new Option('--log <file>', 'append a line of JSON for each thing that happens'),
  logLevel: () => choice('--log-level <level>', 'how much of it', LOG_LEVELS).default('info'),
  onFailure: () => new Option('--on-failure <command>', 'run this here with sh when it did not end well; the summary is its stdin'),
  onSuccess: () => new Option('--on-success <command>', 'the same when it ended well'),
  onChange: () => new Option('--on-change <command>', 'the same when a host was changed, or would be'),
  webhook: () => repeated('--webhook <url>', 'POST the summary there when it is over, again where a network or a server fails'),
  webhookSecretFile: () => new Option('--webhook-secret-file <file>', 'sign it with what is in this file: Sshoal-Signature: sha256=<HMAC>'),
  hookTimeout: () =>
    parsed('--hook-timeout <duration>', 'give each of these commands and webhooks this long; 1m when not given', (text) =>
      parseDuration(text, '--hook-timeout'),
    ).default(DEFAULT_HOOK_MS, '1m'),
  every: () => parsed('--every <duration>', 'play it again and again, begun so far apart, until SIGTERM: 15m, 1h', period),
  splay: () =>
    parsed('--splay <duration>', 'with --every: begin later by up to this much, by chance each time', (text) =>
      parseDuration(text, '--splay'),
    ),
  lock: () =>
    new Option('--lock <name>', 'refuse to play while another process plays under this name, or under this path where it has a /'),
  drift: () => flag('--drift', 'change nothing, show only how hosts differ from the playbook; exit with 3 where one does'),
};

/** @throws UsageError `BAD_FLAG` on what is no address. */
function address(text: string): MetricsAddress {
  const match = /^(?:(?:\[([^\]]+)\]|([^:\s]+)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3] ?? Number.NaN);
  if (match !== null && port <= 65_535) return { host: match[1] ?? match[2] ?? '127.0.0.1', port };
  throw new UsageError('BAD_FLAG', `--metrics cannot be \`${text}\``, {
    where: '--metrics',
    fix: 'Give a port, or HOST:PORT: 9101, 0.0.0.0:9101, [::1]:9101',
  });
}

function period(text: string): number {
  const ms = parseDuration(text, '--every');
  if (ms > 0) return ms;
  throw new UsageError('BAD_FLAG', `--every cannot be \`${text}\``, { where: '--every', fix: 'Give a time: 15m, 1h' });
}
