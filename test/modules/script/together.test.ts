// Scripts that run in one go: what they share is said once, and each has its own answer.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joinScripts, splitAnswers } from '#src/modules/script/together';
import type { ScriptStep } from '#src/modules/seam';
import { runScript } from '../run-steps.js';

const LIBRARY = `# ${'long '.repeat(30)}\nshared=1\nsay() { printf '%s:%s\\n' "$1" "$shared"; }`;

function step(...parts: string[]): ScriptStep {
  const read = (): never => {
    throw new TypeError('Nobody reads it here');
  };
  return { kind: 'script', script: parts.join('\n'), parts, read };
}

async function answersOf(...steps: ScriptStep[]) {
  const script = joinScripts(
    steps.map((one, index) => ({ step: one, surroundings: `INDEX=${index}; export INDEX\n` })),
    'abc',
  );
  const answers = splitAnswers(await runScript(script, { shell: 'sh' }), steps.length, 'abc');
  return answers.map(({ code, stdout, stderr }) => [code, Buffer.from(stdout).toString(), Buffer.from(stderr).toString()]);
}

describe('scripts together', () => {
  it('say what they have in common once', () => {
    const steps = ['a', 'b', 'c'].map((word) => step(LIBRARY, `say ${word}`));

    const script = joinScripts(
      steps.map((one) => ({ step: one, surroundings: '' })),
      'abc',
    );

    assert.equal(script.split(LIBRARY).length - 1, 1);
  });

  it('each end by themselves, with what each one wrote', async () => {
    const answers = await answersOf(
      step(LIBRARY, 'say a; shared=2; exit 3'),
      step(LIBRARY, 'say "b$INDEX"; echo no >&2'),
      step('printf "c\\000d"; cd /; umask 0'),
    );

    assert.deepEqual(answers, [
      [3, 'a:1\n', ''],
      [0, 'b1:1\n', 'no\n'],
      [0, 'c\0d', ''],
    ]);
  });

  it('that never came to their end have no end', () => {
    const cut = { code: undefined, signal: 'SIGKILL', startedAtMs: 0, endedAtMs: 1 };

    const answers = splitAnswers(
      { ...cut, stdout: Buffer.from('a\nsshoal-end:abc:0\0b\n'), stderr: Buffer.from('sshoal-end:abc\0') },
      3,
      'abc',
    );

    const ends = answers.map(({ code, signal, stdout }) => [code, signal, Buffer.from(stdout).toString()]);
    assert.deepEqual(ends, [
      [0, undefined, 'a\n'],
      [undefined, 'SIGKILL', 'b\n'],
      [undefined, 'SIGKILL', ''],
    ]);
  });
});
