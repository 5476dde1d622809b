// Errors on stderr.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FaultsError, InputError } from '#src/base/errors';
import { positionOf } from '#src/base/position';
import { printError } from '#src/cli/print-error';
import { fakeContext } from './fake-context.ts';

const typo = new InputError('UNKNOWN_KEYWORD', 'There is no task keyword `whn`', {
  where: positionOf('site.yml', '- hosts: all\n  tasks:\n    - whn: true\n', 3, 7),
  fix: 'Did you mean `when`?',
});

describe('a printed error', () => {
  it('points at its place in a text', () => {
    const context = fakeContext();

    printError(typo, context);

    assert.equal(
      context.err(),
      `error  There is no task keyword \`whn\`   [UNKNOWN_KEYWORD]
where  site.yml:3:7
       3 |     - whn: true
         |       ^
fix    Did you mean \`when\`?
`,
    );
    assert.equal(context.out(), '');
  });

  it('shows all faults of an input, with an empty line between them', () => {
    const context = fakeContext();

    printError(new FaultsError([typo, new InputError('OTHER', 'Second', { where: '--flag' })]), context);

    assert.match(context.err(), /Did you mean `when`\?\n\nerror {2}Second {3}\[OTHER\]\nwhere {2}--flag\n$/);
  });

  it('masks secrets and shows control characters', () => {
    const context = fakeContext();
    context.secrets.add('hunter2');

    printError(new InputError('BAD', 'Not hunter2 \x1b[2J'), context);

    assert.equal(context.err(), 'error  Not ******** \\x1b[2J   [BAD]\n');
  });

  it('is a defect with its stack when no floor has a word for it', () => {
    const context = fakeContext();

    printError(new TypeError('x is undefined'), context);

    assert.match(context.err(), /^error {2}This is a defect of sshoal {3}\[UNEXPECTED\]\nwhere {2}TypeError: x is undefined\n {7} +at /);
  });
});
