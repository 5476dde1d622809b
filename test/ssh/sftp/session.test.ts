// An SFTP session whose server lies, stalls or leaves: each ends with a clear error, and nobody waits for ever.
import assert from 'node:assert/strict';
import { type Duplex, duplexPair } from 'node:stream';
import { describe, it } from 'node:test';
import { SFTPClient } from '#src/ssh/sftp/client';
import type { SessionOptions } from '#src/ssh/sftp/session';
import { FieldReader, frame, PACKET, PacketSplitter, string, uint32, uint64 } from '#src/ssh/sftp/wire';

interface Request {
  readonly type: number;
  readonly id: number;
  readonly fields: FieldReader;
}
/** What to send for a request; nothing where nothing is to be answered. */
type Script = (request: Request) => Buffer | undefined;

const hello = frame(PACKET.VERSION, uint32(3));
const handle = ({ id }: Request): Buffer => frame(PACKET.HANDLE, uint32(id), string('handle'));

/** A server that greets, and then answers as the script says. */
function scripted(script: Script, greeting = hello): { readonly near: Duplex; readonly far: Duplex } {
  const [near, far] = duplexPair();
  const splitter = new PacketSplitter();
  far.on('data', (chunk: Buffer) => {
    for (const packet of splitter.push(chunk)) {
      const fields = new FieldReader(packet);
      const type = fields.uint8();
      const answer = type === PACKET.INIT ? greeting : script({ type, id: fields.uint32(), fields });
      if (answer !== undefined) far.write(answer);
    }
  });
  far.on('end', () => far.end());
  return { near, far };
}

async function connected(script: Script, options?: SessionOptions): Promise<SFTPClient> {
  return await SFTPClient.open(scripted(script).near, options);
}

describe('an SFTP session', () => {
  it('gives each answer to the one who asked, in whatever order answers come', async () => {
    const waiting: Buffer[] = [];
    const client = await connected(({ id, fields }) => {
      waiting.unshift(frame(PACKET.NAME, uint32(id), uint32(1), string(fields.bytes()), string(''), uint32(0)));
      return waiting.length === 20 ? Buffer.concat(waiting) : undefined;
    });
    const paths = Array.from({ length: 20 }, (_, n) => `/path/${n}`);

    const answers = await Promise.all(paths.map((path) => client.realpath(path)));
    await client.close();

    assert.deepEqual(answers, paths);
  });

  it('is refused by a server of another version, or that greets with something else', async () => {
    const old = scripted(() => undefined, frame(PACKET.VERSION, uint32(2)));
    const other = scripted(() => undefined, frame(PACKET.STATUS, uint32(0), uint32(4)));
    const text = scripted(() => undefined, Buffer.from('Last login: today\n'));

    await assert.rejects(SFTPClient.open(old.near), { code: 'SFTP_PROTOCOL', message: /version 2 instead of 3/ });
    await assert.rejects(SFTPClient.open(other.near), { code: 'SFTP_PROTOCOL', message: /nobody asked for/ });
    await assert.rejects(SFTPClient.open(text.near), { code: 'SFTP_PROTOCOL', message: /Last login: today/ });
  });

  it('ends with an error for every lie about lengths, counts, types and ids', async () => {
    const lies: readonly [string, Script][] = [
      ['a packet of 4 GiB', () => uint32(0xffffffff)],
      ['a packet of nothing', () => uint32(0)],
      ['a packet too short for an id', () => frame(PACKET.ATTRS, Buffer.of(1))],
      ['an answer to nobody', () => frame(PACKET.ATTRS, uint32(77_777), uint32(0))],
      ['an unknown type', ({ id }) => frame(99, uint32(id))],
      ['an answer of the wrong type', ({ id }) => frame(PACKET.DATA, uint32(id), string('x'))],
      ['OK where attributes belong', ({ id }) => frame(PACKET.STATUS, uint32(id), uint32(0))],
      ['attributes cut off', ({ id }) => frame(PACKET.ATTRS, uint32(id), uint32(0xf))],
      ['4 billion names', ({ id }) => frame(PACKET.NAME, uint32(id), uint32(0xffffffff))],
    ];
    for (const [lie, script] of lies) {
      const client = await connected(script);

      await assert.rejects(lie === '4 billion names' ? client.realpath('/') : client.stat('/'), { code: 'SFTP_PROTOCOL' }, lie);

      await client.close();
    }
  });

  it('takes no more data than it asked for, and no list without an end', async () => {
    const client = await connected((request) => {
      if (request.type === PACKET.READ) return frame(PACKET.DATA, uint32(request.id), string(Buffer.alloc(100)));
      if (request.type === PACKET.READDIR) return frame(PACKET.NAME, uint32(request.id), uint32(0));
      return request.type === PACKET.CLOSE ? frame(PACKET.STATUS, uint32(request.id), uint32(0)) : handle(request);
    });
    const file = await client.open('/file');

    await assert.rejects(file.read(0, 10), { code: 'SFTP_PROTOCOL', message: /100 bytes where 10/ });
    await assert.rejects(client.readdir('/'), { code: 'SFTP_PROTOCOL', message: /without saying/ });

    await client.close();
  });

  it('asks for no more of a directory than somebody wants to have', async () => {
    let asked = 0;
    const client = await connected((request) => {
      if (request.type !== PACKET.READDIR) {
        return request.type === PACKET.CLOSE ? frame(PACKET.STATUS, uint32(request.id), uint32(0)) : handle(request);
      }
      asked++;
      const names = Array.from({ length: 100 }, (_, n) => Buffer.concat([string(`${asked}-${n}`), string(''), uint32(0)]));
      return frame(PACKET.NAME, uint32(request.id), uint32(100), ...names);
    });

    let seen = 0;
    for await (const _entry of client.scandir('/endless')) if (++seen === 100_000) break;
    await client.close();

    assert.ok(asked <= 1_000 + 8, `${asked} answers were asked for`);
  });

  it('keeps to modest requests where the server tells absurd limits', async () => {
    const greeting = frame(PACKET.VERSION, uint32(3), string('limits@openssh.com'), string('1'));
    const { near } = scripted((request) => {
      if (request.type !== PACKET.EXTENDED) return handle(request);
      const limits = [uint64(1), uint64(Number.MAX_SAFE_INTEGER), uint64(1), uint64(0)];
      return frame(PACKET.EXTENDED_REPLY, uint32(request.id), ...limits);
    }, greeting);

    const client = await SFTPClient.open(near);
    const file = await client.open('/file');
    await client.close();

    assert.deepEqual([file.readBytes, file.writeBytes], [255 * 1024, 4096]);
  });

  it('says which operation the server does not have', async () => {
    const client = await connected(({ id }) => frame(PACKET.STATUS, uint32(id), uint32(8), string('no'), string('')));

    await assert.rejects(client.statvfs('/'), { code: 'SFTP_UNSUPPORTED', message: /statvfs@openssh.com/ });
    await assert.rejects(client.symlink('a', 'b'), { code: 'SFTP_UNSUPPORTED', message: /Cannot link b/ });

    await client.close();
  });

  it('shows what a server says without its control characters', async () => {
    const client = await connected(({ id }) => frame(PACKET.STATUS, uint32(id), uint32(99), string('\x1b[2Jgone'), string('')));

    await assert.rejects(client.stat('/'), { code: 'EIO', message: 'Cannot look at / on the host: \\x1b[2Jgone' });

    await client.close();
  });

  it('rejects all that is under way when the other side ends', async () => {
    const { near, far } = scripted(() => undefined);
    const client = await SFTPClient.open(near);
    const underWay = Promise.allSettled([client.stat('/a'), client.readdir('/b'), client.open('/c')]);

    far.end();
    const settled = await underWay;

    assert.deepEqual(
      settled.map((result) => result.status === 'rejected' && result.reason.code),
      ['SFTP_LOST', 'SFTP_LOST', 'SFTP_LOST'],
    );
    await client.close();
  });

  it('does not wait for ever for a server that says nothing', async () => {
    const client = await connected(() => undefined, { stallTimeoutMs: 20 });

    await assert.rejects(client.stat('/'), { code: 'SFTP_LOST', message: /answered nothing for 20 ms/ });
    await assert.rejects(client.stat('/'), { code: 'SFTP_LOST' });
  });

  it('stops greeting when it is aborted', async () => {
    const [near] = duplexPair();
    const abort = new AbortController();
    const opening = SFTPClient.open(near, { signal: abort.signal });
    const reason = new Error('enough');

    abort.abort(reason);

    await assert.rejects(opening, reason);
    await assert.rejects(SFTPClient.open(duplexPair()[0], { signal: abort.signal }), reason);
  });
});
