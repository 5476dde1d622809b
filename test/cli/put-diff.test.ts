// put and get of directories with --diff, --delete, --update and --checksum, on hosts that are this machine.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { snapshot, writeTree } from '../ssh/sftp/tree/trees.ts';
import { call } from './fake-context.ts';

const LOCAL = ['-e', 'ansible_connection=local'] as const;
const THREE = ['-i', 'web01,web02,web03,', ...LOCAL] as const;
const ONE = ['-i', 'web01,', ...LOCAL] as const;

const namesIn = (directory: string): string[] =>
  snapshot(directory)
    .map((line) => line.split(':')[0] ?? '')
    .sort();

describe('put -r', () => {
  let cwd = '';
  const at = (name: string): string => path.join(cwd, name);
  beforeEach(() => {
    cwd = mkdtempSync(path.join(tmpdir(), 'sshoal-diff-'));
    writeTree(at('site'), { 'index.html': 'one\ntwo\nthree\n', same: 'same\n', css: { 'new.css': 'a {}\n' } });
    writeTree(at('there'), { 'index.html': 'one\n2\nthree\n', same: 'same\n', old: { deep: 'x', 'keep.log': 'log' }, 'gone.txt': 'bye\n' });
  });
  afterEach(() => rmSync(cwd, { recursive: true }));

  it('--diff shows what would change, once for hosts that need the same, and changes nothing', async () => {
    const before = snapshot(at('there'), { times: true });

    const { code, stdout, stderr } = await call(['put', 'all', 'site', at('there'), '-r', '--diff', '--delete', ...THREE], { cwd });

    assert.equal(code, 0, stderr);
    assert.equal(stdout.match(/^── /gm)?.length, 1);
    assert.match(stdout, /^── web\[01-03\] \(3\) · ok · 2 files, 19 B would go to \S+ \(1 unchanged, 4 removed\)$/m);
    assert.match(stdout, /^changed index\.html \(14 B\)\n@@ -1,3 \+1,3 @@\n one\n-2\n\+two\n three$/m);
    assert.match(stdout, /^new directory css\nnew css\/new\.css \(5 B\)$/m);
    assert.match(stdout, /^removed gone\.txt$/m);
    assert.doesNotMatch(stdout, /same/);
    assert.deepEqual(snapshot(at('there'), { times: true }), before);
  });

  it('--diff --apply asks, and does nothing where nobody answers', async () => {
    const { code, stdout, stderr } = await call(['put', 'web01', 'site', at('there'), '-r', '--diff', '--apply', ...ONE], { cwd });

    assert.equal(code, 1);
    assert.match(stdout, /^changed index\.html/m);
    assert.match(stderr, /\[NO_TERMINAL\][\s\S]*--yes/);
    assert.equal(readFileSync(at('there/index.html'), 'utf8'), 'one\n2\nthree\n');
  });

  it('--diff --apply --yes does it, and leaves the same alone', async () => {
    utimesSync(at('there/same'), 1, 1);

    const { code, stdout } = await call(['put', 'web01', 'site', at('there'), '-r', '--diff', '--apply', '--yes', '--delete', ...ONE], {
      cwd,
    });

    assert.equal(code, 0, stdout);
    assert.match(stdout, /^changed index\.html/m);
    assert.deepEqual(snapshot(at('there')), snapshot(at('site')));
    assert.match(snapshot(at('there'), { times: true }).join('\n'), /^same: \S+ 1$/m);
  });

  it('--diff is data for machines, and the same for all of them', async () => {
    const { stdout } = await call(['put', 'all', 'site', at('there'), '-r', '--diff', '-o', 'json', ...THREE], { cwd });

    const { hosts } = JSON.parse(stdout) as { hosts: Record<string, { changes: unknown[]; unchanged: number; dryRun: boolean }> };
    assert.deepEqual(hosts.web02?.changes, [
      { action: 'make directory', path: 'css' },
      { action: 'copy file', path: 'css/new.css', bytes: 5 },
      { action: 'copy file', path: 'index.html', bytes: 14, replaces: true, diff: '@@ -1,3 +1,3 @@\n one\n-2\n+two\n three\n' },
    ]);
    assert.deepEqual([hosts.web02?.unchanged, hosts.web02?.dryRun], [1, true]);
    assert.deepEqual(hosts.web03?.changes, hosts.web02?.changes);
  });

  it('--diff tells modes that change where they are kept, and applies them', async () => {
    chmodSync(at('site/same'), 0o600);
    chmodSync(at('there/same'), 0o644);
    const words = ['put', 'web01', 'site', at('there'), '-r', '-p', '--diff', ...ONE];

    const shown = await call(words, { cwd });
    await call([...words, '--apply', '--yes'], { cwd });

    assert.match(shown.stdout, /^mode same \(0644 to 0600\)$/m);
    assert.match(snapshot(at('there'), { modes: true }).join('\n'), /^same: \S+ 600$/m);
  });

  it('--diff of what no terminal should see shows no control characters, and of binary files no difference', async () => {
    writeFileSync(at('site/index.html'), 'one\n\x1b[31mred\nthree\n');
    writeFileSync(at('site/same'), Buffer.from([1, 0, 2]));

    const { stdout } = await call(['put', 'web01', 'site', at('there'), '-r', '--diff', ...ONE], { cwd });

    assert.ok(!stdout.includes('\x1b'));
    assert.match(stdout, /^changed same \(3 B\)\n(?!@@)/m);
  });

  it('--delete leaves what is excluded, with the directories it is in, and follows no link', async () => {
    writeTree(at('elsewhere'), { precious: 'p' });
    writeTree(at('there'), { link: { link: '../elsewhere' } });

    const { code, stdout } = await call(['put', 'web01', 'site', at('there'), '-r', '--delete', '--exclude', '*.log', ...ONE], { cwd });

    assert.equal(code, 0, stdout);
    assert.deepEqual(namesIn(at('there')), ['css', 'css/new.css', 'index.html', 'old', 'old/keep.log', 'same']);
    assert.ok(existsSync(at('elsewhere/precious')));
  });

  it('--delete refuses a source without files, and the root directory', async () => {
    mkdirSync(at('empty'));

    const empty = await call(['put', 'web01', 'empty', at('there'), '-r', '--delete', ...ONE], { cwd });
    const root = await call(['put', 'web01', 'site', '/', '-r', '--delete', '--dry-run', ...ONE], { cwd });
    writeTree(cwd, { top: { link: '/' } });
    const rootItself = await call(['put', 'web01', 'site', at('top'), '-r', '--delete', '--dry-run', ...ONE], { cwd });

    assert.match(empty.stdout, /\[EINVAL\]/);
    assert.ok(existsSync(at('there/gone.txt')));
    // With / at its end the path is the directory that site goes into.
    assert.equal(root.code, 0, root.stdout);
    assert.match(rootItself.stdout, /root directory/);
  });

  it('--update goes by size and time, --checksum by content', async () => {
    for (const side of ['site', 'there']) for (const file of ['same', 'index.html']) utimesSync(at(`${side}/${file}`), 5, 5);
    const copied = async (flag: string): Promise<string> =>
      (await call(['put', 'web01', 'site', at('there'), '-r', '--dry-run', flag, ...ONE], { cwd })).stdout;

    assert.match(await copied('--update'), /copy file index\.html/); // another size
    writeFileSync(at('there/index.html'), 'one\nTWO\nthree\n');
    utimesSync(at('there/index.html'), 5, 5);
    assert.doesNotMatch(await copied('--update'), /index\.html/);
    assert.match(await copied('--checksum'), /copy file index\.html/);
    assert.doesNotMatch(await copied('--checksum'), /same/);
  });

  it('refuses flags that mean nothing together', async () => {
    const refused = async (...flags: string[]): Promise<string> =>
      (await call(['put', 'web01', 'site', '/x', ...flags, ...ONE], { cwd })).stderr;

    assert.match(await refused('--diff'), /without --recursive/);
    assert.match(await refused('-r', '--apply'), /without --diff/);
    assert.match(await refused('-r', '--yes'), /without --apply/);
    assert.match(await refused('-r', '--update', '--checksum'), /--update means nothing with --checksum/);
    assert.match(await refused('-r', '--via', 'tar', '--verify'), /--verify means nothing with --via tar/);
    assert.match(await refused('-r', '--diff', '--apply', '-o', 'json'), /Nobody can be asked/);
    assert.match(await refused('--limit-rate', '10MB'), /\[BAD_UNIT\]/);
  });
});

describe('get -r', () => {
  let cwd = '';
  const at = (name: string): string => path.join(cwd, name);
  beforeEach(() => {
    cwd = mkdtempSync(path.join(tmpdir(), 'sshoal-diff-'));
    writeTree(at('etc'), { conf: 'a\nb\n' });
  });
  afterEach(() => rmSync(cwd, { recursive: true }));

  it('--diff compares with what was fetched before, and makes no directory', async () => {
    writeTree(at('got'), { web01: { etc: { conf: 'a\nc\n' } } });

    const { code, stdout } = await call(['get', 'all', at('etc'), 'got', '-r', '--diff', ...THREE], { cwd });

    assert.equal(code, 0, stdout);
    assert.match(stdout, /-c\n\+b$/m);
    assert.deepEqual(namesIn(at('got')), ['web01', 'web01/etc', 'web01/etc/conf']);
  });

  it('goes to a directory for each host, also where nobody wrote a slash', async () => {
    const { code, stdout } = await call(['get', 'all', at('etc'), 'got', '-r', '--limit-rate', '10M', '--transfers', '1', ...THREE], {
      cwd,
    });

    assert.equal(code, 0, stdout);
    assert.equal(readFileSync(at('got/web03/etc/conf'), 'utf8'), 'a\nb\n');
  });
});
