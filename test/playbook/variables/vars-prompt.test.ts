// vars_prompt: who is asked what, and what the answers come to.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FaultsError, type SshoalError } from '#src/base/errors';
import { Secrets } from '#src/base/secrets';
import type { VariableQuestions } from '#src/playbook/variables/vars-prompt';
import { inDirectory, type Played, playLocal } from '../play-local.ts';

const playbook = (prompts: string, shown: string): string =>
  `- hosts: all\n  gather_facts: false\n  vars: {user: from vars}\n  vars_prompt:\n${prompts.replace(/^/gm, '    ')}\n  tasks: [{debug: {msg: ${JSON.stringify(shown)}}}]\n`;

/** Answers in order, and keeps what was asked. */
function answers(...given: readonly string[]): VariableQuestions & { readonly asked: string[] } {
  const asked: string[] = [];
  const left = [...given];
  return {
    asked,
    ask: async ({ message, isPrivate }) => {
      asked.push(`${message}${isPrivate ? ' (hidden)' : ''}`);
      return await Promise.resolve(left.shift() ?? '');
    },
  };
}

async function play(text: string, options: Parameters<typeof playLocal>[3] = {}): Promise<Played> {
  return await inDirectory(async (directory) => await playLocal(directory, text, 'a', options));
}

describe('vars_prompt', () => {
  it('asks once for all hosts, hidden unless told otherwise, and wins over vars', async () => {
    const ask = answers('ada', 's3cret');
    const secrets = new Secrets();

    const { said } = await play(playbook('- {name: user, prompt: "Who?", private: false}\n- name: pass', '{{ user }} {{ pass }}'), {
      ask,
      secrets,
    });

    assert.deepEqual(ask.asked, ['Who?', 'pass (hidden)']);
    assert.deepEqual(said, ['a: ada s3cret']);
    assert.equal(secrets.mask('s3cret ada'), '******** ada');
  });

  it('shows a default that is no secret, and takes it for an empty answer', async () => {
    const ask = answers('', '');

    const { said } = await play(
      playbook('- {name: port, default: 80, private: no}\n- {name: pass, default: hush}', '{{ port + 1 }} {{ pass }}'),
      { ask },
    );

    assert.deepEqual(ask.asked, ['port [80]', 'pass (hidden)']);
    assert.deepEqual(said, ['a: 81 hush']);
  });

  it('asks twice where the answer must be confirmed, until both agree', async () => {
    const ask = answers('one', 'two', 'same', 'same');

    const { said } = await play(playbook('- {name: pass, confirm: yes}', '{{ pass }}'), { ask });

    assert.deepEqual(ask.asked, ['pass (hidden)', 'confirm pass (hidden)', 'pass (hidden)', 'confirm pass (hidden)']);
    assert.deepEqual(said, ['a: same']);
  });

  it('gives up after three pairs that differ', async () => {
    await assert.rejects(play(playbook('- {name: pass, confirm: yes}', 'x'), { ask: answers('1', '2', '3', '4', '5', '6') }), {
      code: 'PROMPT_UNANSWERED',
    });
  });

  it('does not ask for what an extra variable gives, and may use those in its words', async () => {
    const ask = answers('x');
    const extraVars = new Map([['pass', 'given']]);

    const { said } = await play(
      playbook('- name: pass\n- {name: other, prompt: "For {{ pass }}", private: no}', '{{ pass }} {{ other }}'),
      { ask, extraVars },
    );

    assert.deepEqual(ask.asked, ['For given']);
    assert.deepEqual(said, ['a: given x']);
  });

  it('says what answers where nobody is there', async () => {
    await assert.rejects(play(playbook('- name: pass', 'x')), { code: 'PROMPT_UNANSWERED', fix: 'Give it with -e pass=...' });
  });

  it('keeps only the hash of an answer that is to be encrypted, and no template of one that is unsafe', async () => {
    const { said } = await play(
      playbook(
        '- {name: hash, encrypt: sha512_crypt, salt: saltsalt}\n- {name: short, encrypt: md5_crypt, salt_size: 4}\n- {name: raw, unsafe: yes}\n- name: cooked',
        '{{ hash }} {{ short }} {{ raw }} {{ cooked }}',
      ),
      { ask: answers('secret', 'secret', '{{ 1 + 1 }}', '{{ 1 + 1 }}') },
    );

    const [, hash, short, raw, cooked] = /^a: (\S+) (\S+) (.*) (\d)$/.exec(said[0] ?? '') ?? [];
    assert.match(hash ?? '', /^\$6\$saltsalt\$[./0-9A-Za-z]{86}$/);
    assert.match(short ?? '', /^\$1\$[./0-9A-Za-z]{4}\$/);
    assert.deepEqual([raw, cooked], ['{{ 1 + 1 }}', '2']);
  });

  it('refuses hashes that are not there, unknown keys and prompts without a name before anything is asked', async () => {
    const ask = answers();

    const faults = await play(playbook('- {name: a, encrypt: bcrypt}\n- {name: b, promt: x}\n- {prompt: c}\n- just text', 'x'), {
      ask,
    }).then(
      () => [],
      (error: unknown) => (error instanceof FaultsError ? error.faults : [error as SshoalError]),
    );

    assert.deepEqual(
      faults.map(({ code }) => code),
      ['BAD_KEYWORD', 'UNKNOWN_KEYWORD', 'BAD_KEYWORD', 'BAD_KEYWORD'],
    );
    assert.match(faults[0]?.fix ?? '', /sha512_crypt/);
    assert.deepEqual(ask.asked, []);
  });
});
