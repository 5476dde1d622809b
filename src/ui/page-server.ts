// The page on a port of this machine, for as long as somebody wants it. It does not know what is on the page.

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { RunDirectory } from '../journal/run-directory.ts';
import { appOf } from './app.ts';
import { PageError } from './errors.ts';
import { newToken } from './guard.ts';
import { loadPageFiles } from './page-files.ts';
import { RunStarter, type StartSettings } from './start-run.ts';

export interface PageSettings {
  /** Where the journals are. */
  readonly directory: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** An address of this machine. */
  readonly bind: string;
  /** The name under which a proxy with https and its own door gives the page to people, such as `runs.example.org`. */
  readonly behindProxy?: string | undefined;
  /** What may be started from the page. Default: nothing. */
  readonly allowRun?: StartSettings | undefined;
  /** Told of what must not happen. */
  readonly onDefect: (error: unknown) => void;
}

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/;

interface Parts {
  readonly server: Server;
  readonly ending: AbortController;
  readonly streams: ReadonlySet<Promise<void>>;
}

/**
 * The page, listening.
 *
 * ```ts
 * await using page = await PageServer.start({ directory, port: 0, bind: '127.0.0.1', onDefect: console.error });
 * console.log(page.url);
 * ```
 */
export class PageServer implements AsyncDisposable {
  /** Where to begin, with the token. */
  readonly url: string;
  readonly port: number;
  readonly #server: Server;
  readonly #ending: AbortController;
  readonly #streams: ReadonlySet<Promise<void>>;

  private constructor(url: string, port: number, { server, ending, streams }: Parts) {
    this.url = url;
    this.port = port;
    this.#server = server;
    this.#ending = ending;
    this.#streams = streams;
  }

  /** @throws PageError `UI_NEEDS_PROXY` where others could reach it, `UI_ADDRESS_TAKEN`, `UI_FILE_MISSING`. */
  static async start(settings: PageSettings): Promise<PageServer> {
    const { directory, bind, behindProxy, allowRun, onDefect } = settings;
    if (behindProxy === undefined && !LOOPBACK.test(bind)) throw needsProxy(bind);
    const ending = new AbortController();
    const streams = new Set<Promise<void>>();
    const files = await loadPageFiles();
    const runs = new RunDirectory(directory);
    const token = newToken();
    const starter = allowRun === undefined ? undefined : new RunStarter(allowRun, runs);
    // The guard must know the port, which is known only when the server listens; no request can come before.
    let answer: (request: Request) => Response | Promise<Response> = () => new Response(undefined, { status: 503 });
    const server = createAdaptorServer({ fetch: (request) => answer(request) }) as Server;
    const port = await listen(server, settings);
    const names = behindProxy === undefined ? [bind, '127.0.0.1', 'localhost', '::1'].map((name) => authority(name, port)) : [behindProxy];
    const guard = { token, hosts: new Set(names.map((name) => name.toLowerCase())), port, isSecure: behindProxy !== undefined };
    const app = appOf({ runs, files, guard, starter, signal: ending.signal, streams, onDefect });
    answer = (request) => app.fetch(request);
    const origin = behindProxy === undefined ? `http://${authority(bind, port)}` : `https://${behindProxy}`;
    return new PageServer(`${origin}/?token=${token}`, port, { server, ending, streams });
  }

  /** Ends all streams and the server; nothing reads a journal afterwards. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    await new Promise<void>((resolve, reject) => {
      this.#server.close((error) => (error === undefined ? resolve() : reject(error)));
      this.#server.closeAllConnections();
    });
    await Promise.allSettled(this.#streams);
  }
}

async function listen(server: Server, { bind, port }: PageSettings): Promise<number> {
  return await new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(taken(`${bind}:${port}`, error)));
    server.listen(port, bind, () => resolve((server.address() as AddressInfo).port));
  });
}

function authority(name: string, port: number): string {
  return `${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function taken(where: string, cause: NodeJS.ErrnoException): PageError {
  const reason = cause.code === 'EADDRINUSE' ? 'somebody else listens there' : cause.message;
  return new PageError('UI_ADDRESS_TAKEN', `The page cannot listen: ${reason}`, {
    where,
    fix: 'Leave out --port, and any free one is taken',
    cause,
  });
}

function needsProxy(where: string): PageError {
  return new PageError('UI_NEEDS_PROXY', 'Others could reach the page at this address, and it has neither https nor users of its own', {
    where,
    fix: 'Leave out --bind; or put a proxy in front that has both, and name it: --behind-proxy runs.example.org',
  });
}
