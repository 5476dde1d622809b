// How commands of the system's ssh tell their end.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { ExitMark, tellingItsExit } from '#src/connection/openssh-command';

const run = async (command: string) => {
  const child = spawn('/bin/sh', ['-c', tellingItsExit(command, 'mark')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const stderr = new ExitMark('mark');
  child.stderr.pipe(stderr);
  return { said: await text(stderr), exit: await stderr.exit };
};

describe('a command that tells its exit', () => {
  it('tells a code, also one that ssh has for itself', async () => {
    const ended = await run('exec /bin/sh -c "echo err >&2; exit 255"');

    assert.deepEqual(ended, { said: 'err\n', exit: { kind: 'code', code: 255 } });
  });

  it('tells a signal, and no shell says so on stderr', async () => {
    const ended = await run("exec /bin/sh -c 'kill -KILL $$'");

    assert.deepEqual(ended, { said: '', exit: { kind: 'signal', signal: 'SIGKILL' } });
  });

  it('tells that it could not be started', async () => {
    const { said, exit } = await run('exec /dev/null/nothing');

    assert.match(said, /not found|No such file/);
    assert.deepEqual(exit, { kind: 'code', code: 127 });
  });
});
