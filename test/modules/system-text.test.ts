// The texts of system files that modules edit: the table of file systems, keys that may log in, keys of hosts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { editKeys, readKey, readOptions } from '#src/modules/texts/authorized-keys';
import { setEntry, withoutEntry } from '#src/modules/texts/fstab';
import { findHost, hashName, isOf } from '#src/modules/texts/known-hosts-text';

const ENTRY = { src: '/dev/sda1', name: '/mnt/a b', fstype: 'ext4', opts: 'defaults', dump: '0', passno: '2' };
const TABLE =
  '# comment\nproc /proc proc defaults\n/dev/sdb1   /mnt/a\\040b  ext4 defaults 0 2\n\n/dev/sdc none swap sw\n/dev/sdd none swap sw 0 0';

describe('setEntry', () => {
  it('replaces the entry of the mount point, and keeps every other line', () => {
    const table = setEntry(TABLE, ENTRY);

    assert.equal(table, `${TABLE.replace('/dev/sdb1   /mnt/a\\040b  ext4', '/dev/sda1 /mnt/a\\040b ext4')}\n`);
    assert.equal(setEntry(table, ENTRY), table);
  });

  it('adds an entry that is not there', () => {
    assert.equal(setEntry('', { ...ENTRY, src: 'a\\b&c' }), 'a\\134b\\046c /mnt/a\\040b ext4 defaults 0 2\n');
  });

  it('leaves an entry alone whose last fields are not written', () => {
    const proc = { src: 'proc', name: '/proc', fstype: 'proc', opts: 'defaults', dump: '0', passno: '0' };

    assert.equal(setEntry('proc\t/proc  proc defaults\n', proc), 'proc\t/proc  proc defaults\n');
  });
});

describe('withoutEntry', () => {
  it('takes the entry of a mount point out, and of swap that of the device', () => {
    assert.equal(withoutEntry(TABLE, '/mnt/a b', undefined).includes('sdb1'), false);
    assert.equal(withoutEntry(TABLE, 'none', '/dev/sdc'), `${TABLE.replace('/dev/sdc none swap sw\n', '')}\n`);
    assert.equal(withoutEntry(`${TABLE}\n`, '/mnt/c', undefined), `${TABLE}\n`);
  });
});

const [ONE, TWO] = ['ssh-ed25519 AAAAone me@here', 'from="10.0.0.1,::1",no-pty ssh-rsa AAAAtwo my old key'];
const keys = (...lines: string[]) => lines.flatMap((line) => readKey(line) ?? []);

describe('readKey', () => {
  it('reads options, type, key and comment', () => {
    assert.deepEqual(readKey(TWO), {
      type: 'ssh-rsa',
      blob: 'AAAAtwo',
      comment: 'my old key',
      options: [
        ['from', '"10.0.0.1,::1"'],
        ['no-pty', undefined],
      ],
    });
    assert.equal(readKey('# ssh-rsa AAAA'), undefined);
    assert.equal(readKey('sk-ssh-ed25519@openssh.com AAAA')?.type, 'sk-ssh-ed25519@openssh.com');
  });

  it('does not split options at commas and signs in quotes', () => {
    assert.deepEqual(readOptions('command="a,b=c d",no-pty'), [
      ['command', '"a,b=c d"'],
      ['no-pty', undefined],
    ]);
  });
});

describe('editKeys', () => {
  const edit = { isPresent: true, exclusive: false };

  it('adds what is not there at the end, once', () => {
    const text = editKeys(`# mine\n${ONE}`, { ...edit, keys: keys(TWO, ONE, TWO) });

    assert.equal(text, `# mine\n${ONE}\n${TWO}\n`);
    assert.equal(editKeys(text, { ...edit, keys: keys(ONE, TWO) }), text);
  });

  it('replaces a key that says something else', () => {
    assert.equal(editKeys(`${ONE}\n${TWO}\n`, { ...edit, keys: keys('ssh-ed25519 AAAAone other') }), `${TWO}\nssh-ed25519 AAAAone other\n`);
  });

  it('leaves a key with the same options in another order alone', () => {
    const text = 'a,b="c" ssh-rsa AAAA x\n';

    assert.equal(editKeys(text, { ...edit, keys: keys('b="c",a ssh-rsa AAAA x') }), text);
  });

  it('takes keys out whatever they say', () => {
    const text = editKeys(`# mine\n${ONE}\n${TWO}\n`, { ...edit, isPresent: false, keys: keys('ssh-rsa AAAAtwo') });

    assert.equal(text, `# mine\n${ONE}\n`);
  });

  it('keeps nothing else when told', () => {
    assert.equal(editKeys(`# mine\n${ONE}\n${TWO}\n`, { ...edit, exclusive: true, keys: keys(ONE) }), `${ONE}\n`);
  });
});

describe('known hosts', () => {
  const LINES = ['# c', 'one,*.net,!bad.net ssh-rsa AAAA', '@revoked one ssh-ed25519 BBBB', '[one]:22022 ssh-rsa CCCC'];

  it('finds names, patterns, ports and hashes', () => {
    assert.deepEqual(findHost(LINES, 'ONE', undefined).all, [1, 2]);
    assert.deepEqual(findHost(LINES, 'a.net', undefined).all, [1]);
    assert.deepEqual(findHost(LINES, 'bad.net', undefined).all, []);
    assert.deepEqual(findHost(LINES, '[one]:22022', undefined).all, [3]);
    assert.equal(isOf(hashName('@revoked one ssh-rsa AAAA', 'One'), 'one'), true);
    assert.equal(isOf(hashName('one ssh-rsa AAAA', 'one'), 'two'), false);
  });

  it('tells a key that is there from another one of its type', () => {
    assert.deepEqual(findHost(['one ssh-rsa AAAA', 'one x BBBB'], 'one', 'one x BBBB me'), {
      isKnown: true,
      isSame: true,
      at: 1,
      all: [0, 1],
    });
    assert.deepEqual(findHost(['one ssh-rsa AAAA'], 'one', 'one ssh-rsa BBBB'), { isKnown: true, isSame: false, at: 0, all: [0] });
    assert.deepEqual(findHost(['one ssh-rsa AAAA'], 'one', 'one y BBBB'), { isKnown: true, isSame: false, at: undefined, all: [0] });
  });
});
