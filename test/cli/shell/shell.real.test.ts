// The shell as a person sees it: on a real pseudo-terminal, over servers that listen.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { EmbeddedFleet } from '#src/testing/embedded-fleet';
import { needs } from '../../support/real.ts';
import { plainText, type Step, sshoalOnTerminal } from '../terminal.ts';

const ENTER = '\r';
const TAB = '\t';
const UP = '\x1b[A';
const CTRL_C = '\x03';
const CTRL_D = '\x04';

describe('sshoal shell on a terminal', needs('python3'), () => {
  let fleet: EmbeddedFleet;
  let state = '';
  before(async () => {
    fleet = await EmbeddedFleet.start({ hosts: 3 });
    state = await mkdtemp(path.join(tmpdir(), 'sshoal-state-'));
  });
  after(async () => {
    await fleet.stop();
    await rm(state, { recursive: true, force: true });
  });

  const shell = async (steps: readonly Step[], flags: readonly string[] = []) => {
    const words = ['shell', 'all', '-i', fleet.inventoryFile, ...flags];
    const { code, screen } = await sshoalOnTerminal(words, steps, { env: { XDG_STATE_HOME: state } });
    return { code, screen, text: plainText(screen) };
  };

  it('connects, runs lines on all hosts, and leaves on Ctrl-D', async () => {
    const { code, text } = await shell([
      ['3> ', `echo hi${ENTER}`],
      ['3> ', CTRL_D],
    ]);

    assert.equal(code, 0, text);
    assert.match(text, /web\[01-03\] \(3\) · ok\n3 hosts: 3 ok/);
    assert.match(
      text,
      /sshoal web\[01-03\] 3> echo hi\n[\s\S]*web\[01-03\] \(3\) · ok\nhi\n3 hosts: 3 ok in \S+\nsshoal web\[01-03\] 3> \n$/,
    );
  });

  it('cancels what runs on Ctrl-C, ends it on the hosts, and goes on', async () => {
    const { code, text } = await shell([
      ['3> ', `echo $$ > pid; exec sleep 300${ENTER}`],
      ['waiting on', CTRL_C],
      ['3> ', `if kill -0 $(cat pid) 2>/dev/null; then echo alive; else echo gone; fi${ENTER}`],
      ['3> ', `:quit${ENTER}`],
    ]);

    assert.equal(code, 0, text);
    assert.match(text, /3 hosts: 3 cancelled/);
    assert.match(text, /\(3\) · ok\ngone\n/);
  });

  it('throws a half-typed line away on Ctrl-C, and leaves on two at an empty prompt', async () => {
    const { code, text } = await shell([
      ['3> ', 'rm -rf half'],
      ['half', CTRL_C],
      ['3> ', CTRL_C],
      ['leaves', CTRL_C],
    ]);

    assert.equal(code, 0, text);
    assert.match(text, /3> rm -rf half\^C\nsshoal web\[01-03\] 3> \^C\nCtrl-C again, or Ctrl-D, leaves\nsshoal web\[01-03\] 3> \^C\n$/);
  });

  it('changes hosts on the way, and shows in the prompt where it is', async () => {
    const { text } = await shell([
      ['3> ', `:drop web02${ENTER}`],
      ['2> ', `:cd /${ENTER}`],
      ['2 /> ', `pwd${ENTER}`],
      ['2 /> ', CTRL_D],
    ]);

    assert.match(text, /sshoal web\[01,03\] 2> :cd \/\n/);
    assert.match(text, /sshoal web\[01,03\] 2 \/> pwd\n[\s\S]*web\[01,03\] \(2\) · ok\n\/\n/);
  });

  it('completes commands, hosts and paths of a host', async () => {
    const { text } = await shell([
      ['3> ', ':onl'],
      [':onl', TAB],
      ['y ', 'web03,w'],
      ['web03,w', TAB],
      ['eb0', `2${ENTER}`],
      ['2> ', 'ls -d /etc/pass'],
      ['/etc/pass', TAB],
      ['wd', ENTER],
      ['2> ', CTRL_D],
    ]);

    assert.match(text, /2> ls -d \/etc\/passwd\n[\s\S]*\(2\) · ok\n\/etc\/passwd\n/);
  });

  it('remembers lines for the next shell, but none with a space in front', async () => {
    const kept = path.join(state, 'sshoal', 'history');
    await rm(kept, { force: true });
    await shell([
      ['3> ', `echo kept${ENTER}`],
      ['3> ', ` echo hidden${ENTER}`],
      ['3> ', CTRL_D],
    ]);

    const { text } = await shell([
      ['3> ', UP],
      ['echo kept', ENTER],
      ['3> ', CTRL_D],
    ]);

    assert.match(text, /\(3\) · ok\nkept\n/);
    assert.equal(await readFile(kept, 'utf8'), 'echo kept\n');
    assert.equal((await stat(kept)).mode & 0o777, 0o600);
  });

  it('runs what is typed while hosts still work, and paints none of it into the report', async () => {
    const { text } = await shell([
      ['3> ', `sleep 0.5; echo first${ENTER}`],
      ['waiting on', `echo second${ENTER}`],
      ['second\r\n', ''],
      ['3> ', CTRL_D],
    ]);

    assert.match(text, /first\n3 hosts: 3 ok in \S+\nsshoal web\[01-03\] 3> echo second\n[\s\S]*\(3\) · ok\nsecond\n/);
  });

  it('goes on in the next line after a backslash', async () => {
    const { text } = await shell([
      ['3> ', `echo one \\${ENTER}`],
      ['> ', `two${ENTER}`],
      ['3> ', CTRL_D],
    ]);

    assert.match(text, /3> echo one \\\n> two\n[\s\S]*\(3\) · ok\none two\n/);
  });

  it('asks for the become password once, and never shows it', async () => {
    const { text } = await shell([
      ['3> ', `:become${ENTER}`],
      ['Become password', `hunter2${ENTER}`],
      ['3# ', `:become -${ENTER}`],
      ['3> ', `:become${ENTER}`],
      ['3# ', CTRL_D],
    ]);

    assert.equal(text.match(/✔ Become password/g)?.length, 1, text);
    assert.ok(!text.includes('hunter2'), text);
  });

  it('asks for it again after it was of no use', async () => {
    const { text } = await shell([
      ['3> ', `:become nobody-like-this${ENTER}`],
      ['Become password', `hunter2${ENTER}`],
      ['3# ', `id${ENTER}`],
      ['3# ', `:become nobody-like-this${ENTER}`],
      ['Become password', `hunter3${ENTER}`],
      ['3# ', CTRL_D],
    ]);

    assert.match(text, /\[BECOME_FAILED\]/);
    assert.equal(text.match(/✔ Become password/g)?.length, 2, text);
  });

  it('is a shell also where it cannot remember', async () => {
    const { code, screen } = await sshoalOnTerminal(['shell', 'all', '-i', fleet.inventoryFile], [['3> ', CTRL_D]]);

    assert.equal(code, 0, screen);
    assert.match(screen, /\[HISTORY_UNWRITABLE\]/);
  });
});
