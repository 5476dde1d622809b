// What the program says to command lines it does not understand, and to those that ask for help.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { verbs } from '#src/cli/verbs';
import { call } from './fake-context.ts';
import { sshoal } from './program-run.ts';

const WRONG: readonly [words: readonly string[], code: string, fix: string][] = [
  [['rnu', 'web'], 'UNKNOWN_VERB', 'Did you mean `run`?'],
  [['run', 'web', '--froks', '3', '--', 'ls'], 'UNKNOWN_FLAG', 'Did you mean `--forks`?'],
  [['--nonsense'], 'UNKNOWN_FLAG', 'See sshoal --help'],
  [['run', 'web'], 'MISSING_ARGUMENT', 'Write sshoal run web -- COMMAND, or --script FILE'],
  [['ping', 'web', 'db'], 'EXTRA_ARGUMENT', 'Write sshoal ping <pattern> [flags]'],
  [['run', 'web', 'echo', 'a b'], 'EXTRA_ARGUMENT', "Write sshoal run web -- echo 'a b'"],
  [['run', 'web', '--forks'], 'BAD_FLAG', 'Write -f, --forks <number>'],
  [['run', 'web', '--forks', '0', '--', 'ls'], 'BAD_FLAG', 'Give a whole number from 1'],
  [['run', 'web', '--output', 'jsn', '--', 'ls'], 'BAD_FLAG', 'Did you mean `json`?'],
  [['run', 'web', '--timeout', 'soon', '--', 'ls'], 'BAD_UNIT', 'Write a number and a unit: 250ms, 30s, 5m, 1.5h'],
  [['put', 'web', 'no-such-file', '/tmp/x', '-i', 'web,'], 'BAD_LOCAL_PATH', 'Check the path; it starts in the current directory'],
  [['put', 'web', 'a', 'b', '--mode', 'rw'], 'BAD_FLAG', 'Give permission bits in octal: 0644'],
  [['put', 'web', '.', '/tmp/x', '-i', 'web,'], 'BAD_LOCAL_PATH', 'Add --recursive to send all of it'],
  [
    ['put', 'web', 'no-such-directory', '/tmp/x', '-r', '-i', 'web,'],
    'BAD_LOCAL_PATH',
    'Check the path; leave --recursive out to send a file',
  ],
  [['put', 'web', '.', 'b', '-r', '--mode', '0644'], 'BAD_FLAG', 'Leave it out; --preserve keeps the modes there are'],
  [['get', 'web', 'a', 'b/', '--exclude', '*.log'], 'BAD_FLAG', 'Add --recursive for a directory'],
  [['get', 'web', '/etc/', 'b/', '-i', 'web,'], 'BAD_LOCAL_PATH', 'Add --recursive to fetch all of it'],
  [['inventory', '--list', '--graph'], 'BAD_FLAG', 'Give one of them'],
  [['run', 'all', '-i', 'a,', '-k', '--', 'ls'], 'NO_TERMINAL', '--ask-pass needs a terminal; without one set SSHOAL_PASSWORD'],
  [['run', 'all', '-i', 'a,', '-e', 'novalue', '--', 'ls'], 'BAD_EXTRA_VARS', 'Write name=value, {"name": "value"} or @file'],
];

describe('a wrong command line', () => {
  for (const [words, code, fix] of WRONG) {
    it(`is refused with what to do: sshoal ${words.join(' ')}`, async () => {
      const result = await call(words);

      assert.equal(result.code, 1);
      assert.equal(result.stdout, '');
      assert.ok(result.stderr.startsWith('error  '));
      assert.ok(result.stderr.split('\n')[0]?.endsWith(`[${code}]`), result.stderr);
      assert.ok(result.stderr.endsWith(`fix    ${fix}\n`), result.stderr);
    });
  }

  it('ends the process with 1 and leaves stdout empty', async () => {
    const result = await sshoal(['run', 'web', '--', 'ls'], { cwd: import.meta.dirname });

    assert.equal(result.code, 1);
    assert.equal(result.stdout, '');
    assert.match(result.stderr, /^error {2}There is no inventory {3}\[NO_INVENTORY\]\nwhere .*\nfix {4}Give one with -i /);
  });
});

describe('help', () => {
  it('is what a bare call prints, as an error', async () => {
    const [bare, asked] = await Promise.all([sshoal([]), sshoal(['--help'])]);

    assert.equal(bare.code, 1);
    assert.equal(asked.code, 0);
    assert.equal(bare.stdout, asked.stdout);
    for (const { name, hidden } of verbs) assert.equal(asked.stdout.includes(`\n  ${name} `), hidden !== true, name);
    assert.match(asked.stdout, /^Exit codes:\n {2}0 /m);
  });

  for (const verb of verbs) {
    it(`of ${verb.name} has examples that use it`, async () => {
      const { code, stdout } = await call([verb.name, '--help']);

      assert.equal(code, 0);
      assert.ok(stdout.startsWith(`Usage: sshoal ${verb.name}`));
      assert.ok(verb.examples.length > 0);
      for (const { line } of verb.examples) {
        assert.ok(
          line.split(' | ').some((part) => part.startsWith(`sshoal ${verb.name}`)),
          line,
        );
        assert.ok(stdout.includes(line));
      }
    });
  }

  it('goes with a version that is the package', async () => {
    const { version } = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../../package.json'), 'utf8')) as { version: string };

    const result = await call(['--version']);

    assert.deepEqual(result, { code: 0, stdout: `${version}\n`, stderr: '' });
  });
});
