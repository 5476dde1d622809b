// How often the modules ask a host's stat, and whether they get along with that of the BSDs: with tools that stand before it and count.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { needs } from '../support/real.js';
import { plain, type RunOptions, runModule } from './run-steps.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'sshoal-stat-'));
after(() => rmSync(root, { recursive: true }));

const COUNT = 'echo call >>"$STAT_CALLS"';
const GNU = `${COUNT}; exec /usr/bin/stat "$@"`;
/** Refuses -c; the letters of its -f are those of GNU under other names. */
const BSD = `${COUNT}
if [ "$1" = -c ]; then echo 'stat: illegal option -- c' >&2; exit 1; fi
format=$(printf %s "$2" | sed 's/%Xp/%f/; s/%z/%s/; s/%l/%h/; s/%a/%X/; s/%m/%Y/; s/%Su/%U/; s/%Sg/%G/')
exec /usr/bin/stat -c "$format" "$3"`;

/** The module on a host with this stat, and how often that was asked. */
async function withStat(tool: string, name: string, args: Readonly<Record<string, unknown>>) {
  const directory = mkdtempSync(path.join(root, 'bin-'));
  const calls = path.join(directory, 'calls');
  writeFileSync(path.join(directory, 'stat'), `#!/bin/sh\n${tool}\n`);
  chmodSync(path.join(directory, 'stat'), 0o755);
  const env = { PATH: `${directory}:${process.env.PATH}`, STAT_CALLS: calls };
  const result = await runModule(name, args, { env } satisfies RunOptions);
  return { result, calls: existsSync(calls) ? readFileSync(calls, 'utf8').split('\n').length - 1 : 0 };
}

describe('a host with the stat of GNU', needs('dash', 'stat'), () => {
  it('is asked once about a directory that is as it should be', async () => {
    const { result, calls } = await withStat(GNU, 'file', { path: root, state: 'directory', mode: '0700' });

    assert.deepEqual([result.changed, calls], [false, 1]);
  });

  it('is asked once about a new file, by the name it has before it gets its own', async () => {
    const dest = path.join(root, 'new');

    const { result, calls } = await withStat(GNU, 'copy', { content: 'x', dest });

    assert.deepEqual([result.changed, calls, plain(result).size], [true, 1, 1]);
  });

  it('is asked again where something has changed', async () => {
    const directory = path.join(root, 'changes');
    mkdirSync(directory, { mode: 0o700 });

    const { result } = await withStat(GNU, 'file', { path: directory, state: 'directory', mode: '0750' });

    assert.deepEqual([result.changed, plain(result).mode], [true, '0750']);
  });
});

describe('a host with the stat of a BSD', needs('dash', 'stat'), () => {
  it('is understood too', async () => {
    const file = path.join(root, 'plain');
    writeFileSync(file, 'four');
    chmodSync(file, 0o640);

    const gnu = await withStat(GNU, 'file', { path: file });
    const bsd = await withStat(BSD, 'file', { path: file });

    assert.deepEqual(plain(bsd.result), plain(gnu.result));
    assert.equal(plain(bsd.result).mode, '0640');
  });

  it('is told to be what fails when a path cannot be looked at', async () => {
    const { result } = await withStat(`${COUNT}; echo 'no such thing' >&2; exit 1`, 'file', { path: root, mode: '0700' });

    assert.equal(result.failed, true);
    assert.match(result.msg ?? '', /^Cannot inspect .*no such thing/);
  });
});
