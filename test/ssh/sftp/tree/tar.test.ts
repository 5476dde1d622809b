// Archives as bytes: what is written is read again, however the bytes are cut.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeHeader, decodePax, END_OF_ARCHIVE, encodeEntry, padding, TAR } from '#src/ssh/sftp/tree/tar-format';
import { type TarEntry, TarReader } from '#src/ssh/sftp/tree/tar-reader';

interface Found extends TarEntry {
  readonly content?: string;
}

async function readAll(chunks: readonly Buffer[]): Promise<Found[]> {
  const reader = new TarReader(
    (async function* () {
      yield* await Promise.resolve(chunks);
    })(),
  );
  const found: Found[] = [];
  for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
    found.push(entry.kind === 'file' ? { ...entry, content: (await reader.content()).toString('latin1') } : entry);
  }
  return found;
}

const name = fc
  .string({ unit: fc.constantFrom('a', 'b', '/', ' ', '\n', '☃', '\udcff'), minLength: 1, maxLength: 300 })
  .map((text) => `./${text}x`);

describe('an archive', () => {
  it('holds what was put into it, however its bytes are cut', async () => {
    const file = fc.record({
      path: name,
      content: fc.string({ unit: 'binary-ascii', maxLength: 2_000 }),
      mode: fc.nat(0o7777),
      mtimeSeconds: fc.nat(),
    });
    const link = fc.record({ path: name, target: name, mode: fc.constant(0o777), mtimeSeconds: fc.nat() });

    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(file, link), { maxLength: 6 }), fc.integer({ min: 1, max: 1_500 }), async (entries, cut) => {
        const parts = entries.flatMap((entry) => {
          const data = 'content' in entry ? Buffer.from(entry.content, 'latin1') : Buffer.alloc(0);
          const type = 'content' in entry ? TAR.FILE : TAR.LINK;
          return [encodeEntry({ target: '', ...entry, type, sizeBytes: data.length }), data, padding(data.length)];
        });
        const bytes = Buffer.concat([...parts, END_OF_ARCHIVE]);
        const chunks = Array.from({ length: Math.ceil(bytes.length / cut) }, (_, n) => bytes.subarray(n * cut, (n + 1) * cut));

        const found = await readAll(chunks);

        assert.deepEqual(
          found.map(({ path, target, mode, mtimeSeconds, content }) => ({ path, target, mode, mtimeSeconds, content })),
          entries.map((entry) => ({ target: '', content: undefined, ...entry })),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('says sizes beyond 8 GiB, and times of pax headers', () => {
    const sizeBytes = 20 * 1024 ** 3;

    const header = decodeHeader(encodeEntry({ type: TAR.FILE, path: 'big', mode: 0o644, mtimeSeconds: 5, sizeBytes }));
    const records = decodePax(Buffer.from('13 path=é\nx\n20 mtime=1234567.89\n'));

    assert.deepEqual([header?.sizeBytes, header?.mtimeSeconds], [sizeBytes, 5]);
    assert.deepEqual([records.get('path')?.toString(), records.get('mtime')?.toString()], ['é\nx', '1234567.89']);
  });

  it('is refused where a pax record does not say what it promises', () => {
    for (const broken of ['99 path=x\n', 'x path=y\n', '0 a=b\n', '6 path\n', '-5 a=b\n']) {
      assert.throws(() => decodePax(Buffer.from(broken)), { code: 'TAR_FAILED' }, broken);
    }
  });
});
