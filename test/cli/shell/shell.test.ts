// The shell fed by a pipe, on hosts that are this machine.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { runProgram } from '#src/cli/program';
import { shellCommands } from '#src/cli/shell/commands';
import { EmbeddedFleet } from '#src/testing/embedded-fleet';
import { call, fakeContext } from '../fake-context.ts';
import { sshoal } from '../program-run.ts';

const INVENTORY = `[web]
web01
web02
web03
[db]
db01
[all:vars]
ansible_connection=local
`;

describe('sshoal shell in a pipe', () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'sshoal-shell-'));
    await writeFile(path.join(directory, 'inventory.ini'), INVENTORY);
  });
  after(async () => await rm(directory, { recursive: true, force: true }));

  const shell = async (lines: readonly string[], flags: readonly string[] = [], pattern = 'web') =>
    await call(['shell', pattern, ...flags], { stdin: Readable.from([lines.map((line) => `${line}\n`).join('')]), cwd: directory });

  it('runs one line after another, and says nothing else', async () => {
    const { code, stdout, stderr } = await shell(['echo one', '', '# a comment', 'echo two']);

    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^── web\[01-03\] \(3\) · ok\none\n3 hosts: 3 ok in \S+\n── web\[01-03\] \(3\) · ok\ntwo\n3 hosts: 3 ok in \S+\n$/,
    );
    assert.equal(stderr, '');
  });

  it('reads the stdin of a real process', async () => {
    const { code, stdout } = await sshoal(['shell', 'web', '-i', path.join(directory, 'inventory.ini')], {
      input: 'echo one\nexit\necho two\n',
    });

    assert.equal(code, 0);
    assert.match(stdout, /\none\n/);
    assert.ok(!stdout.includes('two'));
  });

  it('stops at the first line that fails, unless told to go on', async () => {
    const lines = ['false', 'echo reached'];

    const stopped = await shell(lines);
    const wentOn = await shell(lines, ['--keep-going']);

    assert.equal(stopped.code, 2);
    assert.ok(!stopped.stdout.includes('reached'));
    assert.equal(wentOn.code, 2);
    assert.ok(wentOn.stdout.includes('reached'));
  });

  it('stops at a command it does not know, with a suggestion', async () => {
    const { code, stdout, stderr } = await shell([':hsots', 'echo reached']);

    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /\[UNKNOWN_COMMAND\]\nwhere {2}:hsots\nfix {4}Did you mean `:hosts`\?/);
  });

  it('changes who is worked on', async () => {
    const lines = [':only web01', ':hosts', ':add db web02', ':hosts', ':drop web*', ':hosts', ':all', ':hosts'];

    const { stdout, stderr } = await shell(lines);

    assert.equal(stderr, '');
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      'not tried yet (1): web01',
      'not tried yet (3): db01,web[01-02]',
      'not tried yet (1): db01',
      'not tried yet (3): web[01-03]',
    ]);
  });

  it('keeps those that did badly, or well, the last time', async () => {
    const fails = 'mkdir lock';

    const { stdout } = await shell([`:cd ${directory}`, fails, ':failed', ':hosts', ':all', ':ok', ':hosts'], ['--keep-going']);

    assert.match(stdout, /\nfailed \(2\): web/);
    assert.match(stdout, /\nok \(1\): web0\d\n$/);
  });

  it('refuses to work on nobody, and stays with whom it had', async () => {
    const { stdout, stderr } = await shell([':ok', ':drop all', ':only nobody', ':hosts'], ['--keep-going']);

    assert.match(stderr, /Nothing has been run yet {3}\[NO_HOSTS\][\s\S]*Without `all` nobody is left[\s\S]*\[PATTERN_NO_MATCH\]/);
    assert.equal(stdout, 'not tried yet (3): web[01-03]\n');
  });

  it('gives every line its directory and variables', async () => {
    const { stdout } = await shell(
      [':only web01', ':cd /usr', ':cd lib', ':env WHO=fish  school', ':env WHO="a fish"', 'pwd; echo "$WHO"', ':env'],
      ['--keep-going'],
    );

    assert.match(stdout, /^\/usr\n\/usr\/lib\n\/usr\/lib\na fish\nWHO=a fish\n$/);
  });

  it('stays where it is when a directory is not there', async () => {
    const { code, stdout, stderr } = await shell([':only web01', ':cd /usr', ':cd nowhere', 'pwd'], ['--keep-going']);

    assert.equal(code, 2);
    assert.match(stdout, /exit code \d\n\/usr\n$/);
    assert.match(stderr, /The directory stays as it was/);
  });

  it('tells who writes cd that it does not last', async () => {
    const { stderr } = await shell(['cd /usr', 'cd /usr && ls >/dev/null']);

    assert.equal(stderr, 'Every line runs in a new shell: to stay in a directory write :cd\n');
  });

  it('sends and fetches files, seen from its directory', async () => {
    await writeFile(path.join(directory, 'motd'), 'hello\n');

    const { code, stderr } = await shell([':only web01', `:cd ${directory}`, ':put motd copy', ':get copy got']);

    assert.equal(code, 0, stderr);
    assert.equal(await readFile(path.join(directory, 'got/web01/copy'), 'utf8'), 'hello\n');
  });

  it('ends what takes longer than :timeout', async () => {
    const { code, stdout } = await shell([':only web01', ':timeout 100ms', 'sleep 30', ':timeout off', 'echo on'], ['--keep-going']);

    assert.equal(code, 2);
    assert.match(stdout, /\[TIMED_OUT\][\s\S]*\non\n$/);
  });

  it('works on so many hosts at once as :forks says', async () => {
    const counts = 'echo in >>seen; n=$(wc -l <seen); sleep 0.05; echo out >>gone; test "$n" -le "$(($(wc -l <gone)))"';

    const { code, stdout } = await shell([`:cd ${directory}`, ':forks 1', counts]);

    assert.equal(code, 0, stdout);
  });

  it('shows lines as they come, and how answers differ', async () => {
    const once = 'if mkdir first 2>/dev/null; then echo other; else echo same; fi; echo end';

    const live = await shell([':output live', 'echo hi']);
    const diff = await shell([`:cd ${directory}`, ':output diff', once]);

    assert.match(live.stdout, /^web01: hi$/m);
    assert.match(
      diff.stdout,
      /── web\S+ \(2\) · ok · the others are compared with it\nsame\nend\n── web0\d · ok\n--- web\S+\n\+\+\+ web0\d\n/,
    );
    assert.match(diff.stdout, /@@ -1,2 \+1,2 @@\n-same\n\+other\n end\n3 hosts: 3 ok/);
  });

  it('says what is wrong with the words of a command', async () => {
    const lines = [':timeout', ':timeout soon', ':forks none', ':output fold', ':env 1=2', ':cd ~root', ':put /no/such /tmp'];

    const { code, stderr } = await shell(lines, ['--keep-going']);

    assert.equal(code, 1);
    assert.deepEqual(
      [...stderr.matchAll(/\[([A-Z_]+)\]/g)].map(([, name]) => name),
      ['BAD_COMMAND', 'BAD_UNIT', 'BAD_COMMAND', 'BAD_COMMAND', 'BAD_COMMAND', 'BAD_COMMAND', 'BAD_LOCAL_PATH'],
    );
  });

  it('lists all its commands', async () => {
    const { stdout } = await shell([':help']);

    for (const { name } of shellCommands) assert.match(stdout, new RegExp(`^ {2}:${name}\\b`, 'm'));
  });

  it('becomes without a question where nobody is there to be asked', async () => {
    const { stdout } = await shell([':become nobody-like-this', ':set', ':become -', ':set']);

    assert.match(stdout, /user {7}nobody-like-this\n[\s\S]*user {7}the one who logs in\n/);
  });

  it('writes one JSON line after another, and has no other way to show them', async () => {
    const { code, stdout, stderr } = await shell(['echo hi', ':output live'], ['-o', 'jsonl']);

    assert.equal(code, 1);
    assert.ok(
      stdout
        .trimEnd()
        .split('\n')
        .every((line) => typeof JSON.parse(line) === 'object'),
    );
    assert.match(stderr, /makes no difference to jsonl/);
  });

  it('names the hosts and does nothing with --list-hosts', async () => {
    const { stdout } = await shell(['echo no'], ['--list-hosts']);

    assert.equal(stdout, '  hosts (3):\n    web01\n    web02\n    web03\n');
  });

  it('names the flag where a password would have to be asked for', async () => {
    const { code, stderr } = await shell(['id'], ['--ask-pass']);

    assert.equal(code, 1);
    assert.match(stderr, /\[NO_TERMINAL\]\nfix {4}--ask-pass needs a terminal; without one set SSHOAL_PASSWORD/);
  });
});

describe('the connections of sshoal shell', () => {
  it('are kept from line to line, and made anew where they broke', async () => {
    await using fleet = await EmbeddedFleet.start({ hosts: 2 });
    const context = fakeContext();
    const seen = async (text: string): Promise<void> => {
      while (!context.out().includes(text)) await setTimeout(5);
    };
    async function* lines(): AsyncGenerator<string> {
      yield 'echo first\n';
      await seen('first');
      fleet.host('web02').kill();
      yield 'echo second\n';
      await seen('second');
      yield 'echo third\n';
    }

    const code = await runProgram(['shell', 'all', '-i', fleet.inventoryFile, '--keep-going'], {
      ...context,
      stdin: Readable.from(lines()),
    });

    assert.match(context.out(), /── web01 · ok\nsecond\n── web02 · unreachable\nerror .*\[CONNECTION_LOST\]/);
    assert.match(context.out(), /── web\[01-02\] \(2\) · ok\nthird\n/);
    assert.equal(code, 4);
  });
});
