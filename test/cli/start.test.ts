// What a bare call asks, and the command line that comes of the answers.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Choice, Prompts, Question } from '#src/cli/prompts';
import { askForCall } from '#src/cli/start';
import { fakeContext } from './fake-context.ts';

/** A person who answers each question with the choices that begin so, or with the text itself; `yes` and `no` confirm. */
function person(answers: readonly (string | readonly string[])[]): { prompts: Prompts; asked: string[] } {
  const left = [...answers];
  const asked: string[] = [];
  const answerTo = ({ message }: Question): readonly string[] => {
    asked.push(message);
    const answer = left.shift() ?? assert.fail(`no answer to ${message}`);
    return typeof answer === 'string' ? [answer] : answer;
  };
  const pick = <T extends string>(wanted: string, choices: readonly Choice<T>[]): T =>
    choices.find(({ name }) => name.startsWith(wanted))?.value ??
    assert.fail(`${wanted} is none of ${choices.map(({ name }) => name).join(' | ')}`);
  const prompts: Prompts = {
    isAnybodyThere: true,
    password: async (question) => await Promise.resolve(answerTo(question)[0] ?? ''),
    text: async (question) => await Promise.resolve(answerTo(question)[0] ?? ''),
    choose: async (question, choices) => await Promise.resolve(pick(answerTo(question)[0] ?? '', choices)),
    chooseMany: async (question, choices) => await Promise.resolve(answerTo(question).map((wanted) => pick(wanted, choices))),
    search: async (question, found) => {
      const [wanted = ''] = answerTo(question);
      return await Promise.resolve(wanted === 'No more' ? pick(wanted, found('')) : pick(wanted, found(wanted)));
    },
    confirm: async (question) => await Promise.resolve(answerTo(question)[0] === 'yes'),
  };
  return { prompts, asked };
}

describe('a bare call', () => {
  let cwd = '';
  before(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-start-'));
    await mkdir(path.join(cwd, 'playbooks'));
    await mkdir(path.join(cwd, 'site'));
    await writeFile(path.join(cwd, 'inventory.ini'), '[web]\nweb01\nweb02\n[db]\ndb01\n');
    await writeFile(path.join(cwd, 'site.yml'), '- hosts: web\n  tasks: []\n');
    await writeFile(path.join(cwd, 'playbooks/db.yml'), '---\n- name: db\n  hosts: db\n');
    await writeFile(path.join(cwd, 'vars.yml'), 'hosts: 3\n');
  });
  after(async () => await rm(cwd, { recursive: true, force: true }));

  const ask = async (...answers: readonly (string | readonly string[])[]) => {
    const { prompts, asked } = person(answers);
    const context = fakeContext({ prompts, cwd });
    return { words: await askForCall(context), said: context.out(), asked };
  };

  it('leads to a command on the groups that are ticked, and shows the line that does the same', async () => {
    const { words, said } = await ask('Run', ['web (2)', 'db (1)'], 'uptime -p', 'The user', 'yes');

    assert.deepEqual(words, ['run', 'web,db', '--', 'uptime', '-p']);
    assert.equal(said, 'Same as: sshoal run web,db -- uptime -p\n');
  });

  it('quotes a line that only a shell understands', async () => {
    const { words, said } = await ask('Run', ['all (3)'], 'df -h | tail -1', 'root', 'yes');

    assert.deepEqual(words, ['run', 'all', '-b', 'df -h | tail -1']);
    assert.equal(said, "Same as: sshoal run all -b 'df -h | tail -1'\n");
  });

  it('finds hosts by what is typed, until there are no more to add', async () => {
    const { words } = await ask('See who', ['Hosts by name'], 'web02', 'db', 'No more', 'yes');

    assert.deepEqual(words, ['ping', 'web02,db01']);
  });

  it('offers the playbooks that are here, and no other YAML', async () => {
    const { words } = await ask('Play', ['site.yml', 'playbooks/db.yml'], 'The user', 'yes');
    const other = ask('Play', ['vars.yml']);

    assert.deepEqual(words, ['play', 'site.yml', 'playbooks/db.yml']);
    await assert.rejects(other, /vars\.yml is none of playbooks\/db\.yml|vars\.yml is none of site\.yml/);
  });

  it('sends a directory as one, and fetches into one', async () => {
    const put = await ask('Send', ['web'], 'site', '/srv/', 'yes');
    const get = await ask('Fetch', ['web'], '/etc/motd', 'got', 'yes');

    assert.deepEqual(put.words, ['put', 'web', 'site', '/srv/', '-r']);
    assert.deepEqual(get.words, ['get', 'web', '/etc/motd', 'got/']);
  });

  it('does nothing when the person would rather not', async () => {
    const { words, said } = await ask('Show', 'no');

    assert.equal(words, undefined);
    assert.equal(said, 'Same as: sshoal inventory --graph\n');
  });

  it('asks which inventory only where there is a choice', async () => {
    await mkdir(path.join(cwd, 'more'));
    await writeFile(path.join(cwd, 'more/hosts'), 'other\n');
    await writeFile(path.join(cwd, 'more/inventory.yml'), 'all:\n  hosts:\n    usual:\n');
    const { prompts, asked } = person(['Open', 'hosts', ['all (1)'], 'yes']);

    const words = await askForCall(fakeContext({ prompts, cwd: path.join(cwd, 'more') }));

    assert.deepEqual(words, ['shell', 'all', '-i', 'hosts']);
    assert.deepEqual(asked, ['What shall be done?', 'Which inventory?', 'On which hosts?', 'Do it?']);
  });

  it('takes names where there is no inventory at all', async () => {
    const { prompts } = person(['Open', 'Another', 'web01,web02', ['all (2)'], 'yes']);

    const words = await askForCall(fakeContext({ prompts, cwd: path.join(cwd, 'site') }));

    assert.deepEqual(words, ['shell', 'all', '-i', 'web01,web02,']);
  });
});
