// SFTP as bytes: what goes in comes out, and no bytes at all can do harm.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeAttributes, encodeAttributes, kindOf } from '#src/ssh/sftp/attributes';
import { SftpError } from '#src/ssh/sftp/errors';
import { decodeName, encodeName } from '#src/ssh/sftp/names';
import { FieldReader, frame, PacketSplitter, string, uint32, uint64 } from '#src/ssh/sftp/wire';

const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));

describe('file names', () => {
  it('turn back into the same bytes, whatever the bytes', () => {
    fc.assert(
      fc.property(bytes, (name) => {
        fc.pre(!name.includes(0));

        assert.deepEqual(encodeName(decodeName(name)), name);
      }),
    );
  });

  it('look as people write them when they are UTF-8, astral characters beside broken bytes too', () => {
    assert.equal(decodeName(Buffer.from('naïve 🐟\n')), 'naïve 🐟\n');
    assert.equal(decodeName(Buffer.concat([Buffer.from('🐟'), Buffer.of(0xe9), Buffer.from('é')])), '🐟\udce9é');
    assert.deepEqual(encodeName('🐟\udce9é'), Buffer.concat([Buffer.from('🐟'), Buffer.of(0xe9), Buffer.from('é')]));
  });

  it('cannot hold a NUL', () => {
    assert.throws(() => encodeName('a\0b'), { code: 'EINVAL' });
  });
});

describe('packets', () => {
  it('are the same however the stream is cut', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 8 }), cuts, (payloads, sizes) => {
        const stream = Buffer.concat(payloads.map((payload) => frame(7, payload)));
        const splitter = new PacketSplitter();
        const packets: Buffer[] = [];

        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          packets.push(...splitter.push(stream.subarray(at, at + size)));
          at += size;
        }

        assert.deepEqual(
          packets,
          payloads.map((payload) => Buffer.concat([Buffer.of(7), payload])),
        );
      }),
    );
  });

  it('of a length none has are refused before anything is kept for them', () => {
    for (const length of [0, 256 * 1024 + 1, 0xffffffff]) {
      assert.throws(() => new PacketSplitter().push(uint32(length)), { code: 'SFTP_PROTOCOL', message: new RegExp(`${length} bytes`) });
    }
  });

  it('that are text of a login script are shown as such', () => {
    assert.throws(() => new PacketSplitter().push(Buffer.from('Welcome to \x1b[31mweb07\r\n')), {
      code: 'SFTP_PROTOCOL',
      message: 'The server sent text where SFTP should begin: "Welcome to \\\\x1b[31mweb07\\n"',
    });
  });
});

describe('fields', () => {
  it('come back as they were written', () => {
    const field = fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.maxSafeNat(), bytes);
    fc.assert(
      fc.property(field, ([small, large, blob]) => {
        const fields = new FieldReader(Buffer.concat([uint32(small), uint64(large), string(blob)]));

        assert.deepEqual([fields.uint32(), fields.uint64(), fields.bytes(), fields.left], [small, large, blob, 0]);
      }),
    );
  });

  it('never reach beyond their packet: a length of 4 GiB is refused, not allocated', () => {
    assert.throws(() => new FieldReader(Buffer.concat([uint32(0xffffffff), Buffer.from('short')])).bytes(), { code: 'SFTP_PROTOCOL' });
  });
});

describe('attributes', () => {
  const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const owner = fc.record({ uid: number, gid: number });
  const times = fc.record({ atimeSeconds: number, mtimeSeconds: number });
  const parts = fc.tuple(
    fc.option(fc.record({ sizeBytes: fc.maxSafeNat() })),
    fc.option(owner),
    fc.option(fc.record({ mode: number })),
    fc.option(times),
  );

  it('come back as they were written, and what was left out stays out', () => {
    fc.assert(
      fc.property(parts, (some) => {
        const attributes = Object.assign({}, ...some.filter((part) => part !== null)) as object;

        const fields = new FieldReader(encodeAttributes(attributes));

        assert.deepEqual(decodeAttributes(fields), attributes);
        assert.equal(fields.left, 0);
      }),
    );
  });

  it('of any bytes at all are read or refused, and nothing else', () => {
    fc.assert(
      fc.property(bytes, (noise) => {
        try {
          decodeAttributes(new FieldReader(noise));
        } catch (error) {
          assert.ok(error instanceof SftpError && error.code === 'SFTP_PROTOCOL', String(error));
        }
      }),
    );
  });

  it('that promise 4 billion extended pairs end with their packet', () => {
    const lying = Buffer.concat([uint32(0x80000000), uint32(0xffffffff), string('name'), string('value')]);

    assert.throws(() => decodeAttributes(new FieldReader(lying)), { code: 'SFTP_PROTOCOL' });
  });

  it('tell the kind of a file by its mode', () => {
    const kinds = [0o100644, 0o040755, 0o120777, 0o010600, 0o644].map((mode) => kindOf({ mode }));

    assert.deepEqual([...kinds, kindOf({})], ['file', 'directory', 'link', 'special', 'unknown', 'unknown']);
  });
});
