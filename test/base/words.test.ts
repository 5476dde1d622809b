// Small texts: quoting, units, suggestions, terminal safety, secrets, positions.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Faults, FaultsError, InputError } from '#src/base/errors';
import { excerpt, positionAt } from '#src/base/position';
import { shellJoin, shellQuote } from '#src/base/quote';
import { Secrets } from '#src/base/secrets';
import { didYouMean, suggest } from '#src/base/suggest';
import { neutralise } from '#src/base/terminal';
import { formatDuration, formatSize, parseDuration } from '#src/base/units';

describe('shellQuote', () => {
  it('gives a shell back exactly the words it was given', () => {
    const word = fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '\\', '$', '`', '\n', '*', '-', '!', 'é', '€') });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
        const { stdout } = spawnSync('/bin/sh', ['-c', `printf '%s\\0' ${shellJoin(words)}`], { encoding: 'utf8' });

        assert.deepEqual(stdout.split('\0').slice(0, -1), words);
      }),
      { numRuns: 40 },
    );
  });

  it('leaves plain words readable, and refuses a NUL', () => {
    assert.equal(shellQuote('/etc/hosts'), '/etc/hosts');
    assert.equal(shellQuote(''), "''");
    assert.throws(() => shellQuote('a\0b'), RangeError);
  });
});

describe('parseDuration', () => {
  it('reads numbers with units, and a bare number as seconds', () => {
    assert.deepEqual(
      ['250ms', '30s', '5m', '1.5h', '2d', '10', '0'].map((text) => parseDuration(text, '--timeout')),
      [250, 30_000, 300_000, 5_400_000, 172_800_000, 10_000, 0],
    );
  });

  it('refuses anything else with its place and a remedy', () => {
    for (const text of ['', 'soon', '5 parsecs', '-1s', '1e3s']) {
      assert.throws(() => parseDuration(text, '--timeout'), { code: 'BAD_UNIT', where: '--timeout' });
    }
  });
});

describe('formatDuration and formatSize', () => {
  it('are as short as stays clear', () => {
    assert.deepEqual([12, 1_234, 65_000, 7_800_000].map(formatDuration), ['12ms', '1.2s', '1m 05s', '2h 10m']);
    assert.deepEqual([512, 1_536, 20 * 1024 * 1024].map(formatSize), ['512 B', '1.5 KiB', '20 MiB']);
  });
});

describe('suggest', () => {
  it('finds the word that was meant, with letters swapped, lost or doubled', () => {
    const known = ['when', 'with_items', 'notify', 'name', 'register'];

    assert.deepEqual(
      ['wehn', 'whn', 'regsiter', 'notfy', 'Name'].map((word) => suggest(word, known)),
      ['when', 'when', 'register', 'notify', 'name'],
    );
  });

  it('says nothing rather than something far off', () => {
    assert.equal(suggest('kubernetes', ['when', 'name']), undefined);
    assert.equal(didYouMean('kubernetes', ['when', 'name']), 'Known: name, when');
  });
});

describe('neutralise', () => {
  it('shows what would move a cursor, set a title or turn text around', () => {
    assert.equal(neutralise('a\x1b[2Jb\x07\u202ec\x9bd'), 'a\\x1b[2Jb\\x07\\u202ec\\x9bd');
  });

  it('leaves tabs, newlines and other scripts alone', () => {
    assert.equal(neutralise('a\tb\r\nçé 你好\n'), 'a\tb\nçé 你好\n');
  });
});

describe('Secrets', () => {
  it('masks every line of every value, longest first, and leaves short ones alone', () => {
    const secrets = new Secrets();
    for (const value of ['hunter2', 'hunter2-longer', 'line one\nline two', 'abc']) secrets.add(value);

    assert.equal(secrets.mask('x hunter2-longer hunter2 (line two) abc $& '), 'x ******** ******** (********) abc $& ');
  });

  it('takes values that look like patterns literally', () => {
    const secrets = new Secrets();
    secrets.add('a.*b+(');

    assert.equal(secrets.mask('a.*b+( axxb'), '******** axxb');
  });
});

describe('positions', () => {
  it('count lines and columns from 1, and draw a caret under tabs too', () => {
    const position = positionAt('site.yml', 'one\n\ttwo x\nthree', 9);

    assert.deepEqual([position.line, position.column], [2, 6]);
    assert.equal(excerpt(position), '2 | \ttwo x\n  | \t    ^');
  });

  it('stay in the text at its very ends', () => {
    assert.deepEqual(
      ['', 'a\n'].map((text) => positionAt('f', text, 99)).map(({ line, column }) => [line, column]),
      [
        [1, 1],
        [2, 1],
      ],
    );
  });
});

describe('Faults', () => {
  it('throws one fault as itself, and several as one error that holds all', () => {
    const faults = new Faults();
    faults.throwIfAny();
    faults.add(new InputError('A', 'first'));
    assert.throws(() => faults.throwIfAny(), { code: 'A' });

    faults.collect(() => {
      throw new FaultsError([new InputError('B', 'second'), new InputError('C', 'third')]);
    });

    assert.throws(
      () => faults.throwIfAny(),
      (error) => error instanceof FaultsError && error.faults.map((fault) => fault.code).join() === 'A,B,C',
    );
  });

  it('lets bugs through', () => {
    assert.throws(
      () =>
        new Faults().collect(() => {
          throw new TypeError('a bug');
        }),
      TypeError,
    );
  });
});
