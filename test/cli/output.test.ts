// The flags about output, through the program, on hosts that are this machine.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { call } from './fake-context.ts';

const THREE = ['-i', 'web01,web02,web03,', '-e', 'ansible_connection=local'] as const;

let root = '';
let cwd = '';
before(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'sshoal-'));
});
after(async () => await rm(root, { recursive: true }));
beforeEach(async () => {
  cwd = await mkdtemp(path.join(root, 'cwd-'));
});

describe('output', () => {
  it('goes to a file of each host, all of it, while the screen shows it folded', async () => {
    const { code, stdout } = await call(
      ['run', 'all', ...THREE, '--outdir', 'o', '--errdir', 'e', '--', 'echo one; printf two; echo no >&2'],
      { cwd },
    );

    assert.equal(code, 0);
    assert.match(stdout, /^── web\[01-03\] \(3\) · ok\none\ntwo\n! no\n3 hosts/);
    assert.deepEqual(await readdir(path.join(cwd, 'o')), ['web01', 'web02', 'web03']);
    assert.equal(await readFile(path.join(cwd, 'o/web02'), 'utf8'), 'one\ntwo');
    assert.equal(await readFile(path.join(cwd, 'e/web03'), 'utf8'), 'no\n');
  });

  it('does not go into files of an earlier run unless told to', async () => {
    await mkdir(path.join(cwd, 'o'));
    await writeFile(path.join(cwd, 'o/web02'), 'old');
    const words = ['run', 'all', ...THREE, '--outdir', 'o', '-q', 'echo new'];

    const refused = await call(words, { cwd });
    const replaced = await call([...words, '--overwrite'], { cwd });

    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /An earlier run left a file: web02 {3}\[OUTPUT_EXISTS\]/);
    assert.deepEqual(replaced, { code: 0, stdout: '', stderr: '' });
    assert.equal(await readFile(path.join(cwd, 'o/web02'), 'utf8'), 'new\n');
  });

  it('that cannot be written costs no outcome, is named, and makes the exit code 2', async () => {
    const { code, stdout, stderr } = await call(['run', 'web01', ...THREE, '--outdir', 'o', `rm -r '${cwd}/o'; echo x`], { cwd });

    assert.equal(code, 2);
    assert.equal(stdout, 'x\n');
    assert.match(stderr, /The output of web01 is not complete in its file: .* \[OUTPUT_UNWRITABLE\]\nwhere {2}\S+o\/web01\n/);
  });

  it('is one JUnit document, or one beside what people see', async () => {
    const alone = await call(['run', 'all', ...THREE, '-o', 'junit', '--', 'true'], { cwd });
    const beside = await call(['run', 'all', ...THREE, '--junit', 'report.xml', '-q', '--', 'false'], { cwd });

    assert.match(alone.stdout, /<testsuites name="sshoal run true" tests="3" failures="0"/);
    assert.equal(beside.code, 2);
    assert.match(beside.stdout, /^── web\[01-03\] \(3\) · failed, exit code 1\n$/);
    assert.match(await readFile(path.join(cwd, 'report.xml'), 'utf8'), /tests="3" failures="3"/);
  });

  it('is shown line by line with --live, and not again at the end', async () => {
    const { stdout } = await call(['run', 'all', ...THREE, '--live', '--', 'echo hi']);

    assert.equal(stdout.match(/^web0[123]: hi$/gm)?.length, 3);
    assert.match(stdout, /\n3 hosts: 3 ok in \S+\n$/);
    assert.ok(!stdout.includes('──'));
  });

  it('is compared with --diff, and measured with --stats', async () => {
    const { stdout } = await call(['run', 'all', ...THREE, '--diff-base', 'web02', '--stats', '--', 'echo hi']);

    assert.match(stdout, /^── web\[01-03\] \(3\) · ok · the others are compared with it\nhi\n3 hosts/);
    assert.match(
      stdout,
      /\nper host {4}p50 .*\nconnecting {2}p50 .*\nslowest .*\ncommands {4}3 in .*\nbytes {7}9 B of output\nendings {5}exit 0: 3\n$/,
    );
  });

  it('of a play can be quiet, measured, and in JUnit', async () => {
    await writeFile(path.join(cwd, 'p.yml'), '- hosts: all\n  gather_facts: false\n  tasks:\n    - name: Say\n      command: echo hi\n');

    const quiet = await call(['play', 'p.yml', ...THREE, '-q', '--stats', '--junit', 'p.xml'], { cwd });

    assert.equal(quiet.code, 0, quiet.stderr);
    assert.match(quiet.stdout, /^per host .*\nslowest hosts .*\nslowest tasks {2}Say on web0\d .*\ntasks .*\n$/);
    assert.match(await readFile(path.join(cwd, 'p.xml'), 'utf8'), /<testsuite name="all" .* tests="3" failures="0"/);
  });

  const refused: readonly [words: readonly string[], fault: string][] = [
    [['-o', 'json', '-q'], '--quiet means nothing with --output json'],
    [['-o', 'jsonl', '--gather', 'host'], '--gather means nothing with --output jsonl'],
    [['-o', 'junit', '--diff'], '--diff means nothing with --output junit'],
    [['-o', 'json', '--live'], '--live means nothing with --output json'],
    [['-q', '--live'], '--live means nothing with --quiet'],
    [['-q', '-v'], '--verbose means nothing with --quiet'],
    [['--diff', '--live'], '--diff means nothing with --live'],
    [['--diff-base', 'web01', '--gather', 'host'], '--diff-base means nothing with --gather host'],
    [['--overwrite'], '--overwrite means nothing without --outdir or --errdir'],
    [['--diff-base', 'web1'], '`web1` is not one of the hosts'],
    [['--junit', '.'], 'is a directory'],
  ];
  for (const [words, fault] of refused) {
    it(`is not asked for in two ways at once: ${words.join(' ')}`, async () => {
      const { code, stderr } = await call(['run', 'all', ...THREE, ...words, '--', 'true'], { cwd });

      assert.equal(code, 1);
      assert.ok(stderr.includes(fault) && stderr.includes('[BAD_FLAG]'), stderr);
    });
  }

  it('has no JUnit of tunnels', async () => {
    const { code, stderr } = await call(['tunnel', 'all', ...THREE, '-R', '1:localhost:1', '-o', 'junit']);

    assert.equal(code, 1);
    assert.match(stderr, /--output junit means nothing with sshoal tunnel {3}\[BAD_FLAG\]/);
  });
});
