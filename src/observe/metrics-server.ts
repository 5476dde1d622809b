// Metrics over HTTP, for a Prometheus that comes by. It does not know what is counted.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MetricsNotServedError } from './errors.ts';

/** Who asks has this long to say so; nobody can hold many lines open with half a question. */
const LONGEST_QUESTION_MS = 10_000;

export interface MetricsAddress {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** What is served. */
export interface MetricsText {
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

const REASONS: Readonly<Record<string, readonly [reason: string, fix: string]>> = {
  EADDRINUSE: ['somebody else listens there', 'Give another port: --metrics 9101'],
  EACCES: ['this user may not listen there', 'Give a port from 1024 on: --metrics 9101'],
  EADDRNOTAVAIL: ['this machine has no such address', 'Give one that it has, or 0.0.0.0 for all: --metrics 0.0.0.0:9101'],
  ENOTFOUND: ['nobody knows that name', 'Give an address: --metrics 127.0.0.1:9101'],
};

/** Answers `GET /metrics`, and nothing else, until it is disposed of. */
export class MetricsServer implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @throws MetricsNotServedError `METRICS_NOT_SERVED` where it cannot listen. */
  static async listen({ host, port }: MetricsAddress, metrics: MetricsText): Promise<MetricsServer> {
    const server = createServer({ requestTimeout: LONGEST_QUESTION_MS, headersTimeout: LONGEST_QUESTION_MS }, (request, response) => {
      answer(request, response, metrics).catch((error: unknown) => response.destroy(error as Error));
    });
    try {
      server.listen({ host, port });
      await once(server, 'listening');
    } catch (cause) {
      const [reason = (cause as Error).message, fix = 'Give another address'] = REASONS[(cause as NodeJS.ErrnoException).code ?? ''] ?? [];
      throw new MetricsNotServedError(`Metrics cannot be served: ${reason}`, { where: placeOf(host, port), fix, cause });
    }
    return new MetricsServer(server);
  }

  /** `http://127.0.0.1:9101/metrics`. */
  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${placeOf(address, port)}/metrics`;
  }

  /** Whoever is being answered is cut off: the figures are of no use to a run that is over. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

async function answer({ method, url = '' }: IncomingMessage, response: ServerResponse, metrics: MetricsText): Promise<void> {
  const plain = { 'Content-Type': 'text/plain; charset=utf-8' };
  if (url.split('?')[0] !== '/metrics') response.writeHead(404, plain).end('The figures are at /metrics\n');
  else if (method !== 'GET' && method !== 'HEAD') response.writeHead(405, { ...plain, Allow: 'GET, HEAD' }).end();
  else {
    const text = await metrics.text();
    response.writeHead(200, { 'Content-Type': metrics.contentType }).end(method === 'HEAD' ? undefined : text);
  }
}

function placeOf(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
