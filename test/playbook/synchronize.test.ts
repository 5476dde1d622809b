// synchronize over a fleet of this process: both ways, what it takes out, what it says it would do.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { toJson } from '#src/base/value';
import { Inventory } from '#src/inventory/inventory';
import { Playbook, type PlayOptions } from '#src/playbook/playbook';
import { EmbeddedFleet } from '#src/testing/embedded-fleet';
import { inDirectory } from './play-local.ts';

/** A tree at `files/site` of the playbook, and a fleet of one host whose directory is `home`. */
async function withTree(
  use: (world: {
    readonly directory: string;
    readonly home: string;
    readonly sync: (args: object, options?: Partial<PlayOptions>) => Promise<Record<string, unknown>>;
  }) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    await using fleet = await EmbeddedFleet.start({ hosts: ['one'] });
    await mkdir(path.join(directory, 'files/site/css'), { recursive: true });
    await writeFile(path.join(directory, 'files/site/index.html'), 'hello\n');
    await writeFile(path.join(directory, 'files/site/css/site.css'), 'body {}\n');
    await writeFile(path.join(directory, 'files/site/debug.log'), 'no\n');
    const inventory = await Inventory.load([fleet.inventoryFile]);
    const sync = async (args: object, options: Partial<PlayOptions> = {}): Promise<Record<string, unknown>> => {
      const file = path.join(directory, 'site.yml');
      await writeFile(file, JSON.stringify([{ hosts: 'all', gather_facts: false, tasks: [{ 'ansible.posix.synchronize': args }] }]));
      let result: Record<string, unknown> = {};
      for await (const event of Playbook.load([file]).play({ inventory, ...options }))
        if (event.kind === 'task-finished') result = toJson(event.result) as Record<string, unknown>;
      return result;
    };
    const home = path.join(directory, 'host');
    await mkdir(home);
    await use({ directory, home, sync });
  });
}

const names = async (directory: string): Promise<string[]> => (await readdir(directory, { recursive: true })).sort();

describe('synchronize', () => {
  it('sends a directory, once', async () => {
    await withTree(async ({ home, sync }) => {
      const args = { src: 'site', dest: `${home}/www`, rsync_opts: ['--exclude=*.log'] };

      const would = await sync(args, { checkMode: true });
      const there = await names(home);
      const first = await sync(args);
      const second = await sync(args);

      assert.deepEqual(
        [would.changed, there, first.changed, second.changed],
        [true, [], true, false],
        JSON.stringify({ would, first, second }),
      );
      assert.deepEqual(await names(`${home}/www/site`), ['css', 'css/site.css', 'index.html']);
    });
  });

  it('sends what is in a directory, and takes out what is not', async () => {
    await withTree(async ({ home, sync }) => {
      await mkdir(`${home}/www`);
      await writeFile(`${home}/www/old`, 'x');

      const kept = await sync({ src: 'site/', dest: `${home}/www` });
      const gone = await sync({ src: 'site/', dest: `${home}/www/`, delete: true });

      assert.deepEqual([kept.changed, gone.changed, gone.stdout_lines], [true, true, ['remove old']]);
      assert.deepEqual(await names(`${home}/www`), ['css', 'css/site.css', 'debug.log', 'index.html']);
    });
  });

  it('fetches a directory', async () => {
    await withTree(async ({ directory, home, sync }) => {
      await mkdir(`${home}/logs`);
      await writeFile(`${home}/logs/a`, 'a\n');

      const first = await sync({ mode: 'pull', src: `${home}/logs`, dest: 'fetched' });
      const second = await sync({ mode: 'pull', src: `${home}/logs`, dest: 'fetched' });

      assert.deepEqual([first.changed, second.changed], [true, false], JSON.stringify({ first, second }));
      assert.equal(await readFile(path.join(directory, 'fetched/logs/a'), 'utf8'), 'a\n');
    });
  });

  it('sees a file that only its content tells from another, where it is asked to', async () => {
    await withTree(async ({ home, sync }) => {
      const args = { src: 'site/', dest: `${home}/www`, archive: false, recursive: true };

      const first = await sync(args);
      await writeFile(`${home}/www/index.html`, 'HELLO\n');
      const again = await sync({ ...args, checksum: true });
      const last = await sync({ ...args, checksum: true });

      assert.deepEqual([first.changed, again.stdout_lines, last.changed], [true, ['copy file index.html (6 B)'], false]);
    });
  });

  it('refuses what only rsync could do', async () => {
    await withTree(async ({ home, sync }) => {
      const options = await sync({ src: 'site/', dest: `${home}/www`, rsync_opts: ['--chown=a:b'] });
      const flat = await sync({ src: 'site/', dest: `${home}/www`, archive: false });
      const file = await sync({ src: 'site/index.html', dest: `${home}/www` });

      assert.deepEqual([options.failed, flat.failed, file.failed], [true, true, true]);
      assert.match(String(options.msg), /rsync_opts/);
      assert.deepEqual(await names(home), []);
    });
  });
});
