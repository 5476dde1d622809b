// Journals whose writers are killed, and several that are written at once: everything that was reported is there.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { followRun } from '#src/journal/follow-run';
import { RunDirectory } from '#src/journal/run-directory';
import { hostsNotWell } from '#src/journal/summary';
import { directoryFor } from './sample-runs.ts';

const WRITER = path.join(import.meta.dirname, 'tireless-writer.js');

/** A process that writes a journal. */
class Writer {
  readonly #child: ChildProcess & { readonly stdout: NodeJS.ReadableStream };
  #said = '';
  #waiting: (() => void) | undefined;

  constructor(directory: string) {
    this.#child = spawn(process.execPath, [WRITER, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
      this.#waiting?.();
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async hasReported(count: number): Promise<void> {
    while (this.#said.split('\n').length <= count) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  /** @returns All it had reported by then. */
  async kill(): Promise<string[]> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
    return this.#said.split('\n').slice(0, -1);
  }
}

describe('a run that is killed with SIGKILL', () => {
  it('has lost nothing that was reported, is interrupted, and can be taken up again', async (t) => {
    const directory = await directoryFor(t);
    const writer = new Writer(directory);

    await writer.hasReported(200);
    const reported = await writer.kill();

    const runs = new RunDirectory(directory);
    const run = await runs.run(await runs.find('last'));
    const ok = new Set(run.hosts.ok);
    assert.ok(reported.length >= 200);
    assert.deepEqual(
      reported.filter((host) => !ok.has(host)),
      [],
    );
    assert.equal(run.state, 'interrupted');
    assert.equal(hostsNotWell(run).length, 100_000 - ok.size);
  });

  it('has been followed to its last host, and the follower is told that it is interrupted', async (t) => {
    const directory = await directoryFor(t);
    const writer = new Writer(directory);
    await writer.hasReported(1);
    const runs = new RunDirectory(directory);
    const file = runs.fileOf(await runs.find('last'));
    const seen = new Set<string>();

    const following = followRun(file, { signal: AbortSignal.timeout(60_000) });
    let reported: readonly string[] = [];
    let step = await following.next();
    for (; step.done !== true; step = await following.next()) {
      const { entry } = step.value;
      if (entry.kind === 'fleet') seen.add(entry.event.host);
      if (seen.size === 100 && reported.length === 0) reported = await writer.kill();
    }

    assert.equal(step.value, 'interrupted');
    assert.ok(reported.length >= 100);
    assert.deepEqual(
      reported.filter((host) => !seen.has(host)),
      [],
    );
  });
});

describe('runs that are written at once', () => {
  it('have each a journal of their own, which has all that they reported', async (t) => {
    const directory = await directoryFor(t);
    const writers = [new Writer(directory), new Writer(directory), new Writer(directory)];

    await Promise.all(writers.map(async (writer) => await writer.hasReported(50)));
    const reported = await Promise.all(writers.map(async (writer) => [writer.pid, await writer.kill()] as const));

    const runs = new RunDirectory(directory);
    const found = await Promise.all((await runs.ids()).map(async (id) => await runs.run(id)));
    assert.equal(found.length, 3);
    for (const [pid, hosts] of reported) {
      const ok = new Set(found.find((run) => run.process.pid === pid)?.hosts.ok);
      assert.deepEqual(
        hosts.filter((host) => !ok.has(host)),
        [],
      );
    }
  });
});
