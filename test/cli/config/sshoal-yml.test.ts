// What sshoal.yml can say, and all that can be wrong with it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FaultsError, SshoalError } from '#src/base/errors';
import { SETTINGS } from '#src/cli/config/settings';
import { readSshoalYml } from '#src/cli/config/sshoal-yml';

const read = (text: string): Record<string, unknown> =>
  Object.fromEntries([...readSshoalYml(text, '/srv/site/sshoal.yml', '/home/ada')].map(([name, { value }]) => [name, value]));

function faultsOf(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    const faults = error instanceof FaultsError ? error.faults : [error as SshoalError];
    return faults.map(({ code, where }) => `${code} ${typeof where === 'object' ? `${where.line}:${where.column}` : String(where)}`);
  }
  return [];
}

describe('sshoal.yml', () => {
  it('gives values of flags, each of its kind', () => {
    const values = read(
      [
        'forks: 20',
        'user: 1000',
        'become: yes',
        'connect_timeout: 1.5m',
        'timeout: 30',
        'host_key: ask',
        'verbose: 2',
        'tags: [a, b]',
        'skip_tags: slow',
      ].join('\n'),
    );

    assert.deepEqual(values, {
      forks: 20,
      user: '1000',
      become: true,
      connectTimeout: 90_000,
      timeout: 30_000,
      hostKey: 'ask',
      verbose: 2,
      tags: ['a', 'b'],
      skipTags: ['slow'],
    });
  });

  it('has paths that start where the file is, and lists of hosts that are none', () => {
    const values = read(
      'inventory: [hosts.ini, /etc/hosts.ini, "web01,web02,"]\nprivate_key: ~/.ssh/id\nssh_config: none\nknown_hosts: known',
    );

    assert.deepEqual(values, {
      inventory: ['/srv/site/hosts.ini', '/etc/hosts.ini', 'web01,web02,'],
      privateKey: '/home/ada/.ssh/id',
      sshConfig: 'none',
      knownHosts: ['/srv/site/known'],
    });
  });

  it('may be empty, or hold nothing but comments', () => {
    assert.deepEqual(read(''), {});
    assert.deepEqual(read('# nothing yet\n---\n'), {});
  });

  it('names all its faults at once, each with its place', () => {
    const text = 'forks: many\nouput: json\npassword: hunter2\nhost_key: acept\nport: 70000\nbecome: "yes"\nuser: [a]\n';

    assert.deepEqual(faultsOf(text), [
      'BAD_SETTING 1:8',
      'UNKNOWN_SETTING 2:1',
      'SECRET_SETTING 3:1',
      'BAD_SETTING 4:11',
      'BAD_SETTING 5:7',
      'BAD_SETTING 6:9',
      'BAD_SETTING 7:7',
    ]);
  });

  it('suggests the setting and the value that were meant', () => {
    assert.throws(() => read('ouput: json'), { fix: 'Did you mean `output`?' });
    assert.throws(() => read('connect-timeout: 5s'), { fix: 'Did you mean `connect_timeout`?' });
    assert.throws(() => read('output: jsn'), { fix: 'Did you mean `json`?' });
    assert.throws(() => read('password: hunter2'), { fix: /SSHOAL_PASSWORD/ });
  });

  it('is one map', () => {
    assert.deepEqual(faultsOf('- forks'), ['CONFIG_SYNTAX 1:1']);
    assert.deepEqual(faultsOf('forks: 1\n---\nforks: 2\n'), ['CONFIG_SYNTAX 3:1']);
    assert.deepEqual(faultsOf('forks: 1\nforks: 2\n'), ['YAML_DUPLICATE_KEY 2:1']);
  });

  it('throws nothing but faults of its own, whatever stands in it', () => {
    const key = fc.oneof(fc.constantFrom(...[...SETTINGS.values()].map((setting) => setting.key)), fc.string());
    const value = fc.oneof(fc.constantFrom('yes', '3', '1.5', '[a, b]', '{a: b}', '~', '!vault x', '-1', '1e999', ''), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 5 }), (lines) => {
        try {
          read(lines.map(([k, v]) => `${k}: ${v}`).join('\n'));
        } catch (error) {
          assert.ok(error instanceof SshoalError, String(error));
        }
      }),
    );
  });
});
