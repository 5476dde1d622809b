// Hosts that cannot be reached, and what a task says should come of that. The server is a real one, behind a door that opens late.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { describe, it } from 'node:test';
import { EmbeddedFleet } from '#src/testing/embedded-fleet';
import { inDirectory, playFiles, playLocal } from './play-local.ts';

const GONE = 'a\ngone ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=1 ansible_user=nobody\n';
const play = (tasks: string): string => `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.replaceAll(/^(?=.)/gm, '    ')}`;

/** Refuses so many connections, and passes on all that come later. */
async function lateDoor(port: number, refused: number): Promise<{ readonly port: number; close(): void }> {
  let seen = 0;
  const door = net.createServer((client) => {
    seen++;
    if (seen <= refused) {
      client.destroy();
      return;
    }
    const server = net.connect(port, '127.0.0.1');
    client.pipe(server).pipe(client);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const)
      one.on('error', () => other.destroy());
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  return { port: (door.address() as net.AddressInfo).port, close: () => door.close() };
}

describe('on_unreachable', () => {
  it('makes it a failure, which a rescue takes care of', async () =>
    await inDirectory(async (directory) => {
      const text = play(`- block:
    - {name: t, command: "true"}
  rescue:
    - debug: {msg: "{{ ansible_failed_task.name }} {{ ansible_failed_result.unreachable is defined }}"}
  on_unreachable: fail
- {name: after, debug: {msg: went on}}
`);

      const played = await playLocal(directory, text, GONE);

      assert.deepEqual(played.statuses.t, { a: 'changed', gone: 'failed' });
      assert.deepEqual([...played.said].sort(), ['a: went on', 'gone: t False', 'gone: went on']);
      const { unreachable, failed, rescued } = played.recap.gone ?? {};
      assert.deepEqual({ unreachable, failed, rescued }, { unreachable: 0, failed: 0, rescued: 1 });
    }));

  it('tries again before that', async () =>
    await inDirectory(async (directory) => {
      await using fleet = await EmbeddedFleet.start({ hosts: ['web'] });
      const port = Number(/ansible_port=(\d+)/.exec(fleet.inventory)?.[1]);
      const door = await lateDoor(port, 2);
      try {
        const alias = `ansible_ssh_common_args='-o HostKeyAlias=[127.0.0.1]:${port} -o UserKnownHostsFile=${fleet.knownHostsFile}'`;
        const inventory = fleet.inventory
          .replace(`ansible_port=${port}`, `ansible_port=${door.port}`)
          .replace(/ansible_ssh_common_args=(?:'[^']*'|\S+)/, alias);
        await writeFile(path.join(directory, 'hosts.ini'), inventory);
        await writeFile(
          path.join(directory, 'site.yml'),
          play('- {name: t, command: echo here, on_unreachable: retry(3), delay: 0, register: r}\n- debug: {msg: "{{ r.stdout }}"}\n'),
        );

        const played = await playFiles(directory);

        assert.deepEqual(played.statuses.t, { web: 'changed' });
        assert.deepEqual(played.said, ['web: here']);
      } finally {
        door.close();
      }
    }));

  it('is refused where it says neither', async () =>
    await inDirectory(async (directory) => {
      await assert.rejects(playLocal(directory, play('- {command: "true", on_unreachable: wait}\n')), { code: 'BAD_KEYWORD' });
    }));
});

describe('retries without until', () => {
  it('try again until it does not fail', async () =>
    await inDirectory(async (directory) => {
      const text =
        play(`- {name: t, shell: "echo x >> ${directory}/n; test $(wc -l < ${directory}/n) -ge 3", retries: 5, delay: 0, register: r}
- debug: {msg: "{{ r.attempts }}"}
`);

      const played = await playLocal(directory, text, 'a');

      assert.deepEqual(played.said, ['a: 3']);
    }));
});

describe('a condition that is neither true nor false', () => {
  it('counts as Python sees it, and the result says so', async () =>
    await inDirectory(async (directory) => {
      const text = play('- {name: t, debug: {msg: x}, when: groups.all}\n- {name: u, debug: {msg: x}, when: "\'\'| length == 0"}\n');

      const played = await playLocal(directory, text, 'a');

      assert.deepEqual(played.results.t?.a?.warnings, [
        'The condition `groups.all` is of type list, neither true nor false; it counts as true',
      ]);
      assert.equal(played.results.u?.a?.warnings, undefined);
    }));
});
