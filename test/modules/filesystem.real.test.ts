// File systems in images: made, kept, grown and taken away, as community.general says of them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { findProgram, needs } from '../support/real.js';
import { runModule, SHELLS } from './run-steps.js';

const MEBI = 1024 * 1024;

for (const shell of SHELLS) {
  describe(`file systems under ${shell}`, needs(shell.split(' ')[0] ?? '', 'mkfs.ext4', 'blkid', 'wipefs', 'tune2fs', 'resize2fs'), () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'sshoal-fs-'));
    after(() => rmSync(directory, { recursive: true }));
    const dev = path.join(directory, "it's an image");
    const type = (): string =>
      spawnSync(findProgram('blkid') ?? '', ['-c', '/dev/null', '-o', 'value', '-s', 'TYPE', dev], { encoding: 'utf8' }).stdout.trim();
    const run = (args: object, checkMode = false) => runModule('filesystem', { dev, ...args }, { shell, checkMode });

    it('are made once, grow once, and go', async () => {
      writeFileSync(dev, '');
      truncateSync(dev, 4 * MEBI);

      const would = await run({ fstype: 'ext4' }, true);
      const empty = type();
      const made = await run({ fstype: 'ext4', opts: '-L  sea' });
      const kept = await run({ fstype: 'ext4' });
      const full = await run({ fstype: 'ext4', resizefs: true });
      truncateSync(dev, 8 * MEBI);
      const grows = await run({ fstype: 'ext4', resizefs: true }, true);
      const grown = await run({ fstype: 'ext4', resizefs: true });
      const again = await run({ fstype: 'ext4', resizefs: true });
      const other = await run({ fstype: 'ext2' });
      const forced = await run({ fstype: 'ext2', force: true });
      const second = type();
      const gone = await run({ state: 'absent' });
      const none = await run({ state: 'absent' });

      const changed = [would, made, kept, full, grows, grown, again, forced, gone, none].map((one) => one.changed);
      assert.deepEqual(
        changed,
        [true, true, false, false, true, true, false, true, true, false],
        [would, made, grown].map(({ msg }) => msg).join(),
      );
      assert.deepEqual([empty, second, type()], ['', 'ext2', '']);
      assert.match(full.msg ?? '', /is using the whole device/);
      assert.match(other.msg ?? '', /is already used as ext4, use force=true to overwrite/);
    });

    it('need a device, unless they are to be gone', async () => {
      const missing = await runModule('filesystem', { dev: '/none', fstype: 'ext4' }, { shell });
      const gone = await runModule('filesystem', { dev: '/none', state: 'absent' }, { shell });

      assert.deepEqual([missing.failed, gone.failed, gone.changed], [true, false, false]);
    });
  });
}
