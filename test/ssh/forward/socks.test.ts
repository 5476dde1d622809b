// The server's half of SOCKS, against whatever a client may send.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Duplex, duplexPair } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SshForwardError } from '#src/ssh/errors';
import { readSocksRequest } from '#src/ssh/forward/socks';

/** Sends a request in pieces, and ends it. @returns What was read of it, and what was answered. */
async function converse(
  request: Uint8Array,
  pieceBytes = request.length,
  ends = true,
): Promise<{ target?: string; error?: unknown; answer: Buffer }> {
  const [near, far] = duplexPair();
  near.on('error', () => {});
  for (let at = 0; at < request.length; at += Math.max(pieceBytes, 1)) far.write(request.subarray(at, at + Math.max(pieceBytes, 1)));
  if (ends) far.end();
  const read = await readSocksRequest(near).then(
    ({ target }) => ({ target: `${target.host} ${target.port}` }),
    (error: unknown) => ({ error }),
  );
  const answer = await answered(near, far);
  near.destroy();
  far.destroy();
  return { ...read, answer };
}

async function answered(near: Duplex, far: Duplex): Promise<Buffer> {
  if (!near.writableEnded) near.end();
  const chunks: Buffer[] = [];
  far.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(far, 'end');
  return Buffer.concat(chunks);
}

const name = [...Buffer.from('db.internal')];

describe('SOCKS', () => {
  const requests: readonly [string, readonly number[], string][] = [
    ['4', [4, 1, 0, 80, 10, 0, 0, 7, 0], '10.0.0.7 80'],
    ['4 with a user id', [4, 1, 1, 0, 10, 0, 0, 7, 65, 66, 0], '10.0.0.7 256'],
    ['4a', [4, 1, 0, 80, 0, 0, 0, 1, 0, ...name, 0], 'db.internal 80'],
    ['5 with an IPv4 address', [5, 1, 0, 5, 1, 0, 1, 10, 0, 0, 7, 0, 80], '10.0.0.7 80'],
    ['5 with a name', [5, 3, 2, 1, 0, 5, 1, 0, 3, name.length, ...name, 0, 80], 'db.internal 80'],
    ['5 with an IPv6 address', [5, 1, 0, 5, 1, 0, 4, 0xfe, 0x80, ...Buffer.alloc(13), 1, 0, 80], 'fe80:0:0:0:0:0:0:1 80'],
  ];
  for (const [words, request, target] of requests) {
    it(`${words} is read, whole or byte by byte`, async () => {
      const whole = await converse(Uint8Array.from(request));
      const pieces = await converse(Uint8Array.from(request), 1);

      assert.equal(whole.target, target);
      assert.equal(pieces.target, target);
    });
  }

  const refusals: readonly [string, readonly number[], readonly number[]][] = [
    ['4 BIND', [4, 2, 0, 80, 10, 0, 0, 7, 0], [0, 91]],
    ['4a without a name', [4, 1, 0, 80, 0, 0, 0, 1, 0, 0], [0, 91]],
    ['4 with an endless user id', [4, 1, 0, 80, 10, 0, 0, 7, ...Buffer.alloc(300, 65)], [0, 91]],
    ['5 with a login only', [5, 1, 2], [5, 0xff]],
    ['5 UDP ASSOCIATE', [5, 1, 0, 5, 3, 0, 1, 10, 0, 0, 7, 0, 80], [5, 0, 5, 7]],
    ['5 with an unknown kind of address', [5, 1, 0, 5, 1, 0, 9, 0], [5, 0, 5, 8]],
    ['5 with a NUL in the name', [5, 1, 0, 5, 1, 0, 3, 3, 65, 0, 66, 0, 80], [5, 0, 5, 1]],
    ['5 with port 0', [5, 1, 0, 5, 1, 0, 1, 10, 0, 0, 7, 0, 0], [5, 0, 5, 1]],
    ['HTTP', [...Buffer.from('GET / HTTP/1.1\r\n\r\n')], []],
  ];
  for (const [words, request, start] of refusals) {
    it(`${words} is refused in the words of the protocol`, async () => {
      const { error, answer } = await converse(Uint8Array.from(request));

      assert.ok(error instanceof SshForwardError && error.code === 'SOCKS_REFUSED');
      assert.deepEqual([...answer.subarray(0, start.length)], start);
      assert.equal(answer.length === 0, start.length === 0);
    });
  }

  it('leaves what follows the request to whoever carries it', async () => {
    const [near, far] = duplexPair();
    far.end(Buffer.from([4, 1, 0, 80, 10, 0, 0, 7, 0, ...Buffer.from('hello')]));

    await readSocksRequest(near);
    const rest = await near.toArray();

    assert.equal(Buffer.concat(rest as Buffer[]).toString(), 'hello');
    far.destroy();
  });

  it('ends the wait when the stream is cut', async () => {
    const [near, far] = duplexPair();
    const reading = readSocksRequest(near);

    near.destroy();

    await assert.rejects(reading, { code: 'SOCKS_REFUSED' });
    far.destroy();
  });

  it('neither hangs nor breaks, whatever comes', async () => {
    const start = fc.constantFrom([], [4], [4, 1], [4, 1, 0, 80, 0, 0, 0, 1], [5], [5, 1, 0], [5, 1, 0, 5, 1, 0], [5, 1, 0, 5, 1, 0, 3]);
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 8 }), async (first, more, pieceBytes) => {
        const { target, error } = await converse(Uint8Array.from([...first, ...more]), pieceBytes);

        assert.ok(target !== undefined || (error instanceof SshForwardError && error.code === 'SOCKS_REFUSED'), String(error));
      }),
    );
  });
});
