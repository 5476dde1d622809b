// The verbs that need one instruction, on hosts that are this machine; where the process matters, with the built program.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { call } from './fake-context.ts';
import { sshoal } from './program-run.ts';

const LOCAL = ['-e', 'ansible_connection=local'] as const;
const THREE = ['-i', 'web01,web02,web03,', ...LOCAL] as const;

describe('run', () => {
  it('folds equal answers, and exits with 0 when all is well', async () => {
    const { code, stdout, stderr } = await sshoal(['run', 'all', ...THREE, '--', 'echo', 'a  b']);

    assert.equal(code, 0, stderr);
    assert.match(stdout, /^── web\[01-03\] \(3\) · ok\na {2}b\n3 hosts: 3 ok in \S+\n$/);
  });

  it('gives one word to the shell of the host', async () => {
    const { stdout } = await call(['run', 'web02', ...THREE, 'echo one | tr a-z A-Z']);

    assert.equal(stdout, 'ONE\n');
  });

  it('exits with 2 when a host failed, and 2 when one ran out of time', async () => {
    const failed = await call(['run', 'web01', ...THREE, 'echo no >&2; exit 3']);
    const slow = await call(['run', 'web01', ...THREE, '--timeout', '100ms', '--', 'sleep', '30']);

    assert.equal(failed.code, 2);
    assert.equal(failed.stdout, '! no\nweb01: failed, exit code 3\n');
    assert.equal(slow.code, 2);
    assert.match(slow.stdout, /^error .*\[TIMED_OUT\]/m);
  });

  it('writes one JSON document, or JSON lines', async () => {
    const document = await call(['run', 'all', ...THREE, '-o', 'json', '--', 'echo', 'hi']);
    const lines = await call(['run', 'web01', ...THREE, '-o', 'jsonl', '--', 'echo', 'hi']);

    const { hosts } = JSON.parse(document.stdout) as { hosts: Record<string, { stdout: string }> };
    const events = lines.stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event);
    assert.equal(hosts.web03?.stdout, 'hi\n');
    assert.deepEqual(events, ['run-started', 'host-started', 'output', 'host-finished', 'run-finished']);
  });

  it('names the hosts and does nothing with --list-hosts', async () => {
    const { code, stdout } = await call(['run', 'all', ...THREE, '--limit', '!web02', '--list-hosts', '--', 'exit', '1']);

    assert.equal(code, 0);
    assert.equal(stdout, '  hosts (2):\n    web01\n    web03\n');
  });

  it('refuses to work on nobody, unless told to be content', async () => {
    const words = ['run', 'web01', ...THREE, '--limit', 'web02'];

    const refused = await call([...words, '--', 'true']);
    const content = await call([...words, '--allow-empty', '--', 'true']);

    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /\[NO_HOSTS\]/);
    assert.equal(content.code, 0);
  });

  it('suggests the host that was meant', async () => {
    const { code, stderr } = await call(['run', 'wbe01', ...THREE, '--', 'true']);

    assert.equal(code, 1);
    assert.match(stderr, /\[PATTERN_NO_MATCH\][\s\S]*Did you mean `web01`\?/);
  });

  it('ends what runs on Ctrl-C, tells how each host ended, and exits with 130', async () => {
    const result = await sshoal(['run', 'web01,web02', ...THREE, '-v', 'echo started; sleep 30'], {
      onStdout: (text, kill) => {
        if (text.match(/started/g)?.length === 2) kill('SIGINT');
      },
    });

    assert.equal(result.code, 130);
    assert.match(result.stdout, /── web\[01-02\] \(2\) · cancelled/);
    assert.match(result.stderr, /press Ctrl-C again/);
  });

  it('masks passwords of the environment', async () => {
    const { stdout } = await call(['run', 'web01', ...THREE, '--', 'echo', 'hunter2'], { env: { SSHOAL_PASSWORD: 'hunter2' } });

    assert.equal(stdout, '********\n');
  });

  it('needs no inventory for this machine', async () => {
    const { code, stdout } = await call(['run', 'localhost', '--', 'echo', 'here'], { cwd: import.meta.dirname });

    assert.equal(code, 0);
    assert.equal(stdout, 'here\n');
  });
});

describe('put, get and ping', () => {
  let cwd = '';
  before(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-'));
    await writeFile(path.join(cwd, 'motd'), 'hello\n');
  });
  after(async () => await rm(cwd, { recursive: true }));

  it('send a file', async () => {
    const sent = await call(['put', 'web01', 'motd', path.join(cwd, 'sent'), '--mode', '0600', ...THREE], { cwd });

    assert.equal(sent.code, 0, sent.stdout + sent.stderr);
    assert.match(sent.stdout, /^web01: ok · 6 B to \S+sent\n$/);
    assert.equal(await readFile(path.join(cwd, 'sent'), 'utf8'), 'hello\n');
  });

  it('fetch a file of each host into a directory', async () => {
    const got = await call(['get', 'all', path.join(cwd, 'motd'), 'got/', ...THREE], { cwd });

    assert.equal(got.code, 0, got.stdout + got.stderr);
    assert.match(got.stdout, /^── web\[01-03\] \(3\) · ok · 6 B to \S+got\/\{host\}\/motd\n/);
    assert.equal(await readFile(path.join(cwd, 'got/web02/motd'), 'utf8'), 'hello\n');
  });

  it('send and fetch a directory, and say how much it was', async () => {
    await mkdir(path.join(cwd, 'site/css'), { recursive: true });
    await Promise.all([writeFile(path.join(cwd, 'site/css/a.css'), 'a'), writeFile(path.join(cwd, 'site/b.log'), 'b')]);
    await mkdir(path.join(cwd, 'srv'));

    const planned = await call(['put', 'web01', 'site', `${cwd}/srv/`, '-r', '--dry-run', ...THREE], { cwd });
    const sent = await call(['put', 'web01', 'site', `${cwd}/srv/`, '-r', '--exclude', '*.log', ...THREE], { cwd });
    const got = await call(['get', 'all', `${cwd}/site`, 'trees/', '-r', ...THREE], { cwd });
    const json = await call(['get', 'web01', `${cwd}/site/`, 'again/', '-rp', '-o', 'json', ...THREE], { cwd });

    assert.match(
      planned.stdout,
      /^copy file b.log \(1 B\)\nmake directory css\ncopy file css\/a.css \(1 B\)\nweb01: ok · 2 files, 2 B would go to \S+\/srv\/site\n$/,
    );
    assert.match(sent.stdout, /^web01: ok · 1 file, 1 B to \S+\/srv\/site\n$/);
    assert.deepEqual(await readdir(path.join(cwd, 'srv/site')), ['css']);
    assert.match(got.stdout, /^── web\[01-03\] \(3\) · ok · 2 files, 2 B to \S+trees\/\{host\}\/site\n/);
    assert.equal(await readFile(path.join(cwd, 'trees/web03/site/css/a.css'), 'utf8'), 'a');
    assert.match(json.stdout, /"files": ?2/);
    assert.equal(await readFile(path.join(cwd, 'again/web01/site/b.log'), 'utf8'), 'b');
  });

  it('name what of a directory cannot be copied, and copy the rest when told to go on', async () => {
    await mkdir(path.join(cwd, 'odd'));
    await Promise.all([writeFile(path.join(cwd, 'odd/fine'), 'f'), symlink('/nowhere', path.join(cwd, 'odd/broken'))]);

    const stopped = await call(['get', 'web01', `${cwd}/odd`, 'stopped/', '-r', '--links', 'follow', ...THREE], { cwd });
    const went = await call(['get', 'web01', `${cwd}/odd`, 'went/', '-r', '--links', 'follow', '--keep-going', ...THREE], { cwd });

    assert.deepEqual([stopped.code, await readdir(path.join(cwd, 'stopped/web01'))], [2, []]);
    assert.match(stopped.stdout, /\[ENOENT\]/);
    assert.equal(went.code, 2);
    assert.match(went.stdout, /1 entry was not copied, 1 files were +|TREE_INCOMPLETE/);
    assert.match(went.stdout, /broken: .*\[ENOENT\]/);
    assert.deepEqual(await readdir(path.join(cwd, 'went/web01/odd')), ['fine']);
  });

  it('name the flag for a directory', async () => {
    const got = await call(['get', 'web01', '/tmp', 'got/', ...THREE], { cwd });

    assert.equal(got.code, 2);
    assert.match(got.stdout, /\[EISDIR\][\s\S]*--recursive/);
  });

  it('refuse a file that several hosts would write', async () => {
    const { code, stderr } = await call(['get', 'all', '/etc/hostname', 'motd', ...THREE], { cwd });

    assert.equal(code, 1);
    assert.match(stderr, /\[BAD_LOCAL_PATH\]/);
  });

  it('log in and do nothing', async () => {
    const { code, stdout } = await call(['ping', 'all', ...THREE]);

    assert.equal(code, 0);
    assert.match(stdout, /^── web\[01-03\] \(3\) · ok\n3 hosts/);
  });
});
