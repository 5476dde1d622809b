// What people and programs see of tunnels: who listens where, what goes wrong, and how much was carried. It opens none.
import { SshoalError } from '../base/errors.ts';
import { neutralise } from '../base/terminal.ts';
import { formatDuration, formatSize } from '../base/units.ts';
import { endpointText, type Forward, type HostTunnelsEvent, type Tunnel, type TunnelEvent } from '../connection/tunnels.ts';
import { errorLines } from '../report/error-text.ts';
import { errorData, JSON_VERSION, type JsonObject, maskedJson } from '../report/machine/json-data.ts';
import { type Style, styleOf } from '../report/style.ts';
import { LiveRegion } from '../report/text/live-region.ts';
import type { Context } from './context.ts';
import type { Flags } from './flags.ts';
import { noJunit } from './output-flags.ts';

/** What is known before anything is opened. */
export interface TunnelHeader {
  readonly hosts: readonly string[];
  readonly forwards: readonly Forward[];
}

export interface TunnelReport {
  readonly opened: (host: string, tunnels: readonly Tunnel[]) => void;
  readonly failed: (host: string, error: SshoalError) => void;
  readonly event: (host: string, event: HostTunnelsEvent) => void;
  /** When all is closed. */
  readonly finish: () => void;
}

/** The report that the flags ask for, on stdout. @throws UsageError `BAD_FLAG` on JUnit: nothing passes or fails here. */
export function tunnelReportOf(flags: Flags, context: Context, header: TunnelHeader): TunnelReport {
  if (flags.output === 'junit') throw noJunit('tunnel');
  return flags.output === 'text' ? new TextReport(flags, context, header) : new JsonReport(flags.output, context, header);
}

/** An open tunnel and whose it is. */
interface Row {
  readonly host: string;
  readonly tunnel: Tunnel;
}

// More than this is no longer read at a glance: then there is one line for all.
const MOST_LIVE_LINES = 8;
const REFRESH_MS = 1_000;

class TextReport implements TunnelReport {
  readonly #context: Context;
  readonly #style: Style;
  readonly #verbose: boolean;
  readonly #width: number;
  readonly #header: TunnelHeader;
  readonly #live: LiveRegion;
  readonly #rows: Row[] = [];
  readonly #refresh: NodeJS.Timeout | undefined;

  constructor(flags: Flags, context: Context, header: TunnelHeader) {
    this.#context = context;
    this.#style = styleOf(context.stdout.colour);
    this.#verbose = flags.verbose > 0;
    this.#header = header;
    this.#width = Math.max(...header.hosts.map((host) => host.length), 0);
    this.#live = new LiveRegion(context.stdout, context.now);
    if (context.stdout.isTerminal) this.#refresh = setInterval(() => this.#show(), REFRESH_MS);
  }

  opened(host: string, tunnels: readonly Tunnel[]): void {
    for (const tunnel of tunnels) {
      this.#rows.push({ host, tunnel });
      this.#say(host, `${tunnel.forward.side === 'local' ? 'here ' : 'there'}  ${road(tunnel)}`);
    }
    this.#show();
  }

  failed(host: string, error: SshoalError): void {
    this.#say(host, this.#style.status('unreachable')('no tunnel'));
    this.#live.write(this.#clean(errorLines(error, this.#style).join('\n')));
  }

  event(host: string, event: HostTunnelsEvent): void {
    const line = event.kind === 'tunnel' ? this.#tunnelLine(this.#header.forwards[event.tunnel], event.event) : lineLine(event);
    if (line !== undefined) this.#say(host, line);
    this.#show();
  }

  finish(): void {
    clearInterval(this.#refresh);
    this.#live.erase();
    for (const { host, tunnel } of this.#rows) this.#say(host, `${road(tunnel)}  ${carried([tunnel])}`);
  }

  #tunnelLine(forward: Forward | undefined, event: TunnelEvent): string | undefined {
    switch (event.kind) {
      case 'refused':
        return this.#style.error(`#${event.id} ${event.from} → ${event.to ?? targetOf(forward)}: ${neutralise(event.error.message)}`);
      case 'opened':
        return this.#verbose ? `#${event.id} ${event.from} → ${event.to}` : undefined;
      case 'closed': {
        const why = event.error === undefined ? '' : `, broken: ${neutralise(event.error.message)}`;
        return this.#verbose ? `#${event.id} ended, ${amounts(event.sentBytes, event.receivedBytes)}${why}` : undefined;
      }
      case 'ended':
        return this.#style.error(neutralise(event.error.message));
    }
  }

  #show(): void {
    if (this.#rows.length === 0) return;
    this.#live.show(() => {
      const lines =
        this.#rows.length > MOST_LIVE_LINES
          ? [`${this.#rows.length} tunnels  ${now(this.#rows.map((row) => row.tunnel))}`]
          : this.#rows.map(({ host, tunnel }) => `${host.padEnd(this.#width)}  ${endpointText(tunnel.listening)}  ${now([tunnel])}`);
      return lines.map((line) => this.#context.secrets.mask(neutralise(line)));
    });
  }

  #say(host: string, line: string): void {
    this.#live.write(this.#clean(`${host.padEnd(this.#width)}  ${line}`));
  }

  #clean(text: string): string {
    return `${this.#context.secrets.mask(text)}\n`;
  }
}

function lineLine(event: Exclude<HostTunnelsEvent, { kind: 'tunnel' }>): string {
  switch (event.kind) {
    case 'line-lost':
      return 'the connection broke; making it anew';
    case 'line-retry':
      return `not yet: ${neutralise(event.error.message)}; again in ${formatDuration(event.waitMs)}`;
    case 'line-restored':
      return 'the connection is back';
    case 'line-given-up':
      return `given up: ${neutralise(event.error.message)}`;
  }
}

class JsonReport implements TunnelReport {
  readonly #context: Context;
  readonly #asItHappens: boolean;
  readonly #rows: Row[] = [];
  readonly #failed: JsonObject[] = [];
  readonly #header: TunnelHeader;

  constructor(format: 'json' | 'jsonl', context: Context, header: TunnelHeader) {
    this.#context = context;
    this.#asItHappens = format === 'jsonl';
    this.#header = header;
    this.#tell('run-started', {
      verb: 'tunnel',
      subject: header.forwards.map((one) => `${endpointText(one.listen)} → ${targetOf(one)}`).join(', '),
      hosts: header.hosts,
    });
  }

  opened(host: string, tunnels: readonly Tunnel[]): void {
    for (const [index, tunnel] of tunnels.entries()) {
      this.#rows.push({ host, tunnel });
      this.#tell('tunnel-listening', { host, tunnel: index, ...tunnelData(tunnel) });
    }
  }

  failed(host: string, error: SshoalError): void {
    this.#failed.push({ host, error: errorData(error) });
    this.#tell('host-failed', { host, error: errorData(error) });
  }

  event(host: string, event: HostTunnelsEvent): void {
    if (event.kind === 'tunnel') {
      const { kind, ...fields } = event.event;
      this.#tell(`tunnel-${kind}`, {
        host,
        tunnel: event.tunnel,
        ...fields,
        error: 'error' in fields ? failureData(fields.error) : undefined,
      });
    } else {
      const { kind, ...fields } = event;
      this.#tell(kind, { host, ...fields, error: 'error' in fields ? failureData(fields.error) : undefined });
    }
  }

  finish(): void {
    const tunnels = this.#rows.map(({ host, tunnel }) => ({ host, ...tunnelData(tunnel), ...countData(tunnel) }));
    if (this.#asItHappens) this.#tell('run-finished', { tunnels });
    else this.#write({ v: JSON_VERSION, verb: 'tunnel', hosts: this.#header.hosts, tunnels, failed: this.#failed }, 2);
  }

  #tell(event: string, fields: JsonObject): void {
    if (this.#asItHappens) this.#write({ v: JSON_VERSION, event, at: new Date(this.#context.now()).toISOString(), ...fields });
  }

  #write(data: JsonObject, indent?: number): void {
    this.#context.stdout.write(`${maskedJson(data, (text) => this.#context.secrets.mask(text), indent)}\n`);
  }
}

function tunnelData({ forward, listening }: Tunnel): JsonObject {
  return { side: forward.side, listen: endpointText(listening), target: endpointText(forward.target) };
}

function countData({ counts }: Tunnel): JsonObject {
  return { connections: counts.total, refused: counts.refused, sentBytes: counts.sentBytes, receivedBytes: counts.receivedBytes };
}

function failureData(error: Error | undefined): JsonObject | undefined {
  if (error === undefined) return undefined;
  return error instanceof SshoalError ? errorData(error) : { code: (error as NodeJS.ErrnoException).code, message: error.message };
}

function targetOf(forward: Forward | undefined): string {
  return forward === undefined ? '' : endpointText(forward.target);
}

/** `localhost:8080 → db:5432` */
function road(tunnel: Tunnel): string {
  return `${endpointText(tunnel.listening)} → ${targetOf(tunnel.forward)}`;
}

function now(tunnels: readonly Tunnel[]): string {
  return `${sum(tunnels, 'open')} open · ${carried(tunnels)}`;
}

/** `12 connections, 1.2 MiB out, 30 MiB back, 2 refused` */
function carried(tunnels: readonly Tunnel[]): string {
  const total = sum(tunnels, 'total');
  const refused = sum(tunnels, 'refused');
  const bytes = amounts(sum(tunnels, 'sentBytes'), sum(tunnels, 'receivedBytes'));
  return `${total} connection${total === 1 ? '' : 's'}, ${bytes}${refused === 0 ? '' : `, ${refused} refused`}`;
}

function amounts(sentBytes: number, receivedBytes: number): string {
  return `${formatSize(sentBytes)} out, ${formatSize(receivedBytes)} back`;
}

function sum(tunnels: readonly Tunnel[], count: keyof Tunnel['counts']): number {
  return tunnels.reduce((all, tunnel) => all + tunnel.counts[count], 0);
}
