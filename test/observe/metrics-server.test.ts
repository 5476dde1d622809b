// Metrics over HTTP, asked by a real client.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, it } from 'node:test';
import { MetricsNotServedError } from '#src/observe/errors';
import { MetricsServer } from '#src/observe/metrics-server';

const FIGURES = { contentType: 'text/plain; version=0.0.4', text: async () => await Promise.resolve('sshoal_runs_total 1\n') };

interface Reply {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

async function ask(url: string, method = 'GET'): Promise<Reply> {
  return await new Promise((resolve, reject) => {
    const sent = request(url, { method, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'], body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('a metrics server', () => {
  it('answers at /metrics, and nowhere else', async () => {
    await using server = await MetricsServer.listen({ host: '127.0.0.1', port: 0 }, FIGURES);

    const found = await ask(server.url);
    const head = await ask(server.url, 'HEAD');
    const posted = await ask(server.url, 'POST');
    const other = await ask(server.url.replace('/metrics', '/'));

    assert.deepEqual(found, { status: 200, type: FIGURES.contentType, body: 'sshoal_runs_total 1\n' });
    assert.deepEqual([head.status, head.body], [200, '']);
    assert.equal(posted.status, 405);
    assert.equal(other.status, 404);
  });

  it('says who is in the way when the port is taken', async () => {
    await using server = await MetricsServer.listen({ host: '127.0.0.1', port: 0 }, FIGURES);
    const port = Number(new URL(server.url).port);

    const second = MetricsServer.listen({ host: '127.0.0.1', port }, FIGURES);

    await assert.rejects(second, (error: unknown) => {
      assert.ok(error instanceof MetricsNotServedError);
      assert.equal(error.code, 'METRICS_NOT_SERVED');
      assert.equal(error.where, `127.0.0.1:${port}`);
      assert.match(error.message, /somebody else/);
      assert.match(error.fix ?? '', /--metrics/);
      return true;
    });
  });

  it('refuses an address that this machine has not', async () => {
    await assert.rejects(MetricsServer.listen({ host: '203.0.113.1', port: 0 }, FIGURES), { code: 'METRICS_NOT_SERVED' });
  });

  it('is gone when it is disposed of, though somebody keeps a line open', async () => {
    const server = await MetricsServer.listen({ host: '127.0.0.1', port: 0 }, FIGURES);
    const { url } = server;
    const open = request(url, { method: 'POST' });
    const cut = new Promise((resolve) => open.on('error', resolve));
    open.on('response', () => {});
    open.write('x');
    await new Promise((resolve) => open.on('socket', (socket) => socket.on('connect', resolve)));

    await server[Symbol.asyncDispose]();

    await assert.rejects(ask(url), { code: 'ECONNREFUSED' });
    open.destroy(new Error('over'));
    await cut;
  });
});
