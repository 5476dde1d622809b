// The addresses of the page: which request gets which answer. It does not know on which port, nor what is on the page.
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import { SshoalError } from '../base/errors.ts';
import { HOST_STATUSES } from '../journal/host-status.ts';
import { readJournal } from '../journal/read-journal.ts';
import type { RunDirectory } from '../journal/run-directory.ts';
import type { RunFilter } from '../journal/run-filter.ts';
import { answersOf } from './answers.ts';
import { contentPolicy, ICON, pageDocument } from './documents.ts';
import { RequestError } from './errors.ts';
import { type GuardSettings, guard } from './guard.ts';
import { liveRun } from './live-run.ts';
import type { PageFiles } from './page-files.ts';
import { drift, historyOf, listRuns } from './run-list.ts';
import { runListChanges } from './run-list-changes.ts';
import { faultOf } from './run-row.ts';
import { type RunStarter, startRequestOf } from './start-run.ts';
import { styleSheet } from './style.ts';
import type { Started, StartOptions } from './wire.ts';

const VERBS = ['run', 'put', 'get', 'ping', 'play'] as const;
const OUTCOMES = [...HOST_STATUSES, 'running', 'interrupted'] as const;
const MOST_BODY_BYTES = 64 * 1024;

export interface AppSettings {
  readonly runs: RunDirectory;
  readonly files: PageFiles;
  readonly guard: GuardSettings;
  /** Undefined where the page may only look. */
  readonly starter: RunStarter | undefined;
  /** Aborted when the page ends: streams end then. */
  readonly signal: AbortSignal;
  /** What still reads journals for a stream; each leaves when it has ended. */
  readonly streams: Set<Promise<void>>;
  /** Told of what must not happen. */
  readonly onDefect: (error: unknown) => void;
}

export function appOf({ runs, files, guard: guardSettings, starter, signal, streams, onDefect }: AppSettings): Hono {
  const app = new Hono();
  const policy = contentPolicy(files);
  app.use(async (c, next) => {
    await next();
    const headers = {
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    };
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  });
  app.use(guard(guardSettings));
  app.onError((error, c) => {
    if (error instanceof SshoalError) return c.json({ fault: faultOf(error) }, statusOf(error));
    onDefect(error);
    return c.json({ fault: { code: 'DEFECT', message: 'sshoal has a defect', fix: 'What sshoal ui has printed says more' } }, 500);
  });
  app.notFound((c) => c.json({ fault: faultOf(notThere(c.req.path)) }, 404));

  app.get('/', (c) => c.html(pageDocument(files)));
  app.get('/style.css', (c) => c.body(styleSheet(files.chartStyle), 200, { 'content-type': 'text/css; charset=utf-8' }));
  app.get('/icon.svg', (c) => c.body(ICON, 200, { 'content-type': 'image/svg+xml' }));
  for (const [address, text] of files.modules) {
    app.get(address, (c) => c.body(text, 200, { 'content-type': 'text/javascript; charset=utf-8' }));
  }

  app.get('/api/runs', async (c) => c.json(await listRuns(runs, filterOf(c))));
  app.get('/api/runs/changes', (c) => stream(c, (until) => runListChanges(runs, until)));
  app.get('/api/runs/:id/live', (c) => stream(c, (until) => liveRun(runs, c.req.param('id'), until)));
  app.get('/api/runs/:id/answers', async (c) => {
    const task = c.req.query('task');
    const journal = await readJournal(runs.fileOf(await runs.find(c.req.param('id'))));
    return c.json(await answersOf(journal, { task: task === undefined ? undefined : numberOf(task, 'task'), host: c.req.query('host') }));
  });
  app.get('/api/hosts/:host', async (c) => {
    const { host: _host, ...filter } = filterOf(c);
    return c.json(await historyOf(runs, c.req.param('host'), filter));
  });
  app.get('/api/drift', async (c) => {
    const { host: _host, ...filter } = filterOf(c);
    return c.json(await drift(runs, filter, c.req.query('host')));
  });
  app.get('/api/start', async (c) => {
    const playbooks = await starter?.playbooks();
    return c.json({
      isAllowed: starter !== undefined,
      directory: starter?.directory ?? '',
      playbooks: playbooks ?? [],
    } satisfies StartOptions);
  });
  app.post('/api/start', bodyLimit({ maxSize: MOST_BODY_BYTES }), async (c) => {
    if (starter === undefined) throw notAllowed();
    const request = startRequestOf(await jsonOf(c));
    const until = AbortSignal.any([signal, c.req.raw.signal]);
    return c.json({ id: await starter.begin(request, until) } satisfies Started, 201);
  });
  return app;

  function stream<T extends { readonly kind: string }>(c: Context, messages: (until: AbortSignal) => AsyncIterable<T>): Response {
    const tell = async (out: SSEStreamingApi): Promise<void> => {
      const left = new AbortController();
      out.onAbort(() => left.abort());
      const until = AbortSignal.any([signal, left.signal]);
      for await (const message of messages(until)) {
        if (until.aborted) return;
        await out.writeSSE({ event: message.kind, data: JSON.stringify(message) });
      }
    };
    return streamSSE(
      c,
      async (out) => {
        const work = tell(out);
        streams.add(work);
        try {
          await work;
        } finally {
          streams.delete(work);
        }
      },
      async (error) => await Promise.resolve(onDefect(error)),
    );
  }
}

/** @throws RequestError on a filter that is none. */
function filterOf({ req }: Context): RunFilter {
  const text = (name: string): string | undefined => req.query(name) || undefined;
  const since = text('since');
  return {
    verb: oneOf(VERBS, text('verb'), 'verb'),
    outcome: oneOf(OUTCOMES, text('outcome'), 'outcome'),
    host: text('host'),
    task: text('task'),
    olderThan: text('before'),
    sinceMs: since === undefined ? undefined : numberOf(since, 'since'),
  };
}

function oneOf<T extends string>(choices: readonly T[], given: string | undefined, name: string): T | undefined {
  if (given === undefined) return undefined;
  const found = choices.find((choice) => choice === given);
  if (found !== undefined) return found;
  throw new RequestError('UI_BAD_REQUEST', `\`${given}\` is no ${name}`, { fix: `Choose one of ${choices.join(', ')}` });
}

function numberOf(text: string, name: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new RequestError('UI_BAD_REQUEST', `\`${text}\` is no number`, { where: name, fix: 'Follow the links of the page' });
}

async function jsonOf({ req }: Context): Promise<unknown> {
  try {
    return await req.json();
  } catch (error) {
    throw new RequestError('UI_BAD_REQUEST', 'What was sent is no JSON', { fix: 'Reload the page', cause: error });
  }
}

function notThere(where: string): RequestError {
  return new RequestError('UI_NOT_FOUND', 'There is nothing at this address', { where, fix: 'Begin at the list of runs' });
}

function notAllowed(): RequestError {
  return new RequestError('UI_RUN_REFUSED', 'This page may only look', {
    fix: 'Start it with --allow-run and the directory of your playbooks',
  });
}

function statusOf({ code }: SshoalError): 400 | 403 | 404 | 422 {
  if (code === 'RUN_NOT_FOUND' || code === 'UI_NOT_FOUND') return 404;
  if (code === 'UI_RUN_REFUSED') return 403;
  return code === 'UI_BAD_REQUEST' ? 400 : 422;
}
