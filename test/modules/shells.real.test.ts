// The modules under every shell: the first run changes, the second does not, check mode never, and any name will do.
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { encodeText } from '#src/modules/script/text';
import { needs } from '../support/real.js';
import { compileModule, plain, runCounted, runModule, runScript, SHELLS, sourceFile } from './run-steps.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'sshoal-shells-'));
after(() => rmSync(root, { recursive: true }));
let directories = 0;
const fresh = (): string => {
  const directory = path.join(root, String(directories++));
  mkdirSync(directory);
  return directory;
};
const mode = (file: string): string => (statSync(file).mode & 0o7777).toString(8);

for (const shell of SHELLS) {
  describe(`under ${shell}`, needs(shell.split(' ')[0] ?? ''), () => {
    it('copy changes once, and check mode only says so', async () => {
      const dest = path.join(fresh(), 'f');
      const args = { content: 'one\ntwo', dest, mode: 'u=rw,g=r,o=' };

      const would = await runModule('copy', args, { shell, checkMode: true, diff: true });
      const existed = existsSync(dest);
      const first = await runModule('copy', args, { shell, diff: true });
      const second = await runModule('copy', args, { shell, diff: true });

      assert.deepEqual([would.changed, existed, first.changed, second.changed], [true, false, true, false]);
      assert.equal(readFileSync(dest, 'utf8'), 'one\ntwo');
      assert.equal(mode(dest), '640');
      assert.deepEqual([would.diff?.[0]?.before, would.diff?.[0]?.after, second.diff], ['', 'one\ntwo', []]);
    });

    it('copy shows what was there, keeps it when asked, and leaves nothing else behind', async () => {
      const directory = fresh();
      const dest = path.join(directory, 'f');
      writeFileSync(dest, 'old\n');

      const result = await runModule('copy', { content: 'new\n', dest, backup: true }, { shell, diff: true });

      const kept = String(plain(result).backup_file);
      assert.equal(result.diff?.[0]?.before, 'old\n');
      assert.equal(readFileSync(kept, 'utf8'), 'old\n');
      assert.deepEqual(readdirSync(directory).sort(), ['f', path.basename(kept)]);
    });

    it('copy sends a large file in three steps the first time and one the second', async () => {
      const directory = fresh();
      const large = path.join(directory, 'large');
      writeFileSync(large, Buffer.alloc(100_000, 'ab\0\n'));
      const args = { src: await sourceFile(large), dest: path.join(directory, 'dest'), mode: '0600' };

      const first = await runCounted('copy', args, { shell, token: `large${shell.length}` });
      const second = await runCounted('copy', args, { shell });

      assert.deepEqual([first.result.changed, first.scripts, second.result.changed, second.scripts], [true, 2, false, 1]);
      assert.ok(readFileSync(args.dest).equals(readFileSync(large)));
      assert.equal(existsSync(`/tmp/.sshoal-large${shell.length}.upload`), false);
    });

    it('copy leaves the old file and no new one when the command does not accept it', async () => {
      const directory = fresh();
      const dest = path.join(directory, 'f');
      writeFileSync(dest, 'old\n');

      const result = await runModule('copy', { content: 'new\n', dest, validate: 'sh -c "echo no >&2; exit 7" %s' }, { shell });

      assert.deepEqual([result.failed, result.msg, plain(result).exit_status, plain(result).stderr], [true, 'failed to validate', 7, 'no']);
      assert.deepEqual(readdirSync(directory), ['f']);
      assert.equal(readFileSync(dest, 'utf8'), 'old\n');
    });

    it('file makes a tree, gives it modes, and takes it away', async () => {
      const top = path.join(fresh(), 'a');
      const below = path.join(top, 'b');
      await runModule('file', { path: below, state: 'directory' }, { shell });
      writeFileSync(path.join(below, 'f'), '');
      chmodSync(path.join(below, 'f'), 0o755);
      const args = { path: top, state: 'directory', mode: 'u=rwX,go=', recurse: true };

      const would = await runModule('file', args, { shell, checkMode: true });
      const modeThen = mode(below);
      const first = await runModule('file', args, { shell });
      const second = await runModule('file', args, { shell });
      const gone = await runModule('file', { path: top, state: 'absent' }, { shell });

      assert.deepEqual([would.changed, modeThen, first.changed, second.changed], [true, '755', true, false]);
      assert.deepEqual([gone.changed, existsSync(top)], [true, false]);
    });

    it('file makes a link to what ~ is on the host, and keeps other words of it', async () => {
      const home = fresh();
      writeFileSync(path.join(home, 'f'), '');

      const first = await runModule('file', { path: '~/l', src: '~/f', state: 'link' }, { shell, env: { HOME: home } });
      const second = await runModule('file', { path: '~/l', src: '~/f', state: 'link' }, { shell, env: { HOME: home } });
      const odd = await runModule(
        'file',
        { path: '~/odd', src: '-x $ y', state: 'link', force: true, follow: false },
        { shell, env: { HOME: home } },
      );

      assert.deepEqual([first.changed, second.changed, odd.changed], [true, false, true]);
      assert.deepEqual([readlinkSync(path.join(home, 'l')), readlinkSync(path.join(home, 'odd'))], [path.join(home, 'f'), '-x $ y']);
    });

    it('a file that stands where the temporary one should go is left alone', async () => {
      const directory = fresh();
      const dest = path.join(directory, 'f');
      const step = compileModule('copy', { content: 'x', dest }, { shell, token: 'taken' });
      assert.ok(step.kind === 'script');
      // The script's own process number is part of the name, so the shell itself puts the file there.
      const script = `echo mine >'${directory}'/.sshoal-taken-$$\n${step.script}`;

      const end = step.read(await runScript(script, { shell }));

      assert.ok(end.kind === 'finished' && end.result.failed);
      assert.deepEqual([readdirSync(directory).length, existsSync(dest)], [1, false]);
    });

    it('file touches a time once', async () => {
      const file = path.join(fresh(), 'f');
      writeFileSync(file, '');
      const args = { path: file, state: 'touch', modification_time: '202001020304.05', access_time: 'preserve' };

      const changes = [];
      for (const checkMode of [true, false, false]) changes.push((await runModule('file', args, { shell, checkMode })).changed);

      assert.deepEqual(changes, [true, true, false]);
      assert.equal(statSync(file).mtime.getFullYear(), 2020);
    });

    it('lineinfile refuses a file that changed while it was looked at', async () => {
      const file = path.join(fresh(), 'f');
      writeFileSync(file, 'a\n');
      const look = compileModule('lineinfile', { path: file, line: 'b' }, { shell });
      assert.ok(look.kind === 'script');
      const write = look.read(await runScript(look.script, { shell }));
      writeFileSync(file, 'other\n');

      assert.ok(write.kind === 'script');
      const end = write.read(await runScript(write.script, { shell }));

      assert.ok(end.kind === 'finished' && end.result.failed);
      assert.match(end.result.msg ?? '', /has changed while it was looked at/);
      assert.equal(readFileSync(file, 'utf8'), 'other\n');
    });

    it('lineinfile keeps bytes that are no text, and says what differs', async () => {
      const file = path.join(fresh(), 'f');
      writeFileSync(file, Buffer.from('a\xff\0\nkey=1\nlast', 'latin1'));
      const args = { path: file, regexp: '^key=', line: 'key=2' };

      const would = await runModule('lineinfile', args, { shell, checkMode: true });
      const first = await runCounted('lineinfile', args, { shell });
      const second = await runCounted('lineinfile', args, { shell });

      assert.deepEqual(
        [would.changed, first.result.changed, first.scripts, second.result.changed, second.scripts],
        [true, true, 2, false, 1],
      );
      assert.equal(readFileSync(file, 'latin1'), 'a\xff\0\nkey=2\nlast');
    });

    it('command gives its words and its locale to the program untouched', async () => {
      const argv = ['printf', '<%s>', "it's", 'a  b', '$NOT_SET', `\${A}x`, '*', '-n', '', '\\'];

      const result = await runModule('command', { argv }, { shell, env: { A: 'is set', LC_ALL: 'C.UTF-8' } });
      const locale = await runModule('shell', { cmd: 'echo "$LC_ALL"' }, { shell, env: { LC_ALL: 'C.UTF-8' } });

      assert.equal(plain(result).stdout, "<it's><a  b><$NOT_SET><is setx><*><-n><><\\>");
      assert.equal(plain(locale).stdout, 'C.UTF-8');
    });

    it('paths expand as Python would expand them', async () => {
      const home = fresh();
      const env = { HOME: home, SUB: 'a b' };

      const first = await runModule('copy', { content: 'x', dest: '~/one' }, { shell, env });
      const second = await runModule('file', { path: `~/$SUB/\${SUB}/$NONE`, state: 'directory' }, { shell, env });
      const third = await runModule('command', { cmd: 'false', creates: '~/o*' }, { shell, env });

      assert.equal(plain(first).dest, path.join(home, 'one'));
      assert.ok(existsSync(path.join(home, 'a b', 'a b', '$NONE')), second.msg);
      assert.equal(third.failed, false);
    });

    it('a script that is cut off is a failure that shows what was said', async () => {
      const step = compileModule('ping', {}, { shell, token: 'cut' });
      assert.ok(step.kind === 'script');

      const end = step.read(await runScript('printf "sshoal:cut\\000partial=1"; echo trouble >&2; exit 9', { shell }));

      assert.ok(end.kind === 'finished' && end.result.failed);
      assert.deepEqual([plain(end.result).rc, plain(end.result).stderr], [9, 'trouble']);
    });

    it('any name and any content will do', async () => {
      const awkward = fc.constantFrom(
        '-',
        ' ',
        '\n',
        "'",
        '"',
        '\\',
        '$',
        '`',
        '*',
        '?',
        '[',
        '!',
        '(',
        ')',
        '~',
        '#',
        '=',
        '%',
        ';',
        'é',
        '💀',
        '\udcff',
        '\t',
        'a',
        'A',
        '1',
      );
      const name = fc.array(awkward, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
      const content = fc.uint8Array({ maxLength: 300 });
      const directory = fresh();

      await fc.assert(
        fc.asyncProperty(name, content, async (text, bytes) => {
          // `$` begins a variable only before a name: no letters follow it here by themselves.
          fc.pre(!/\$[A-Za-z{]/.test(text) && !text.startsWith('~'));
          const source = { path: 'x', sizeBytes: bytes.length, sha1: 'unused', mode: 0o644, content: bytes };
          const made = await runModule('copy', { src: source, dest: text }, { shell, cwd: directory });
          const seen = await runModule('stat', { path: text, get_mime: false }, { shell, cwd: directory });
          const again = await runModule('copy', { src: source, dest: text }, { shell, cwd: directory });

          assert.deepEqual([made.msg, made.changed, again.changed], [undefined, true, false]);
          assert.equal((plain(seen).stat as { exists: boolean }).exists, true);
          const found = readdirSync(directory, { encoding: 'buffer' });
          assert.deepEqual(found, [Buffer.from(encodeText(text))]);
          assert.deepEqual(Buffer.from(bytes), readFileSync(Buffer.concat([Buffer.from(`${directory}/`), found[0] ?? Buffer.alloc(0)])));
          const gone = await runModule('file', { path: text, state: 'absent' }, { shell, cwd: directory });
          assert.deepEqual([gone.changed, readdirSync(directory)], [true, []]);
        }),
        { numRuns: 12 },
      );
    });
  });
}

describe('without readlink -f', () => {
  it('links are followed one after the other', async () => {
    const directory = fresh();
    const bin = path.join(directory, 'bin');
    mkdirSync(bin);
    writeFileSync(path.join(bin, 'readlink'), '#!/bin/sh\n[ "$1" != -f ] && exec /bin/readlink "$@"\n');
    chmodSync(path.join(bin, 'readlink'), 0o755);
    writeFileSync(path.join(directory, 'f'), 'a\n');
    symlinkSync('f', path.join(directory, 'l'));
    symlinkSync(path.join(directory, 'l'), path.join(bin, 'm'));

    const result = await runModule('lineinfile', { path: path.join(bin, 'm'), line: 'b' }, { env: { PATH: `${bin}:${process.env.PATH}` } });

    assert.equal(result.msg, 'line added');
    assert.equal(readFileSync(path.join(directory, 'f'), 'utf8'), 'a\nb\n');
    assert.ok(lstatSync(path.join(directory, 'l')).isSymbolicLink());
  });
});

describe('copy', () => {
  it('checks the sum it was told, wherever the source is', async () => {
    const directory = fresh();
    const src = path.join(directory, 's');
    writeFileSync(src, 'x');
    const dest = path.join(directory, 'd');
    const wrong = { dest, checksum: '0'.repeat(40) };

    const sent = await runModule('copy', { src: await sourceFile(src), ...wrong });
    const onHost = await runModule('copy', { src, remote_src: true, ...wrong });
    const right = await runModule('copy', { src, remote_src: true, dest, checksum: '11f6ad8ec52a2984abaafd7c3b516503785c2072' });

    assert.deepEqual([sent.failed, onHost.failed, right.changed], [true, true, true]);
    assert.match(onHost.msg ?? '', /does not have the expected checksum/);
  });

  it('into a directory keeps a name with a backslash', async () => {
    const directory = fresh();
    const src = path.join(directory, 'a\b');
    writeFileSync(src, 'x');

    const result = await runModule('copy', { src: await sourceFile(src), dest: `${directory}/sub/` });

    assert.equal(plain(result).dest, path.join(directory, 'sub', 'a\b'));
  });
});

describe('with only a busybox for tools', needs('busybox'), () => {
  it('copy, file, stat, lineinfile and setup still work', async () => {
    const directory = fresh();
    const bin = path.join(directory, 'bin');
    mkdirSync(bin);
    const installed = await runModule('command', { argv: ['busybox', '--install', '-s', bin] });
    const env = { PATH: bin };
    const shell = `${bin}/sh`;
    const dest = path.join(directory, 'f');

    const copied = await runModule('copy', { content: 'a\n', dest, mode: 'u=rw,go=', owner: 'root' }, { shell, env });
    const linked = await runModule('file', { path: `${dest}-link`, src: 'f', state: 'link' }, { shell, env });
    const line = await runModule('lineinfile', { path: dest, line: 'b' }, { shell, env });
    const seen = await runModule('stat', { path: dest }, { shell, env });
    const facts = await runModule('setup', {}, { shell, env });

    assert.equal(installed.failed, false);
    assert.deepEqual([copied.msg, linked.msg, line.msg, facts.msg], [undefined, undefined, 'line added', undefined]);
    assert.equal(readFileSync(dest, 'utf8'), 'a\nb\n');
    assert.ok(lstatSync(`${dest}-link`).isSymbolicLink());
    const { mode: seenMode, checksum } = plain(seen).stat as Record<string, unknown>;
    assert.deepEqual([seenMode, checksum], ['0600', '05dec960e24d918b8a73a1c53bcbbaac2ee5c2e0']);
  });
});
