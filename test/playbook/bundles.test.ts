// Events in bundles: what happens at once comes at once, and nothing else differs from events one by one.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Inventory } from '#src/inventory/inventory';
import type { PlayEvent } from '#src/playbook/events';
import { Playbook } from '#src/playbook/playbook';
import { inDirectory } from './play-local.ts';

const SITE = `- hosts: all
  gather_facts: false
  tasks:
    - {debug: {msg: never}, when: false}
    - {debug: {msg: hello}}
`;
const nameOf = (event: PlayEvent): string => ('host' in event ? `${event.kind} ${event.host}` : event.kind);

describe('a playbook in bundles', () => {
  it('gives all hosts that skip a task in one bundle', async () => {
    await inDirectory(async (directory) => {
      const { playbook, inventory } = await made(directory);
      const bundles: string[][] = [];

      for await (const events of playbook.playInBundles({ inventory })) bundles.push(events.map(nameOf));

      const skipped = ['a', 'b', 'c'].map((host) => `task-finished ${host}`);
      assert.ok(bundles.some((bundle) => bundle.join().includes(skipped.join())));
      assert.ok(bundles.every((bundle) => bundle.length > 0));
    });
  });

  it('gives the same events in the same order as one by one', async () => {
    await inDirectory(async (directory) => {
      const { playbook, inventory } = await made(directory);
      const bundled: string[] = [];
      const single: string[] = [];

      for await (const events of playbook.playInBundles({ inventory })) bundled.push(...events.map(nameOf));
      for await (const event of playbook.play({ inventory })) single.push(nameOf(event));

      assert.deepEqual(bundled, single);
      assert.equal(bundled.at(-1), 'recap');
    });
  });
});

async function made(directory: string): Promise<{ playbook: Playbook; inventory: Inventory }> {
  await writeFile(path.join(directory, 'site.yml'), SITE);
  await writeFile(path.join(directory, 'hosts.ini'), 'a\nb\nc\n');
  return {
    playbook: Playbook.load([path.join(directory, 'site.yml')]),
    inventory: await Inventory.load([path.join(directory, 'hosts.ini')]),
  };
}
