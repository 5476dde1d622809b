// Whole directories through tar: GNU's and busybox's, started by a shell of this machine as a host would start them.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { getTreeByTar } from '#src/ssh/sftp/tree/get-tar';
import type { TreeProgress } from '#src/ssh/sftp/tree/options';
import { putTreeByTar } from '#src/ssh/sftp/tree/put-tar';
import type { Exec } from '#src/ssh/sftp/tree/tar-host';
import { findProgram, needs } from '../../../support/real.js';
import { snapshot, writeOddTree, writeTree } from './trees.js';

/** A host whose programs are those of one directory, or, without it, those of this machine. */
function host(programs?: string): Exec {
  return async (command) => {
    const env = programs === undefined ? process.env : { ...process.env, PATH: programs };
    const child = spawn('/bin/sh', ['-c', command], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    // A command may end before it has read everything; its exit tells.
    child.stdin.on('error', () => {});
    const exit = new Promise<{ kind: 'code'; code: number } | { kind: 'signal'; signal: string }>((resolve) => {
      child.once('exit', (code, signal) => resolve(signal === null ? { kind: 'code', code: code ?? 0 } : { kind: 'signal', signal }));
    });
    const close = (): void => {
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    };
    return await Promise.resolve({ stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, exit, close });
  };
}

const KINDS = [
  { name: "GNU's tar", programs: ['tar'], busybox: false },
  { name: "busybox's tar", programs: ['busybox'], busybox: true },
] as const;

for (const kind of KINDS) {
  describe(`a directory sent or fetched through ${kind.name}`, needs(...kind.programs), () => {
    let directory: string;
    let exec: Exec;
    const at = (name: string): string => path.join(directory, name);
    const names = (name = ''): string[] =>
      readdirSync(at(name))
        .filter((one) => one !== 'bin')
        .sort();

    // Busybox makes links that go up last of all, so that their directory has been changed just now.
    const kept = (name: string): string[] =>
      snapshot(at(name), { modes: true, times: true }).map((line) => (kind.busybox ? line.replace(/^(links: .*) \d+$/, '$1') : line));

    beforeEach(async () => {
      directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-tar-'));
      if (kind.busybox) {
        mkdirSync(at('bin'));
        for (const tool of ['sh', 'tar', 'mkdir', 'rm', 'mv', 'chmod']) symlinkSync(findProgram('busybox') ?? '', at(`bin/${tool}`));
        exec = host(at('bin'));
      } else {
        exec = host();
      }
    });
    afterEach(async () => await rm(directory, { recursive: true, force: true }));

    it('comes back equal with everything that preserve keeps, whatever its names are', async () => {
      writeOddTree(at('from'));

      const sent = await putTreeByTar(exec, at('from'), at('there'), { preserve: true });
      const fetched = await getTreeByTar(exec, at('there'), at('back'), { preserve: true });

      const original = kept('from');
      assert.deepEqual(kept('there'), original);
      assert.deepEqual(kept('back'), original);
      assert.deepEqual([sent.files, sent.directories, sent.links, sent.errors], [12, 5, 4, []]);
      assert.deepEqual([fetched.files, fetched.directories, fetched.links, fetched.bytes], [12, 5, 4, sent.bytes]);
      assert.deepEqual(names(), ['back', 'from', 'there']);
    });

    it('goes into a directory that is there, and takes what the patterns leave', async () => {
      writeTree(at('from'), { a: 'new', 'b.log': 'log', sub: { c: 'new' } });
      writeTree(at('to'), { a: 'old', sub: { d: 'old' } });
      writeTree(at('back'), { a: 'old', sub: { d: 'old' } });
      chmodSync(at('from/a'), 0o4755);

      await putTreeByTar(exec, at('from'), at('to'), { exclude: ['*.log'] });
      await getTreeByTar(exec, at('from'), at('back'), { exclude: ['*.log'] });

      for (const copy of ['to', 'back']) {
        assert.deepEqual(
          [names(copy), names(`${copy}/sub`)],
          [
            ['a', 'sub'],
            ['c', 'd'],
          ],
        );
        assert.equal(readFileSync(at(`${copy}/a`), 'utf8'), 'new');
        assert.equal(statSync(at(`${copy}/a`)).mode & 0o7777, 0o755);
      }
    });

    it('takes links as what they lead to, or not at all', async () => {
      writeTree(at('from'), { file: 'f', link: { link: 'file' } });

      for (const links of ['follow', 'skip'] as const) {
        await putTreeByTar(exec, at('from'), at(`put ${links}`), { links });
        await getTreeByTar(exec, at('from'), at(`get ${links}`), { links });
      }

      for (const way of ['put', 'get']) {
        assert.equal(readFileSync(at(`${way} follow/link`), 'utf8'), 'f');
        assert.deepEqual(names(`${way} skip`), ['file']);
      }
    });

    it('makes copies of files with several names, and no link that leads out', async () => {
      writeTree(at('from'), { one: 'same', out: { link: '/etc/passwd' } });
      spawnSync('ln', [at('from/one'), at('from/two')]);

      const fetched = await getTreeByTar(exec, at('from'), at('to'), { onError: 'collect' });

      assert.deepEqual([readFileSync(at('to/one'), 'utf8'), readFileSync(at('to/two'), 'utf8')], ['same', 'same']);
      assert.deepEqual(
        fetched.errors.map(({ path: where, error }) => `${where} ${error.code}`),
        ['out UNSAFE_LINK'],
      );
      assert.deepEqual(names('to'), ['one', 'two']);
    });

    it('appears complete or not at all when it is cut off, between two entries too', async () => {
      writeTree(at('from'), Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`file ${n}`, 'x'.repeat(5_000)])));
      for (const entries of [40, 41.5]) {
        const cut: Exec = async (command) => {
          const process = await exec(command);
          let left = entries * (512 + 5_120);
          const write = process.stdin.write.bind(process.stdin);
          process.stdin.write = ((chunk: Buffer, ...rest: never[]) => {
            const some = chunk.subarray(0, left);
            left -= some.length;
            return write(some, ...rest);
          }) as typeof process.stdin.write;
          return process;
        };

        await assert.rejects(putTreeByTar(cut, at('from'), at('to')), { code: 'TAR_FAILED' });

        assert.deepEqual(names(), ['from']);
      }
    });

    it('leaves nothing after an abort', async () => {
      writeTree(at('from'), Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`file ${n}`, 'x'.repeat(30_000)])));
      const reason = new Error('enough');
      for (const way of [putTreeByTar, getTreeByTar]) {
        const abort = new AbortController();
        const onProgress = ({ doneFiles }: TreeProgress): void => (doneFiles === 50 ? abort.abort(reason) : undefined);
        const exits: Promise<unknown>[] = [];
        const watched: Exec = async (command) => {
          const process = await exec(command);
          exits.push(process.exit);
          return process;
        };

        await assert.rejects(way(watched, at('from'), at('to'), { signal: abort.signal, onProgress }), reason);
        await Promise.all(exits);

        assert.deepEqual(names(), ['from']);
      }
    });

    it('says why it cannot be done', async () => {
      writeTree(at('from'), { a: 'a' });
      writeFileSync(at('file'), 'in the way');
      mkdirSync(at('no programs'));

      await assert.rejects(putTreeByTar(host(at('no programs')), at('from'), at('to')), { code: 'TAR_FAILED', message: /sh|no tar/ });
      await assert.rejects(putTreeByTar(exec, at('from'), at('file')), { code: 'ENOTDIR' });
      await assert.rejects(putTreeByTar(exec, at('from'), at('no/such/directory')), { code: 'TAR_FAILED', message: /No such file/ });
      await assert.rejects(getTreeByTar(exec, at('nothing'), at('to')), { code: 'ENOENT' });
      await assert.rejects(getTreeByTar(exec, at('file'), at('to')), { code: 'ENOTDIR' });
      await assert.rejects(getTreeByTar(exec, at('from'), at('to'), { update: 'changed' }), { code: 'EINVAL' });
      await assert.rejects(putTreeByTar(exec, `${at('from')}\udcff`, at('to')), { code: 'ENOENT' });
      await assert.rejects(getTreeByTar(exec, `${at('from')}\udcff`, at('to')), { code: 'TAR_FAILED', message: /cannot name/ });

      assert.equal(existsSync(at('to')), false);
    });
  });
}
