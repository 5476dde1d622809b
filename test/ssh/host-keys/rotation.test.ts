// Host keys that change in good order: what known_hosts learns, forgets and leaves alone.
import assert from 'node:assert/strict';
import { lstat, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { hashName } from '#src/ssh/host-keys/name-pattern';
import { rememberRotatedKeys } from '#src/ssh/host-keys/rotation';
import { generateKeyPair } from '#src/testing/key-pair';

const [ours, fresh, old] = [generateKeyPair('').publicKey, generateKeyPair('').publicKey, generateKeyPair('').publicKey];
const blob = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64');
const unheardOf = Buffer.concat([Buffer.of(0, 0, 0, 5), Buffer.from('ssh-x'), Buffer.of(0, 0, 0, 0)]);
const foreign = `ssh-x ${unheardOf.toString('base64')}`;
const both = { offered: [blob(ours), blob(fresh)], proven: [blob(ours), blob(fresh)] };

describe('keys that a host has proven', () => {
  let directory: string;
  const at = (name: string): string => path.join(directory, name);
  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-rotation-'));
  });
  after(async () => await rm(directory, { recursive: true, force: true }));

  const rotate = async (lines: readonly string[], offer = both, revoked: readonly Buffer[] = []): Promise<string[]> => {
    await writeFile(at('file'), lines.join('\n'));
    await rememberRotatedKeys(at('file'), 'web07', offer, (key) => revoked.some((one) => one.equals(key)), false);
    return (await readFile(at('file'), 'utf8')).split('\n');
  };

  it('are added, those given up are removed, and nothing else is touched', async () => {
    const others = ['# mine', '', 'rubbish', `@cert-authority web07 ${old}`, `other ${old}`, `web07,db01 ${old}`, `web07 ${foreign}`];

    const after = await rotate([...others, `web07 ${ours}`, `web07 ${old}`, `${hashName('web07')} ${old}`, '']);

    assert.deepEqual(after, [...others, `web07 ${ours}`, `web07 ${fresh}`, '']);
  });

  const untouched: readonly [why: string, lines: readonly string[], offer?: typeof both][] = [
    ['a pattern names the host', [`web* ${ours}`, `web07 ${old}`]],
    ['one of them is known under another name', [`web07 ${ours}`, `db01 ${ours}`]],
    ['one of them is known under the hash of another name', [`web07 ${ours}`, `${hashName('db01')} ${fresh}`]],
    ['one was not proven', [`web07 ${ours}`, `web07 ${old}`], { offered: both.offered, proven: [blob(ours)] }],
    ['none was offered', [`web07 ${ours}`], { offered: [], proven: [] }],
    ['all of them are known, though the last line has no end', [`web07 ${ours}`, `web07 ${fresh}`]],
  ];
  for (const [why, lines, offer] of untouched) {
    it(`change nothing when ${why}`, async () => {
      const after = await rotate(lines, offer);

      assert.deepEqual(after, lines);
    });
  }

  it('are not learnt when they are revoked or of a type nobody asks for', async () => {
    const offer = { offered: [...both.offered, unheardOf], proven: [...both.offered, unheardOf] };

    const after = await rotate([`web07 ${ours}`, ''], offer, [blob(fresh)]);

    assert.deepEqual(after, [`web07 ${ours}`, '']);
  });

  it('are written with their names hidden where that is asked for, with the mode the file had, through a link', async () => {
    await writeFile(at('real'), `web07 ${ours}\n`, { mode: 0o640 });
    await symlink(at('real'), at('link'));

    const isChanged = await rememberRotatedKeys(at('link'), 'web07', both, () => false, true);

    const text = await readFile(at('real'), 'utf8');
    assert.ok(isChanged);
    assert.match(text, /^web07 \S+ \S+\n\|1\|\S+ ssh-ed25519 \S+\n$/);
    assert.deepEqual([(await stat(at('real'))).mode & 0o777, (await lstat(at('link'))).isSymbolicLink()], [0o640, true]);
  });
});
