// The addresses of the page, asked over a real socket.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { SshoalError } from '#src/base/errors';
import { JournalWriter } from '#src/journal/journal-writer';
import { PageServer } from '#src/ui/page-server';
import type { AnswerList, Fault, RunList } from '#src/ui/wire';
import { description, directoryFor, finished, written } from '../journal/sample-runs.ts';
import { enter, pageFor } from './served-page.ts';

describe('the page', () => {
  it('gives a browser every file that its modules import, and no other', async (t) => {
    const { origin, cookie } = await enter(t);
    const get = async (path: string): Promise<Response> => await fetch(origin + path, { headers: { cookie } });

    const text = await (await get('/')).text();
    const addresses = [...text.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, address]) => address ?? '');
    const answers = await Promise.all(addresses.map(get));

    assert.ok(addresses.includes('/modules/ui/page/main.js') && addresses.includes('/packages/preact.js'));
    assert.deepEqual(
      answers.map(({ status }) => status),
      addresses.map(() => 200),
    );
    assert.equal((await get('/modules/ui/guard.js')).status, 404);
    assert.equal((await get('/modules/../package.json')).status, 404);
  });

  it('answers questions about runs, and refuses those that make no sense', async (t) => {
    const { origin, cookie, directory } = await enter(t);
    await written(directory, [finished('web01', { stdout: Buffer.from('up\n') }), finished('web02', { status: 'failed' })]);
    const ask = async <T>(path: string): Promise<{ status: number; data: T & { fault?: Fault } }> => {
      const response = await fetch(origin + path, { headers: { cookie } });
      return { status: response.status, data: (await response.json()) as T & { fault?: Fault } };
    };

    const all = await ask<RunList>('/api/runs?outcome=failed&host=web*');
    const none = await ask<RunList>('/api/runs?task=nginx');
    const answers = await ask<AnswerList>('/api/runs/last/answers?host=web01');
    const faults = await Promise.all(
      ['/api/runs?outcome=blue', '/api/runs/nowhere/answers', '/api/runs/last/answers?task=x', '/api/runs?host=web[', '/api/else'].map(ask),
    );

    assert.equal(all.data.runs.length, 1);
    assert.equal(none.data.runs.length, 0);
    assert.deepEqual(answers.data.answers[0]?.parts, [{ kind: 'output', title: 'stdout', text: 'up' }]);
    assert.deepEqual(
      faults.map(({ status, data: { fault } }) => [status, fault?.code]),
      [
        [400, 'UI_BAD_REQUEST'],
        [404, 'RUN_NOT_FOUND'],
        [400, 'UI_BAD_REQUEST'],
        [422, faults[3]?.data.fault?.code],
        [404, 'UI_NOT_FOUND'],
      ],
    );
  });

  it('ends all streams when it ends, so that nothing keeps the program', async (t) => {
    const { page, origin, cookie, directory } = await enter(t);
    const writer = await JournalWriter.create({ directory, run: description(), mask: (text) => text, now: () => Date.now() });
    t.after(async () => await writer.abandon());
    const streams = await Promise.all(
      ['/api/runs/changes', '/api/runs/last/live'].map(async (path) => await fetch(origin + path, { headers: { cookie } })),
    );
    // However a line ends, it ends.
    const read = Promise.allSettled(
      streams.map(async ({ body }) => {
        for await (const _chunk of body ?? []);
      }),
    );

    await page[Symbol.asyncDispose]();

    await read;
    await assert.rejects(fetch(origin));
  });

  it('refuses an address that others could reach, and says so of one that is taken', async (t) => {
    const directory = await directoryFor(t);
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    t.after(() => other.close());
    const start = async (more: object): Promise<unknown> =>
      await PageServer.start({ directory, port: 0, bind: '127.0.0.1', onDefect: () => {}, ...more });

    await assert.rejects(start({ bind: '0.0.0.0' }), (error: SshoalError) => error.code === 'UI_NEEDS_PROXY');
    await assert.rejects(start({ port: (other.address() as AddressInfo).port }), (error: SshoalError) => error.code === 'UI_ADDRESS_TAKEN');
  });

  it('may only look, unless it was allowed to do more', async (t) => {
    const { origin, cookie } = await enter(t);

    const answer = await fetch(`${origin}/api/start`, {
      method: 'POST',
      headers: { cookie, 'x-sshoal-request': '1', 'content-type': 'application/json' },
      body: '{"verb":"run","pattern":"all","command":"id"}',
    });

    assert.equal(answer.status, 403);
    assert.equal(((await answer.json()) as { fault: Fault }).fault.code, 'UI_RUN_REFUSED');
  });

  it('says that there are no runs where nobody has run anything', async (t) => {
    const { page, origin } = await pageFor(t, { directory: '/dev/null/sshoal/runs' });
    const { headers } = await fetch(page.url, { redirect: 'manual' });

    const answer = await fetch(`${origin}/api/runs`, { headers: { cookie: headers.get('set-cookie')?.split(';')[0] ?? '' } });

    assert.deepEqual(await answer.json(), { runs: [], faults: [] });
  });
});
