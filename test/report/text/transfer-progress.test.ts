// Bars, rates and times left, at times that the test says.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SmoothRate, TransferProgress } from '#src/report/text/transfer-progress';

const MEBI = 1024 * 1024;

describe('a smoothed rate', () => {
  it('is the rate itself where that stays the same', () => {
    const rate = new SmoothRate();

    for (let second = 0; second <= 20; second++) rate.add(second * MEBI, second * 1_000);

    assert.ok(Math.abs((rate.bytesPerSecond ?? 0) - MEBI) < 1);
  });

  it('is not known before time has passed, and does not count what had come before the first look', () => {
    const rate = new SmoothRate();
    rate.add(500 * MEBI, 0);
    const atOnce = rate.bytesPerSecond;
    rate.add(501 * MEBI, 1_000);

    assert.equal(atOnce, undefined);
    assert.equal(Math.round(rate.bytesPerSecond ?? 0), MEBI);
  });

  it('begins anew when the count does', () => {
    const rate = new SmoothRate();
    for (const [bytes, ms] of [
      [0, 0],
      [MEBI, 1_000],
      [0, 2_000],
      [MEBI, 3_000],
    ] as const)
      rate.add(bytes, ms);

    assert.ok((rate.bytesPerSecond ?? -1) >= 0);
  });
});

describe('the progress of transfers', () => {
  it('has one bar for one host, with its rate and the time left', () => {
    let now = 0;
    const progress = new TransferProgress(1, () => now);
    for (; now <= 4_000; now += 1_000) {
      progress.update({
        kind: 'progress',
        host: 'web01',
        doneBytes: (now / 1_000) * MEBI,
        totalBytes: 10 * MEBI,
        doneFiles: 4,
        totalFiles: 10,
      });
    }

    assert.deepEqual(progress.lines(), ['[########------------]  40% 4.0 MiB of 10 MiB, 4/10 files, 1.0 MiB/s, 6.0s left']);
  });

  it('shows the slowest hosts under the bar of all, and takes those to come for like the others', () => {
    const progress = new TransferProgress(10, () => 0);
    for (let n = 1; n <= 5; n++) {
      progress.update({ kind: 'progress', host: `web0${n}`, doneBytes: n * MEBI, totalBytes: 10 * MEBI });
    }

    const [total = '', ...hosts] = progress.lines();

    assert.match(total, /15% 15 MiB of 100 MiB$/);
    assert.deepEqual(
      hosts.map((line) => line.slice(0, 5)),
      ['web01', 'web02', 'web03'],
    );
  });

  it('expects nothing more of a host that has ended', () => {
    const progress = new TransferProgress(2, () => 0);
    progress.update({ kind: 'progress', host: 'web01', doneBytes: MEBI, totalBytes: 10 * MEBI });
    progress.update({ kind: 'progress', host: 'web02', doneBytes: 5 * MEBI, totalBytes: 10 * MEBI });
    progress.finish('web01');

    assert.match(progress.lines()[0] ?? '', /54% 6.0 MiB of 11 MiB/);
    assert.equal(progress.lines().length, 2);
  });

  it('says how much has come where nobody knows how much there is', () => {
    const progress = new TransferProgress(1, () => 0);
    progress.update({ kind: 'progress', host: 'web01', doneBytes: MEBI, totalBytes: undefined });

    assert.deepEqual(progress.lines(), ['1.0 MiB']);
  });

  it('is nothing while nothing moves', () => {
    assert.deepEqual(new TransferProgress(3, () => 0).lines(), []);
  });
});
