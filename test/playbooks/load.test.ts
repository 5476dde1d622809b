// The playbooks that come along: each can be read, and says what it would do on the example hosts, without a password.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Inventory } from '#src/inventory/inventory';
import { Playbook } from '#src/playbook/playbook';

const PROJECT = path.resolve(import.meta.dirname, '../../..');
const files = readdirSync(path.join(PROJECT, 'playbooks')).filter((name) => name.endsWith('.yml'));
const OWN_INVENTORY = ['demo.yml'];

describe('the playbooks that come along', () => {
  for (const file of files.filter((name) => !OWN_INVENTORY.includes(name)))
    it(`${file} is read without faults, and has hosts and tasks on the example inventory`, async () => {
      const inventory = await Inventory.load([path.join(PROJECT, 'inventories/example')]);

      const plays = Playbook.load([path.join(PROJECT, 'playbooks', file)]).plan({ inventory });

      assert.ok(plays.length > 0);
      for (const play of plays) {
        assert.ok(play.hosts.length > 0, `${play.name} has no hosts`);
        assert.ok(play.tasks.length > 0, `${play.name} has no tasks`);
      }
    });

  it('are the seven and the demo', () => {
    assert.deepEqual(files.sort(), [
      'base.yml',
      'collect-logs.yml',
      'demo.yml',
      'nginx.yml',
      'postgresql.yml',
      'reboot.yml',
      'rolling-deploy.yml',
      'users.yml',
    ]);
  });
});
