// A bare call on a real pseudo-terminal.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { needs } from '../support/real.ts';
import { sshoal } from './program-run.ts';
import { plainText, sshoalOnTerminal } from './terminal.ts';

const ENTER = '\r';

describe('sshoal without a word', needs('python3'), () => {
  let cwd = '';
  before(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-start-'));
    await writeFile(path.join(cwd, 'inventory.ini'), '[web]\nweb[01:02]\n[all:vars]\nansible_connection=local\n');
  });
  after(async () => await rm(cwd, { recursive: true, force: true }));

  it('asks at a terminal, shows the line, and does it', async () => {
    const { code, screen } = await sshoalOnTerminal(
      [],
      [
        ['What shall be done?', ENTER],
        ['On which hosts?', ` ${ENTER}`],
        ['Which command?', `echo done by menu${ENTER}`],
        ['As whom?', ENTER],
        ['Do it?', `y${ENTER}`],
      ],
      { cwd },
    );

    assert.equal(code, 0, screen);
    assert.match(plainText(screen), /Same as: sshoal run all -- echo done by menu\n[\s\S]*web\[01-02\] \(2\) · ok\ndone by menu\n/);
  });

  it('leaves with 130 on Ctrl-C, and gives the cursor back', async () => {
    const { code, screen } = await sshoalOnTerminal([], [['What shall be done?', '\x03']], { cwd });

    assert.equal(code, 130, screen);
    assert.ok(screen.lastIndexOf('\x1b[?25h') > screen.lastIndexOf('\x1b[?25l'), screen);
    assert.ok(!screen.includes('error'), screen);
  });

  it('never asks in a pipe: it prints the usage, and exits with 1', async () => {
    const { code, stdout } = await sshoal([], { cwd });

    assert.equal(code, 1);
    assert.match(stdout, /^Usage: sshoal/);
  });
});
