// What is sealed opens only with the same key, where and when it was meant to.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Float } from '#src/base/value';
import { ConnectionLostError } from '#src/connection/errors';
import { EngineError } from '#src/engine/errors';
import { readKeyFile, Sealer, writeKeyFile } from '#src/engine/seal';
import { newDirectory } from './contract.ts';

const isForged = (error: unknown): boolean => error instanceof EngineError && error.code === 'ENGINE_FORGED';

describe('what is sealed', () => {
  const sealer = new Sealer(randomBytes(32));
  const where = ['answer', 'run-1', 'web01', 3] as const;

  it('opens as it was, values and errors among it', () => {
    const error = new ConnectionLostError('It broke', { where: 'web01:22', fix: 'Look' });
    const data = { dict: new Map<unknown, unknown>([['a', new Float(7)]]), bytes: Buffer.from('abc'), error };

    const opened = sealer.open(sealer.seal(data, where), where) as typeof data;

    assert.ok(opened.dict.get('a') instanceof Float);
    assert.deepEqual(opened.dict, data.dict);
    assert.deepEqual(Buffer.from(opened.bytes), data.bytes);
    assert.ok(opened.error instanceof ConnectionLostError);
    assert.deepEqual([opened.error.code, opened.error.fix], [error.code, 'Look']);
  });

  it('does not show what it is', () => {
    assert.ok(!sealer.seal({ password: 'open sesame' }, where).includes('sesame'));
  });

  it('opens for no other run, host, number or channel, however they are cut into words', () => {
    const sealed = sealer.seal('stop', where);

    for (const other of [
      ['answer', 'run-2', 'web01', 3],
      ['answer', 'run-1', 'web02', 3],
      ['answer', 'run-1', 'web01', 4],
      ['orders', 'run-1', 'web01', 3],
      ['answer', 'run-1,web01', 3],
      ['answer', 'run-1', 'web01', '3'],
    ])
      assert.throws(() => sealer.open(sealed, other), isForged, other.join(' '));
  });

  it('opens with no other key, and not when a single bit is another', () => {
    const sealed = sealer.seal('stop', where);

    assert.throws(() => new Sealer(randomBytes(32)).open(sealed, where), isForged);
    assert.throws(() => sealer.of('run-1').open(sealed, where), isForged);
    for (let at = 0; at < sealed.length; at++) {
      const bent = Buffer.from(sealed);
      bent.writeUInt8(bent.readUInt8(at) ^ 1, at);
      assert.throws(() => sealer.open(bent, where), isForged, `byte ${at}`);
    }
    assert.throws(() => sealer.open(Buffer.alloc(5), where), isForged);
  });
});

describe('a key', () => {
  it('is 32 bytes for its owner alone, and no other takes its place', async () => {
    const directory = await newDirectory();
    const file = path.join(directory, 'key');

    await writeKeyFile(file);

    assert.equal((await readKeyFile(file)).length, 32);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const key = await readFile(file);
    await assert.rejects(writeKeyFile(file), { code: 'ENGINE_KEY_UNREADABLE' });
    assert.deepEqual(await readFile(file), key);
    await rm(directory, { recursive: true });
  });

  it('is refused where others may read it, it is not there, or it is no key', async () => {
    const directory = await newDirectory();
    const file = path.join(directory, 'key');

    await assert.rejects(readKeyFile(file), { code: 'ENGINE_KEY_UNREADABLE', fix: /--new-key/ });
    await writeFile(file, randomBytes(32), { mode: 0o600 });
    await chmod(file, 0o640);
    await assert.rejects(readKeyFile(file), { code: 'ENGINE_KEY_UNREADABLE', fix: /chmod 600/ });
    await chmod(file, 0o600);
    await writeFile(file, 'short');
    await assert.rejects(readKeyFile(file), { code: 'ENGINE_KEY_UNREADABLE', message: /5 bytes/ });

    await rm(directory, { recursive: true });
  });
});
