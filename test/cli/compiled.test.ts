// Compiled code is kept between starts where node can, and only where it belongs to whoever runs the program.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import module from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { sshoal } from './program-run.ts';

const CAN_KEEP = 'enableCompileCache' in module;

describe('compiled code', () => {
  it('is kept in the cache of the user where node can keep it, and nowhere else', async () => {
    const home = mkdtempSync(path.join(os.tmpdir(), 'sshoal-'));

    try {
      const { code } = await sshoal(['-V'], { env: { HOME: home } });
      assert.equal(code, 0);
      assert.equal(existsSync(path.join(home, '.cache/sshoal/compiled')), CAN_KEEP);

      await sshoal(['-V'], { env: { HOME: home, XDG_CACHE_HOME: path.join(home, 'elsewhere') } });
      assert.equal(existsSync(path.join(home, 'elsewhere/sshoal/compiled')), CAN_KEEP);
    } finally {
      rmSync(home, { recursive: true });
    }
  });

  it('that cannot be kept is no fault: there may be no home, and no room in it', async () => {
    const results = await Promise.all([sshoal(['-V'], { env: { HOME: '/dev/null' } }), sshoal(['-V'], { env: { HOME: '' } })]);

    assert.deepEqual(
      results.map(({ code, stderr }) => ({ code, stderr })),
      [
        { code: 0, stderr: '' },
        { code: 0, stderr: '' },
      ],
    );
  });
});
