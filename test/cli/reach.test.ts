// Flags, environment and answers made into the way to hosts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FaultsError } from '#src/base/errors';
import { dict } from '#src/base/value';
import type { Context } from '#src/cli/context';
import { completeFlags } from '#src/cli/flag-options';
import { fleetOf, targetDefaults } from '#src/cli/reach';
import { fakeContext } from './fake-context.ts';

/** A person who answers every question with its own text. */
function talkative(env: Context['env'] = {}): { context: Context; asked: string[] } {
  const asked: string[] = [];
  const context = fakeContext({ env, cwd: '/srv/site' });
  const password = async ({ message }: { message: string }): Promise<string> => {
    asked.push(message);
    return await Promise.resolve(`answer to ${message}`);
  };
  return { context: { ...context, prompts: { ...context.prompts, password } }, asked };
}

describe('the way to hosts', () => {
  it('comes from the flags, with paths of the current directory', async () => {
    const { context, asked } = talkative();
    const flags = completeFlags({
      user: 'ada',
      port: 2_222,
      privateKey: 'keys/id',
      sshConfig: 'ssh_config',
      sshCommonArgs: "-J jump -o 'User ada'",
      knownHosts: ['known'],
      become: true,
      becomeUser: 'app',
      connectTimeout: 5_000,
    });

    const defaults = await targetDefaults(flags, context);

    assert.deepEqual(
      { ...defaults },
      {
        ...{
          kind: undefined,
          user: 'ada',
          port: 2_222,
          sshArgs: ['-F', '/srv/site/ssh_config', '-J', 'jump', '-o', 'User ada'],
          password: undefined,
          privateKeyFile: '/srv/site/keys/id',
          passphrase: undefined,
          hostKeyPolicy: 'strict',
        },
        ...{ knownHostsFiles: ['/srv/site/known'], connectTimeoutMs: 5_000, connectRetries: 0 },
        ...{ become: true, becomeUser: 'app', becomeMethod: undefined, becomePassword: undefined },
        ...{ becomeExe: undefined, becomeFlags: undefined },
      },
    );
    assert.deepEqual(asked, []);
  });

  it('takes passwords from the environment before it asks, and hides them', async () => {
    const { context, asked } = talkative({ SSHOAL_PASSWORD: 'hunter2', SSHOAL_PASSPHRASE: 'open sesame' });

    const defaults = await targetDefaults(completeFlags({ askPass: true, askBecomePass: true }), context);

    assert.equal(defaults.password, 'hunter2');
    assert.equal(defaults.becomePassword, 'answer to Become password (empty: the login password):');
    assert.deepEqual(asked, ['Become password (empty: the login password):']);
    assert.equal(context.secrets.mask('hunter2, open sesame'), '********, ********');
  });

  it('becomes with the login password where the answer is empty', async () => {
    const context = fakeContext({ env: { SSHOAL_PASSWORD: 'hunter2', SSHOAL_BECOME_PASSWORD: '' } });

    const defaults = await targetDefaults(completeFlags({}), context);

    assert.equal(defaults.becomePassword, 'hunter2');
  });

  it('tells of all hosts whose variables make no sense, and hides passwords of the inventory', async () => {
    const context = fakeContext();
    const host = (name: string, vars: Record<string, string>) => ({
      name,
      groups: [],
      vars: dict({ ansible_connection: 'local', ...vars }),
    });

    const bad = fleetOf([host('a', { ansible_port: 'x' }), host('b', { ansible_port: 'y' })], completeFlags({}), context);
    const good = await fleetOf([host('c', { ansible_password: 'hunter2' })], completeFlags({}), context);

    await assert.rejects(bad, (error) => error instanceof FaultsError && error.faults.length === 2);
    assert.deepEqual(good.hosts, ['c']);
    assert.equal(context.secrets.mask('hunter2'), '********');
    await good.close();
  });
});
