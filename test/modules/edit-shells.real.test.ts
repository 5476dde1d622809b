// What edits and looks at files, under every shell, and with nothing but the tools of busybox.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { findProgram, needs } from '../support/real.js';
import { plain, type RunOptions, runModule, SHELLS } from './run-steps.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'sshoal-edits-'));
after(() => rmSync(root, { recursive: true }));
let directories = 0;
const fresh = (): string => {
  const directory = path.join(root, String(directories++));
  mkdirSync(directory);
  return directory;
};

/** A host whose only programs are those of busybox. */
function busyboxOnly(): RunOptions {
  const bin = fresh();
  const busybox = findProgram('busybox') ?? '';
  spawnSync(busybox, ['--install', '-s', bin]);
  return { shell: `${bin}/sh`, env: { PATH: bin } };
}

const HOSTS: readonly (readonly [name: string, options: () => RunOptions, programs: readonly string[]])[] = [
  ...SHELLS.map((shell) => [`under ${shell}`, () => ({ shell }), [shell.split(' ')[0] ?? '']] as const),
  ['with busybox alone', busyboxOnly, ['busybox']],
];

for (const [name, options, programs] of HOSTS) {
  describe(`edits ${name}`, needs(...programs), () => {
    /** What check mode says, what the first run does, what the second does. */
    const thrice = async (module: string, args: Readonly<Record<string, unknown>>) => {
      const host = { ...options(), diff: true };
      const results = [];
      for (const checkMode of [true, false, false]) results.push(await runModule(module, args, { ...host, checkMode }));
      assert.deepEqual(
        results.filter((one) => one.failed).map((one) => one.msg),
        [],
      );
      assert.deepEqual(results[2]?.diff, []);
      return results.map((one) => one.changed);
    };

    it('replace and blockinfile change once, keep modes and bytes, and can keep the old file', async () => {
      const directory = fresh();
      const file = path.join(directory, "it's");
      writeFileSync(file, Buffer.from('a=1\n\xff\0b=2\nlast\n', 'latin1'), { mode: 0o640 });

      const replaced = await thrice('replace', { path: file, regexp: '^(a)=\\d', replace: '\\1: x', backup: true });
      const block = await thrice('blockinfile', { path: file, block: "it's\n$HOME", insertafter: 'a:', validate: 'test -s %s' });
      const gone = await thrice('blockinfile', { path: file, state: 'absent' });

      assert.deepEqual([replaced, block, gone], Array(3).fill([true, true, false]));
      assert.equal(readFileSync(file, 'latin1'), 'a: x\n\xff\0b=2\nlast\n');
      assert.equal((statSync(file).mode & 0o777).toString(8), '640');
      assert.equal(readdirSync(directory).length, 2);
    });

    it('ini_file changes once', async () => {
      const file = path.join(fresh(), 'f.ini');

      const changes = await thrice('ini_file', { path: file, section: 'a', option: 'b', value: "it's", mode: '0600' });

      assert.deepEqual(changes, [true, true, false]);
      assert.equal(readFileSync(file, 'utf8'), "\n[a]\nb = it's\n");
    });

    it('assemble puts parts together once', async () => {
      const [parts, dest] = [fresh(), path.join(fresh(), 'whole')];
      writeFileSync(path.join(parts, 'b'), 'two\n');
      writeFileSync(path.join(parts, 'a'), 'one');
      mkdirSync(path.join(parts, 'c'));

      const changes = await thrice('assemble', { src: parts, dest, delimiter: '# --', mode: '0600' });

      assert.deepEqual(changes, [true, true, false]);
      assert.equal(readFileSync(dest, 'utf8'), 'one\n# --\ntwo\n');
    });

    it('find finds, and slurp reads', async () => {
      const directory = fresh();
      mkdirSync(path.join(directory, 'sub'));
      writeFileSync(path.join(directory, 'sub', 'odd\nname.log'), 'text\n');
      writeFileSync(path.join(directory, "it's.log"), 'text\n');
      writeFileSync(path.join(directory, '.hidden.log'), '');
      symlinkSync("it's.log", path.join(directory, 'link.log'));
      const args = { paths: directory, patterns: '*.log', recurse: true, get_checksum: true };

      const found = plain(await runModule('find', args, options()));
      const again = plain(await runModule('find', args, { ...options(), checkMode: true }));
      const read = plain(await runModule('slurp', { src: path.join(directory, "it's.log") }, options()));

      const files = found.files as { path: string; checksum: string; size: number }[];
      assert.deepEqual(files.map((one) => path.basename(one.path)).sort(), ["it's.log", 'odd\nname.log']);
      assert.ok(
        files.every((one) => one.checksum === 'aa785adca3fcdfe1884ae840e13c6d294a2414e8' || one.size !== 5),
        JSON.stringify(files),
      );
      assert.deepEqual(again.matched, found.matched);
      assert.equal(Buffer.from(String(read.content), 'base64').toString(), 'text\n');
    });

    it('tempfile makes another one each time', async () => {
      const directory = fresh();
      const args = { path: directory, prefix: "it's.", suffix: '.x', state: 'directory' };

      const would = await runModule('tempfile', args, { ...options(), checkMode: true });
      const [one, other] = [await runModule('tempfile', args, options()), await runModule('tempfile', args, options())];

      const [first, second] = [one, other].map((result) => String(plain(result).path));
      assert.deepEqual([would.changed || would.skipped, one.changed, other.changed], [true, true, true]);
      assert.notEqual(first, second);
      assert.ok(existsSync(first ?? '') && statSync(second ?? '').isDirectory());
      assert.match(path.basename(first ?? ''), /^it's\..+\.x$/);
    });
  });
}
