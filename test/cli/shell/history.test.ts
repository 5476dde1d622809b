// What a shell remembers, in a real file.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { History, historyFile } from '#src/cli/shell/history';

describe('the history of a shell', () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'sshoal-history-'));
  });
  after(async () => await rm(directory, { recursive: true, force: true }));

  it('is kept where XDG says, or below home, or nowhere', () => {
    assert.equal(historyFile({ XDG_STATE_HOME: '/state', HOME: '/home/ada' }), path.join('/state', 'sshoal', 'history'));
    assert.equal(historyFile({ XDG_STATE_HOME: 'relative', HOME: '/home/ada' }), path.join('/home/ada/.local/state/sshoal/history'));
    assert.equal(historyFile({}), undefined);
  });

  it('comes back the next time, each line once, the newest first', async () => {
    const file = path.join(directory, 'new', 'deep', 'history');
    const first = await History.open(file);
    for (const line of ['uptime', 'df -h', 'df -h', 'uptime', 'id']) await first.add(line);

    const second = await History.open(file);

    assert.deepEqual(first.newestFirst, ['id', 'uptime', 'df -h']);
    assert.deepEqual(second.newestFirst, ['id', 'uptime', 'df -h']);
    assert.equal(await readFile(file, 'utf8'), 'df -h\nuptime\nid\n');
  });

  it('keeps no line that starts with a space, and no blank one', async () => {
    const file = path.join(directory, 'secret');
    const history = await History.open(file);

    for (const line of [' mysql -phunter2', '', '  ', 'id']) await history.add(line);

    assert.equal(await readFile(file, 'utf8'), 'id\n');
  });

  it('is for its owner only, whoever could read it before', async () => {
    const file = path.join(directory, 'open');
    await writeFile(file, 'id\n', { mode: 0o644 });
    await chmod(file, 0o644);

    await (await History.open(file)).add('uptime');

    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('loses nothing to another shell at the same time', async () => {
    const file = path.join(directory, 'shared');
    const [one, other] = await Promise.all([History.open(file), History.open(file)]);

    await one.add('from one');
    await other.add('from the other');

    assert.deepEqual((await History.open(file)).newestFirst, ['from the other', 'from one']);
  });

  it('says what is wrong where it cannot be written', async () => {
    const file = path.join(directory, 'file');
    await writeFile(file, '');

    await assert.rejects(History.open(path.join(file, 'history')), { code: 'HISTORY_UNWRITABLE', fix: /XDG_STATE_HOME/ });
  });

  it('forgets the oldest of too many', async () => {
    const file = path.join(directory, 'long');
    await writeFile(file, Array.from({ length: 1_500 }, (_, i) => `echo ${i}\n`).join(''));

    const history = await History.open(file);

    assert.equal(history.newestFirst.length, history.most);
    assert.equal(history.newestFirst[0], 'echo 1499');
    assert.equal((await readFile(file, 'utf8')).split('\n').length, history.most + 1);
  });
});
