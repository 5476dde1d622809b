// A directory fetched from a server that lies about what is in it: nothing is written outside the target, and nobody waits for ever.
import assert from 'node:assert/strict';
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { duplexPair, Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { encodeAttributes } from '#src/ssh/sftp/attributes';
import { SFTPClient } from '#src/ssh/sftp/client';
import { getTreeByTar } from '#src/ssh/sftp/tree/get-tar';
import { checkLocal } from '#src/ssh/sftp/tree/local-path';
import { END_OF_ARCHIVE, encodeEntry, padding, TAR } from '#src/ssh/sftp/tree/tar-format';
import { FieldReader, frame, PACKET, PacketSplitter, STATUS, string, uint32 } from '#src/ssh/sftp/wire';

const DIRECTORY = 0o040755;
const FILE = 0o100644;
const LINK = 0o120777;

type Listing = readonly (readonly [name: string | Uint8Array, mode: number])[];

/** A server whose every file holds `x`, whose every link leads to `/etc`, and whose directories hold what it is told. */
async function lying(listing: (directory: string) => Listing | 'refused'): Promise<SFTPClient> {
  const [near, far] = duplexPair();
  const splitter = new PacketSplitter();
  const left = new Map<string, Listing>();
  const status = (id: number, code: number): Buffer => frame(PACKET.STATUS, uint32(id), uint32(code), string('no'), string(''));
  const answer = (type: number, id: number, fields: FieldReader): Buffer => {
    switch (type) {
      case PACKET.STAT:
      case PACKET.LSTAT:
        return frame(PACKET.ATTRS, uint32(id), encodeAttributes({ mode: DIRECTORY }));
      case PACKET.OPENDIR: {
        const name = fields.name();
        const names = listing(name);
        if (names === 'refused') return status(id, STATUS.PERMISSION_DENIED);
        left.set(`d${id}`, names);
        return frame(PACKET.HANDLE, uint32(id), string(`d${id}`));
      }
      case PACKET.READDIR: {
        const handle = fields.name();
        const names = left.get(handle) ?? [];
        left.set(handle, []);
        if (names.length === 0) return status(id, STATUS.EOF);
        const entries = names.map(([name, mode]) => Buffer.concat([string(name), string(''), encodeAttributes({ mode, sizeBytes: 1 })]));
        return frame(PACKET.NAME, uint32(id), uint32(names.length), ...entries);
      }
      case PACKET.OPEN:
        return frame(PACKET.HANDLE, uint32(id), string('f'));
      case PACKET.READ:
        return frame(PACKET.DATA, uint32(id), string('x'));
      case PACKET.READLINK:
        return frame(PACKET.NAME, uint32(id), uint32(1), string('/etc'), string(''), uint32(0));
      default:
        return status(id, STATUS.OK);
    }
  };
  far.on('data', (chunk: Buffer) => {
    for (const packet of splitter.push(chunk)) {
      const fields = new FieldReader(packet);
      const type = fields.uint8();
      far.write(type === PACKET.INIT ? frame(PACKET.VERSION, uint32(3)) : answer(type, fields.uint32(), fields));
    }
  });
  far.on('end', () => far.end());
  return await SFTPClient.open(near);
}

describe('a directory of a host that lies', () => {
  let directory: string;
  const at = (name: string): string => path.join(directory, name);

  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-lies-'));
  });
  afterEach(async () => await rm(directory, { recursive: true, force: true }));

  for (const name of ['../escaped', '/escaped', 'a/b', '..', '.', '', 'a\0b']) {
    it(`does not make a file called ${JSON.stringify(name)}`, async () => {
      const client = await lying(() => [
        [Buffer.from(name), FILE],
        ['good', FILE],
      ]);

      const fetched = await client.getTree('/srv', at('to'), { onError: 'collect' });
      await client.close();

      const isListed = name !== '.' && name !== '..';
      assert.deepEqual(
        fetched.errors.map(({ error }) => error.code),
        isListed ? ['UNSAFE_NAME'] : [],
      );
      assert.deepEqual([readdirSync(directory), readdirSync(at('to'))], [['to'], ['good']]);
    });
  }

  it('is written to no place that a link of it leads to, whichever comes first', async () => {
    const listing: Listing = [
      ['x', LINK],
      ['x', DIRECTORY],
    ];
    for (const order of [listing, [...listing].reverse()]) {
      const client = await lying((where) => (where === '/srv' ? order : [['sshoal-escaped', FILE]]));

      await client.getTree('/srv', at('to'), { onError: 'collect', links: 'copy-unsafe' });
      await client.close();

      assert.equal(existsSync('/etc/sshoal-escaped'), false);
      assert.equal(lstatSync(at('to/x')).isDirectory(), true);
      await rm(at('to'), { recursive: true });
    }
  });

  it('without an end is refused at the number of entries that is allowed', async () => {
    const client = await lying(() => [['deeper', DIRECTORY]]);

    await assert.rejects(client.getTree('/srv', at('to'), { maxEntries: 50 }), { code: 'EINVAL', message: /more than 50 entries/ });

    await client.close();
    assert.deepEqual(readdirSync(directory), []);
  });

  it('is fetched but for what may not be read', async () => {
    const client = await lying((where) =>
      where === '/srv'
        ? [
            ['closed', DIRECTORY],
            ['open', DIRECTORY],
          ]
        : where === '/srv/closed'
          ? 'refused'
          : [['file', FILE]],
    );

    const fetched = await client.getTree('/srv', at('to'), { onError: 'collect' });
    await assert.rejects(client.getTree('/srv', at('other')), { code: 'EACCES' });
    await client.close();

    assert.deepEqual(
      fetched.errors.map(({ path: where, error }) => `${where} ${error.code}`),
      ['closed EACCES'],
    );
    assert.deepEqual([readdirSync(directory), readdirSync(at('to/open'))], [['to'], ['file']]);
  });

  it('names nothing that Windows takes for something else', () => {
    for (const name of ['a\\b', 'C:', 'nul', 'sub/aux.txt', 'trailing.', 'blank ', 'a:stream', 'q?', '\udcff']) {
      assert.throws(() => checkLocal(name, 'win32'), { code: 'UNSAFE_NAME' }, name);
      checkLocal(name, 'linux');
    }
    checkLocal('console/file.txt', 'win32');
  });
});

describe('an archive of a host that lies', () => {
  let directory: string;
  const at = (name: string): string => path.join(directory, name);
  const entry = (type: string, name: string, target?: string): Buffer =>
    encodeEntry({ type, path: name, target, mode: 0o644, mtimeSeconds: 0, sizeBytes: type === TAR.FILE ? 1 : 0 });
  const file = (name: string): Buffer => Buffer.concat([entry(TAR.FILE, name), Buffer.from('x'), padding(1)]);
  /** What comes of fetching these bytes. */
  const fetched = async (archive: readonly Buffer[], code = 0, maxEntries?: number) =>
    await getTreeByTar(
      async () =>
        await Promise.resolve({
          stdin: new Writable(),
          stdout: Readable.from(archive),
          stderr: Readable.from([Buffer.from('tar: trouble')]),
          exit: Promise.resolve({ kind: 'code', code }),
          close: () => {},
        }),
      '/srv',
      at('to'),
      { onError: 'collect', maxEntries },
    );

  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-lies-'));
  });
  afterEach(async () => await rm(directory, { recursive: true, force: true }));

  it('makes nothing outside the target', async () => {
    const names = ['../escaped', '/tmp/sshoal-escaped', './a/../../escaped', './..', 'a//b'];

    const result = await fetched([...names.map(file), file('./good'), END_OF_ARCHIVE]);

    assert.deepEqual(
      result.errors.map(({ error }) => error.code),
      names.map(() => 'UNSAFE_NAME'),
    );
    assert.deepEqual([readdirSync(directory), readdirSync(at('to')), existsSync('/tmp/sshoal-escaped')], [['to'], ['good'], false]);
  });

  it('writes through none of its links, and reads no file of ours', async () => {
    const result = await fetched([
      entry(TAR.LINK, './x', '/etc'),
      file('./x/sshoal-escaped'),
      entry(TAR.HARD_LINK, './ours', '/etc/passwd'),
      entry(TAR.HARD_LINK, './theirs', './nothing'),
      entry('3', './device'),
      END_OF_ARCHIVE,
    ]);

    assert.deepEqual(result.errors.map(({ path: where, error }) => `${where} ${error.code}`).sort(), [
      './device EINVAL',
      'ours UNSAFE_NAME',
      'theirs ENOENT',
      'x UNSAFE_LINK',
    ]);
    assert.deepEqual([readdirSync(at('to')), existsSync('/etc/sshoal-escaped')], [['x'], false]);
  });

  it('is refused when it is damaged, stops in the middle, or never ends', async () => {
    const good = file('./good');
    const wrongSum = Buffer.from(good);
    wrongSum[0] = 0x41;
    const endless = (function* () {
      for (;;) yield good;
    })();

    await assert.rejects(fetched([wrongSum]), { code: 'TAR_FAILED', message: /wrong sum/ });
    await assert.rejects(fetched([good.subarray(0, 600)]), { code: 'TAR_FAILED', message: /stops in the middle/ });
    await assert.rejects(fetched([good], 2), { code: 'TAR_FAILED', message: /exit code 2: tar: trouble/ });
    await assert.rejects(fetched([Buffer.from('Last login: today\n'.repeat(100))]), { code: 'TAR_FAILED' });
    await assert.rejects(fetched(endless as unknown as Buffer[], 0, 500), { code: 'EINVAL', message: /more than 500/ });

    assert.deepEqual(readdirSync(directory), []);
  });

  it('of a tar that had trouble is there with what it said', async () => {
    const result = await fetched([file('./good'), END_OF_ARCHIVE], 2);

    assert.deepEqual(
      result.errors.map(({ error }) => [error.code, /tar: trouble/.test(error.message)]),
      [['TAR_FAILED', true]],
    );
    assert.deepEqual(readdirSync(at('to')), ['good']);
  });
});
