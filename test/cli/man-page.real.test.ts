// The man page before real readers of man pages.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, it } from 'node:test';
import { findProgram, needs } from '../support/real.ts';

const PAGE = path.resolve(import.meta.dirname, '../../../docs/sshoal.1');

interface Read {
  readonly page: string;
  readonly complaints: string;
}

function read(program: string, args: readonly string[]): Read {
  const { stdout, stderr } = spawnSync(findProgram(program) ?? program, [...args, PAGE], { encoding: 'utf8', timeout: 30_000 });
  return { page: stdout, complaints: stderr };
}

describe('docs/sshoal.1', () => {
  it('is read by groff without a warning, and keeps what people copy as it is', needs('groff'), () => {
    const { page, complaints } = read('groff', ['-man', '-ww', '-Tutf8', '-P-cbou']);

    assert.equal(complaints, '');
    assert.match(page, /sshoal run 'web:!web07' 'df -h \/ \| tail -1'/);
    assert.match(page, /-f, --forks number/);
    assert.match(page, /EXIT STATUS/);
  });

  // Not every machine has it, and groff has read the page already.
  it('is read by mandoc without an error', { skip: findProgram('mandoc') === undefined && 'no mandoc' }, () => {
    const { page, complaints } = read('mandoc', ['-Tlint', '-Werror']);

    assert.equal(complaints + page, '');
  });
});
