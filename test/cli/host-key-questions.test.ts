// Unknown host keys, asked about together.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { InterruptedError } from '#src/cli/errors';
import { HostKeyQuestions } from '#src/cli/host-key-questions';
import type { Choice, Prompts, Question } from '#src/cli/prompts';
import type { HostKeyQuestion } from '#src/connection/seam';
import { fakeContext } from './fake-context.ts';

const keyOf = (host: string): HostKeyQuestion => ({ host, address: `${host}:22`, keyType: 'ssh-ed25519', fingerprint: `SHA256:${host}` });

/** A person who gives these answers in turn. */
function person(answers: readonly string[]): { prompts: Prompts; asked: string[] } {
  const asked: string[] = [];
  const chooseMany = async <T extends string>({ message }: Question, choices: readonly Choice<T>[]): Promise<readonly T[]> => {
    const wanted = answers[asked.length] ?? '';
    asked.push(message);
    return await Promise.resolve(
      choices.filter(({ name }) => wanted.split(',').some((host) => name.startsWith(host))).map(({ value }) => value),
    );
  };
  const choose = async <T extends string>({ message, preface = '' }: Question, choices: readonly Choice<T>[]): Promise<T> => {
    const answer = answers[asked.length];
    asked.push(preface + message);
    if (answer === 'Ctrl-C') throw new InterruptedError();
    return await Promise.resolve(choices.find((choice) => choice.value === answer)?.value ?? assert.fail(`no choice ${answer}`));
  };
  return { prompts: { ...fakeContext().prompts, choose, chooseMany }, asked };
}

describe('questions about host keys', () => {
  it('of hosts that answer together are one question', async () => {
    const { prompts, asked } = person(['all']);
    const questions = new HostKeyQuestions(prompts, 1);

    const accepted = await Promise.all(['web01', 'web02', 'web03'].map(async (host) => await questions.ask(keyOf(host))));

    assert.deepEqual(accepted, [true, true, true]);
    assert.equal(asked.length, 1);
    assert.match(asked[0] ?? '', /^3 host keys are unknown:\n {2}web01 {2}web01:22 {2}ssh-ed25519 {2}SHA256:web01\n/);
  });

  it('can be answered for some of them', async () => {
    const { prompts, asked } = person(['some', 'web01,web03']);
    const questions = new HostKeyQuestions(prompts, 1);

    const accepted = await Promise.all(['web01', 'web02', 'web03'].map(async (host) => await questions.ask(keyOf(host))));

    assert.deepEqual(accepted, [true, false, true]);
    assert.equal(asked.length, 2);
  });

  it('of hosts that come one after another are one question too, as long as they keep coming', async () => {
    const { prompts, asked } = person(['all']);
    const questions = new HostKeyQuestions(prompts, 200);

    const first = questions.ask(keyOf('web01'));
    await setTimeout(150);
    const second = questions.ask(keyOf('web02'));
    await setTimeout(150);
    const accepted = await Promise.all([first, second, questions.ask(keyOf('web03'))]);

    assert.deepEqual(accepted, [true, true, true]);
    assert.equal(asked.length, 1);
  });

  it('are asked once, also about a key that was refused', async () => {
    const { prompts, asked } = person(['no', 'yes']);
    const questions = new HostKeyQuestions(prompts, 1);

    const first = await questions.ask(keyOf('web01'));
    const again = await questions.ask(keyOf('web01'));
    const other = await questions.ask({ ...keyOf('web01'), fingerprint: 'SHA256:other' });

    assert.deepEqual([first, again, other], [false, false, true]);
    assert.equal(asked.length, 2);
  });

  it('end for all who wait when the person leaves, and can be asked again', async () => {
    const { prompts } = person(['Ctrl-C', 'yes']);
    const questions = new HostKeyQuestions(prompts, 1);

    const first = await Promise.allSettled(['web01', 'web02'].map(async (host) => await questions.ask(keyOf(host))));
    const second = await questions.ask(keyOf('web03'));

    assert.deepEqual(
      first.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.equal(second, true);
  });

  it('show no control characters of a host', async () => {
    const { prompts, asked } = person(['no']);

    await new HostKeyQuestions(prompts, 1).ask({ ...keyOf('web01'), keyType: '\x1b[2Jssh' });

    assert.ok(asked[0]?.includes('\\x1b[2Jssh'));
  });

  it('are refused with the flag that answers where nobody is there', async () => {
    const questions = new HostKeyQuestions(fakeContext().prompts, 1);

    await assert.rejects(questions.ask(keyOf('web01')), { code: 'NO_TERMINAL', fix: /--host-key accept-new/ });
  });
});
