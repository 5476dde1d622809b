// When facts are gathered, and what of them is there in the next run.
import assert from 'node:assert/strict';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { FactFiles } from '#src/playbook/run/fact-files';
import type { Gathering } from '#src/playbook/run/known-facts';
import { inDirectory, type Played, playLocal } from '../play-local.ts';

const TWO_PLAYS = `- {hosts: all, gather_subset: [min], tasks: [{name: First, debug: {msg: "{{ ansible_system | default('none') }}"}}]}
- {hosts: all, gather_subset: [min], gather_facts: true, tasks: [{name: Second, debug: {msg: "{{ ansible_system | default('none') }}"}}]}
`;
const gathered = ({ started }: Played): string => started.join(', ');

describe('gathering', () => {
  for (const [gathering, expected] of [
    ['implicit', 'Gathering Facts, First, Gathering Facts, Second'],
    ['explicit', 'First, Gathering Facts, Second'],
    ['smart', 'Gathering Facts, First, Second'],
  ] as const satisfies readonly (readonly [Gathering, string])[]) {
    it(`${gathering} gathers as ansible does`, async () =>
      await inDirectory(async (directory) => {
        const played = await playLocal(directory, TWO_PLAYS, 'a\n', { facts: { gathering } });

        assert.equal(gathered(played), expected);
      }));
  }

  it('takes gather_subset of a play: network facts stay away when nobody asks for them', async () =>
    await inDirectory(async (directory) => {
      const text = `- hosts: all
  gather_subset: ['!all', '!min', network]
  tasks: [{debug: {msg: "{{ [ansible_interfaces is defined, ansible_mounts is defined, ansible_user_id is defined] }}"}}]
`;
      const { said } = await playLocal(directory, text, 'a\n');

      assert.deepEqual(said, ['a: true,false,false']);
    }));
});

describe('kept facts', () => {
  const play = async (
    directory: string,
    text: string,
    more: { readonly timeoutSeconds?: number; readonly hosts?: string } = {},
  ): Promise<Played> =>
    await playLocal(directory, text, more.hosts ?? 'a\n', {
      facts: { gathering: 'smart', cache: new FactFiles(path.join(directory, 'facts')), timeoutSeconds: more.timeoutSeconds },
    });
  const SET = '- {hosts: all, gather_subset: [min], tasks: [{set_fact: {colour: red, cacheable: true}}]}\n';
  const ASK = `- {hosts: all, gather_subset: [min], tasks: [{debug: {msg: "{{ colour | default('none') }} {{ ansible_system is defined }}"}}]}\n`;

  it('are there in the next run, which gathers none', async () =>
    await inDirectory(async (directory) => {
      await play(directory, SET);

      const { started, said } = await play(directory, ASK);

      assert.deepEqual(started, ['debug']);
      assert.deepEqual(said, ['a: red True']);
    }));

  it('stand in files that ansible reads too, for nobody else to read', async () =>
    await inDirectory(async (directory) => {
      await play(directory, SET, { hosts: 'a\nb/../c\n' });

      const names = await readdir(path.join(directory, 'facts'));
      assert.deepEqual(names.toSorted(), ['a', 'b%2F..%2Fc']);
      const facts = JSON.parse(await readFile(path.join(directory, 'facts/a'), 'utf8')) as Record<string, unknown>;
      assert.deepEqual([facts.module_setup, facts.colour, facts.ansible_system], [true, 'red', 'Linux']);
    }));

  it('are gathered anew when they are too old, or when meta cleared them', async () =>
    await inDirectory(async (directory) => {
      await play(directory, SET);
      await utimes(path.join(directory, 'facts/a'), new Date(0), new Date(0));

      const old = await play(directory, ASK, { timeoutSeconds: 3_600 });
      await play(directory, '- {hosts: all, gather_facts: false, tasks: [{meta: clear_facts}]}\n');
      const cleared = await play(directory, ASK);

      assert.deepEqual([old.started[0], cleared.started[0]], ['Gathering Facts', 'Gathering Facts']);
      assert.deepEqual([old.said, cleared.said], [['a: none True'], ['a: none True']]);
    }));

  it('say where they cannot be kept', async () =>
    await inDirectory(async (directory) => {
      await writeFile(path.join(directory, 'file'), '');

      assert.throws(() => new FactFiles(path.join(directory, 'file/below')), { code: 'FACT_CACHE_FAILED' });
    }));
});
