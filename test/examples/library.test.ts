// examples/library over an embedded fleet: its two modules change what they must, once.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { it } from 'node:test';
import { EmbeddedFleet } from '#src/testing/index';
import { call } from '../cli/fake-context.js';

const DIRECTORY = path.resolve(import.meta.dirname, '../../../examples/library');

it("a playbook's own modules only say so in check mode, change once, and nothing the second time", async () => {
  await using fleet = await EmbeddedFleet.start({ hosts: 2 });
  const play = async (...words: readonly string[]) =>
    await call(['play', 'site.yml', '-i', fleet.inventoryFile, '--no-journal', ...words], { cwd: DIRECTORY });
  const files = async () =>
    await Promise.all(['motd', 'app.ini'].map(async (name) => await readFile(path.join(fleet.host('web02').directory, name), 'utf8')));

  const would = await play('--check', '--diff');
  await assert.rejects(files(), { code: 'ENOENT' });
  const first = await play();
  const second = await play();
  const other = await play('-e', 'port=9090');

  assert.equal(would.code + first.code + second.code + other.code, 0, would.stdout + first.stdout + second.stdout + other.stdout);
  assert.match(would.stdout, /^ {4}\+- This is web02\.$/m);
  assert.match(would.stdout, /changed=2 /);
  assert.match(first.stdout, /changed=2 /);
  assert.match(first.stdout, /3 lines, and the port was not set/);
  assert.match(second.stdout, /changed=0 /);
  assert.match(other.stdout, /changed=1 /);
  assert.deepEqual(await files(), [
    'Written by the operators:\n- This is web02.\n- It\'s played, not "patched".\n',
    '[server]\nport = 9090\n',
  ]);
});
