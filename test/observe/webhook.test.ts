// Webhooks against real servers: those that take, fail, hang, redirect, and are not there.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { deliver, signatureOf, type WebhookOptions } from '#src/observe/webhook';

const BODY = '{"v":1,"outcome":"failed"}';
const QUICK: WebhookOptions = { body: BODY, idempotencyKey: 'run-1', userAgent: 'sshoal/1', deadlineMs: 20_000, firstWaitMs: 1 };

interface Received {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

class Receiver implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly #server = createServer((request, response) => void this.#take(request, response));
  readonly #answers: ((response: ServerResponse) => void)[];

  /** @param answers - One for each request; the last for all that follow. */
  constructor(...answers: ((response: ServerResponse) => void)[]) {
    this.#answers = answers;
  }

  async listen(): Promise<URL> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook?token=s3cret`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const answer = this.#answers[Math.min(this.received.length, this.#answers.length - 1)];
    this.received.push({ url: request.url, headers: request.headers, body });
    answer?.(response);
  }
}

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(code, headers).end('said');
  };
const hangs = (): void => {};

describe('a webhook', () => {
  it('is delivered once, signed, and with a key that tells it from others', async () => {
    await using receiver = new Receiver(status(204));
    const url = await receiver.listen();

    const error = await deliver(url, { ...QUICK, secret: 'shared', traceparent: '00-a-b-01' });

    assert.equal(error, undefined);
    assert.equal(receiver.received.length, 1);
    const [{ url: asked, headers, body } = { url: '', headers: {}, body: '' }] = receiver.received;
    assert.deepEqual([asked, body], ['/hook?token=s3cret', BODY]);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['idempotency-key'], 'run-1');
    assert.equal(headers.traceparent, '00-a-b-01');
    assert.equal(headers['sshoal-signature'], `sha256=${createHmac('sha256', 'shared').update(BODY).digest('hex')}`);
    assert.equal(signatureOf(BODY, 'shared'), headers['sshoal-signature']);
  });

  it('is tried again where the server fails or has too much to do, under the same key', async () => {
    await using receiver = new Receiver(status(503), status(429), status(200));
    const url = await receiver.listen();

    const error = await deliver(url, QUICK);

    assert.equal(error, undefined);
    assert.deepEqual(
      receiver.received.map(({ headers }) => headers['idempotency-key']),
      ['run-1', 'run-1', 'run-1'],
    );
  });

  it('is tried again where the server hangs, or hangs up', async () => {
    await using receiver = new Receiver(hangs, (response) => response.destroy(), status(200));
    const url = await receiver.listen();

    const error = await deliver(url, { ...QUICK, attemptMs: 300 });

    assert.equal(error, undefined);
    assert.equal(receiver.received.length, 3);
  });

  it('waits as long as it is asked to, unless that is too long', async () => {
    await using receiver = new Receiver(status(503, { 'Retry-After': '3600' }));
    const url = await receiver.listen();

    const error = await deliver(url, QUICK);

    assert.equal(receiver.received.length, 1);
    assert.match(error?.message ?? '', /503, after the only attempt/);
  });

  it('is not tried again where it would end the same way', async () => {
    await using receiver = new Receiver(status(404));
    const url = await receiver.listen();

    const error = await deliver(url, QUICK);

    assert.equal(receiver.received.length, 1);
    assert.equal(error?.code, 'WEBHOOK_FAILED');
    assert.match(error.message, /404/);
  });

  it('follows no redirect', async () => {
    await using elsewhere = new Receiver(status(200));
    const target = await elsewhere.listen();
    await using receiver = new Receiver(status(307, { Location: target.href }));
    const url = await receiver.listen();

    const error = await deliver(url, QUICK);

    assert.equal(elsewhere.received.length, 0);
    assert.match(error?.fix ?? '', /Redirects are not followed/);
  });

  it('is given up at its deadline, and names nothing of the address but where it is', async () => {
    await using receiver = new Receiver(hangs);
    const url = await receiver.listen();

    const error = await deliver(url, { ...QUICK, attemptMs: 100, deadlineMs: 250 });

    assert.match(error?.message ?? '', /no answer came in time/);
    assert.equal(error?.where, url.origin);
    assert.doesNotMatch(`${error.message} ${error.fix}`, /s3cret/);
  });

  it('to nobody is given up too', async () => {
    const receiver = new Receiver(status(200));
    const url = await receiver.listen();
    await receiver[Symbol.asyncDispose]();

    const error = await deliver(url, { ...QUICK, deadlineMs: 50 });

    assert.match(error?.message ?? '', /ECONNREFUSED/);
  });
});
