// What every kind of connection must do, as one suite that runs over each of them.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Connection } from '#src/connection/seam';
import { isAlive } from '../support/alive.ts';

export interface Subject {
  readonly connection: Connection;
  readonly stop: () => Promise<void>;
}

/** @param open - Opens a connection to a host that shares this machine's file system and process table. */
export function connectionContract(name: string, open: () => Promise<Subject>, options: { skip: string | false } = { skip: false }): void {
  describe(`a ${name} connection`, options, () => {
    let subject: Subject;
    let directory: string;
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

    before(async () => {
      directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-contract-'));
      subject = await open();
    });
    after(async () => {
      await subject.connection.close();
      await subject.stop();
      await rm(directory, { recursive: true, force: true });
    });

    it('keeps stdout, stderr and the exit code apart', async () => {
      const result = await subject.connection.run('echo out; echo err >&2; exit 7');

      assert.deepEqual([text(result.stdout), text(result.stderr), result.exit], ['out\n', 'err\n', { kind: 'code', code: 7 }]);
    });

    it('brings back output without a newline at its end, and binary output, unchanged', async () => {
      const result = await subject.connection.run(`printf 'a\\000\\377b'`);

      assert.deepEqual([...result.stdout], [0x61, 0, 0xff, 0x62]);
    });

    it('keeps what one script does to its shell from the next', async () => {
      await subject.connection.run('cd /; X=1; exec 2>/dev/null; umask 077; trap "" TERM');

      const result = await subject.connection.run('echo "${X-unset}"; echo err >&2; pwd');

      assert.match(text(result.stdout), /^unset\n/);
      assert.equal(text(result.stderr), 'err\n');
      assert.notEqual(text(result.stdout).split('\n')[1], '/');
    });

    it('gives a script an empty stdin', async () => {
      const result = await subject.connection.run('cat; echo end');

      assert.equal(text(result.stdout), 'end\n');
    });

    it('gives a script its input, all of it, unchanged, and then its end', async () => {
      const input = Buffer.alloc(3_000_000, 'any bytes \0\x1e\xff\n', 'latin1');

      const result = await subject.connection.run('cat; echo end >&2; exit 3', { input, timeoutMs: 20_000 });

      assert.ok(Buffer.from(result.stdout).equals(input), `${result.stdout.byteLength} bytes`);
      assert.deepEqual([text(result.stderr), result.exit], ['end\n', { kind: 'code', code: 3 }]);
    });

    it('gives a script input as it comes, while it answers', async () => {
      let answered = (): void => {};
      const isAnswered = new Promise<void>((resolve) => {
        answered = resolve;
      });
      async function* lines(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('first\n');
        await isAnswered;
        yield Buffer.from('second\n');
      }

      const script = 'read -r line; echo "got $line"; read -r line; echo "got $line"; read -r line || echo end';
      const result = await subject.connection.run(script, { input: lines(), onOutput: answered, timeoutMs: 10_000 });

      assert.equal(text(result.stdout), 'got first\ngot second\nend\n');
    });

    it('does not wait for a script to read its input, and runs none of it', async () => {
      const input = Buffer.from('echo taken for a command\n'.repeat(100_000));

      const unread = await subject.connection.run('echo fine', { input, timeoutMs: 10_000 });
      const partly = await subject.connection.run('read -r line; echo "${line}"; exec 0</dev/null; sleep 0.1', {
        input,
        timeoutMs: 10_000,
      });
      const empty = await subject.connection.run('cat; echo end', { input: new Uint8Array(), timeoutMs: 10_000 });
      const next = await subject.connection.run('cat; echo next');

      assert.equal(text(unread.stdout), 'fine\n');
      assert.equal(text(partly.stdout), 'echo taken for a command\n');
      assert.equal(text(empty.stdout), 'end\n');
      assert.equal(text(next.stdout), 'next\n');
    });

    it('lets go of a source that says nothing when the script has ended', async () => {
      async function* silence(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('one\n');
        await new Promise(() => {});
      }

      const result = await subject.connection.run('read -r line; echo "${line}"', { input: silence(), timeoutMs: 10_000 });

      assert.equal(text(result.stdout), 'one\n');
    });

    it('ends a script whose input cannot be read, rather than letting it take a part for all', async () => {
      const pids = path.join(directory, 'input.pids');
      async function* breaking(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('one\n');
        while (!existsSync(pids)) await new Promise((resolve) => setTimeout(resolve, 20));
        throw new Error('the disk is gone');
      }

      const error: unknown = await subject.connection
        .run(`read -r line; sleep 60 & echo $! >'${pids}.new'; mv '${pids}.new' '${pids}'; cat; echo all`, {
          input: breaking(),
          timeoutMs: 10_000,
        })
        .catch((reason: unknown) => reason);

      assert.ok(error instanceof Error && 'code' in error && error.code === 'INPUT_UNREADABLE', String(error));
      assert.match(error.message, /the disk is gone/);
      assert.equal(isAlive(Number(await readFile(pids, 'utf8'))), false);
    });

    it('ends a script that waits for input when the deadline passes', async () => {
      async function* silence(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('one\n');
        await new Promise(() => {});
      }

      const error: unknown = await subject.connection.run('cat', { input: silence(), timeoutMs: 500 }).catch((reason: unknown) => reason);

      assert.ok(error instanceof Error && 'code' in error && 'output' in error && error.code === 'TIMED_OUT');
      assert.equal(text((error.output as { stdout: Uint8Array }).stdout), 'one\n');
    });

    it('reports a syntax error as a failed script, and goes on', async () => {
      const broken = await subject.connection.run('if then (');
      const next = await subject.connection.run('echo fine');

      assert.notDeepEqual(broken.exit, { kind: 'code', code: 0 });
      assert.equal(text(next.stdout), 'fine\n');
    });

    it('takes any quoting in a script', async () => {
      const result = await subject.connection.run(`printf '%s\\n' "it's" 'a"b' 'c\\d' '$HOME' '\`x\`'\nprintf 'second line\\n'`);

      assert.equal(text(result.stdout), 'it\'s\na"b\nc\\d\n$HOME\n`x`\nsecond line\n');
    });

    it('takes a script larger than any argument list', async () => {
      const body = 'x'.repeat(300_000);

      const result = await subject.connection.run(`v='${body}'; printf %s "\${#v}"`);

      assert.equal(text(result.stdout), '300000');
    });

    it('survives a script that kills its shell', async () => {
      const killed = await subject.connection.run('kill -KILL $$; sleep 5');
      const next = await subject.connection.run('echo alive');

      assert.deepEqual(killed.exit, { kind: 'signal', signal: 'SIGKILL' });
      assert.equal(text(next.stdout), 'alive\n');
    });

    it('does not wait for a background child that holds the output open', async () => {
      const pidFile = path.join(directory, 'child.pid');

      const result = await subject.connection.run(`sleep 30 & echo $! >'${pidFile}'; echo started`);

      process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGKILL');
      assert.equal(text(result.stdout), 'started\n');
    });

    it('brings back 8 MiB on each stream, and keeps no more than it is told', async () => {
      const script = 'head -c 8388608 /dev/zero; head -c 8388608 /dev/zero >&2';

      const whole = await subject.connection.run(script);
      const bounded = await subject.connection.run(script, { keepBytes: 1_000 });

      assert.deepEqual([whole.stdout.byteLength, whole.stderr.byteLength, whole.truncated], [8_388_608, 8_388_608, false]);
      assert.deepEqual([bounded.stdout.byteLength, bounded.stderr.byteLength, bounded.truncated], [1_000, 1_000, true]);
    });

    it('passes output on while the script still runs', async () => {
      const gate = path.join(directory, 'gate');
      let seen = '';
      const onOutput = async (_stream: string, chunk: Uint8Array): Promise<void> => {
        seen += text(chunk);
        if (seen === 'first\n') await writeFile(gate, '');
      };

      // The script can only end if its first line was passed on before its end.
      const result = await subject.connection.run(`echo first; while [ ! -e '${gate}' ]; do sleep 0.05; done; echo second`, {
        onOutput,
        timeoutMs: 10_000,
      });

      assert.equal(text(result.stdout), 'first\nsecond\n');
      assert.equal(seen, 'first\nsecond\n');
    });

    it('runs scripts at once when asked at once', async () => {
      const meet = (own: string, other: string): string =>
        `: >'${directory}/${own}'; while [ ! -e '${directory}/${other}' ]; do sleep 0.05; done; echo met`;

      const results = await Promise.all([
        subject.connection.run(meet('a', 'b'), { timeoutMs: 10_000 }),
        subject.connection.run(meet('b', 'a'), { timeoutMs: 10_000 }),
      ]);

      assert.deepEqual(
        results.map((result) => text(result.stdout)),
        ['met\n', 'met\n'],
      );
    });

    it('ends a script and its children when the deadline passes, and keeps what it wrote', async () => {
      const pids = path.join(directory, 'timeout.pids');

      const error: unknown = await subject.connection
        .run(`echo begun; sleep 60 & echo $! >'${pids}'; wait`, { timeoutMs: 500 })
        .catch((reason: unknown) => reason);

      assert.ok(error instanceof Error && 'code' in error && 'output' in error);
      assert.equal(error.code, 'TIMED_OUT');
      assert.equal(text((error.output as { stdout: Uint8Array }).stdout), 'begun\n');
      assert.equal(isAlive(Number(await readFile(pids, 'utf8'))), false);
    });

    it('ends a script that ignores TERM when it is aborted, and takes the next one', async () => {
      const pids = path.join(directory, 'abort.pids');
      const abort = new AbortController();
      const onOutput = (): void => abort.abort();

      const running = subject.connection.run(`trap '' TERM; sleep 60 & echo $! >'${pids}'; echo begun; while :; do wait; done`, {
        onOutput,
        signal: abort.signal,
      });
      const error: unknown = await running.catch((reason: unknown) => reason);
      const next = await subject.connection.run('echo next');

      assert.ok(error instanceof Error && 'code' in error && error.code === 'CANCELLED');
      assert.equal(isAlive(Number(await readFile(pids, 'utf8'))), false);
      assert.equal(text(next.stdout), 'next\n');
    });

    it('puts and gets a file with its mode, and leaves no temporary file', async () => {
      const [local, remote, back] = ['local', 'remote file', 'back'].map((name) => path.join(directory, name)) as [string, string, string];
      const body = Buffer.alloc(300_000, 'sshoal ');
      await writeFile(local, body, { mode: 0o640 });

      const sent = await subject.connection.put(local, remote);
      const fetched = await subject.connection.get(remote, back);

      assert.deepEqual([sent.bytes, fetched.bytes], [body.length, body.length]);
      assert.deepEqual(await readFile(back), body);
      assert.equal((await stat(remote)).mode & 0o777, 0o640);
      assert.deepEqual(
        (await readdir(directory)).filter((name) => name.endsWith('.part')),
        [],
      );
    });

    it('puts a file into a directory only when the path says so', async () => {
      const [local, inside] = [path.join(directory, 'one'), path.join(directory, 'inside')];
      await writeFile(local, 'one');
      await mkdir(inside);

      const onto: unknown = await subject.connection.put(local, inside).catch((reason: unknown) => reason);
      const into = await subject.connection.put(local, `${inside}/`);

      assert.ok(onto instanceof Error && 'code' in onto && onto.code === 'EISDIR');
      assert.equal(into.remotePath, path.join(inside, 'one'));
      assert.equal(await readFile(path.join(inside, 'one'), 'utf8'), 'one');
    });

    it('puts and gets a directory, says what a dry run would do, and collects errors', async () => {
      const { connection } = subject;
      const [local, remote, back] = ['tree', 'tree there', 'tree back'].map((name) => path.join(directory, name)) as [
        string,
        string,
        string,
      ];
      await mkdir(path.join(local, 'sub'), { recursive: true });
      await Promise.all([writeFile(path.join(local, 'sub/file'), 'text'), writeFile(path.join(local, 'skipped.log'), 'log')]);
      assert.ok(connection.putTree !== undefined && connection.getTree !== undefined);

      const planned = await connection.putTree(local, remote, { dryRun: true });
      const wasThere = existsSync(remote);
      const sent = await connection.putTree(local, remote, { exclude: ['*.log'] });
      const fetched = await connection.getTree(remote, back, { preserve: true, via: 'tar' });
      await rm(path.join(back, 'sub/file'));
      await mkdir(path.join(back, 'sub/file'));
      const again = await connection.getTree(remote, back, { onError: 'collect' });

      assert.deepEqual([wasThere, planned.plan?.length], [false, 3]);
      assert.deepEqual([sent.files, sent.bytes, sent.remotePath], [1, 4, remote]);
      assert.deepEqual([fetched.files, fetched.localPath], [1, back]);
      assert.deepEqual(
        again.errors.map((fault) => `${fault.path} ${fault.error.code}`),
        ['sub/file EISDIR'],
      );
    });

    it('says of a directory that it is missing, and that it was cancelled', async () => {
      const { connection } = subject;
      const nowhere = path.join(directory, 'no such tree');
      const missing: unknown = await connection.getTree?.(nowhere, path.join(directory, 'x')).catch((reason: unknown) => reason);
      const cancelled: unknown = await connection
        .putTree?.(directory, path.join(directory, 'x'), { signal: AbortSignal.abort() })
        .catch((reason: unknown) => reason);

      assert.ok(missing instanceof Error && 'code' in missing && missing.code === 'ENOENT');
      assert.ok(cancelled instanceof Error && 'code' in cancelled && cancelled.code === 'CANCELLED');
    });

    it('says which file is missing, and leaves the old one alone', async () => {
      const kept = path.join(directory, 'kept');
      await writeFile(kept, 'old');

      const missing: unknown = await subject.connection.get(path.join(directory, 'nothing'), kept).catch((reason: unknown) => reason);

      assert.ok(missing instanceof Error && 'code' in missing && missing.code === 'ENOENT');
      assert.equal(await readFile(kept, 'utf8'), 'old');
      assert.equal(existsSync(path.join(directory, 'nothing')), false);
    });
  });
}
