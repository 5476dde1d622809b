// A host on which something hangs still tells the rest of its facts.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../../support/alive.js';
import { needs } from '../../support/real.js';
import { plain, runModule, SHELLS } from '../run-steps.js';

const directory = mkdtempSync(path.join(tmpdir(), 'hanging-'));
after(() => rmSync(directory, { recursive: true }));

/** A program that writes its number down and never ends, when its first argument is the one that hangs. */
function hanging(name: string, argument: string, numbers: string): void {
  const file = path.join(directory, name);
  const real = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
  const body = `case $1 in ${argument}) echo $$ >>'${numbers}'; exec sleep 1000 ;; esac\nexec ${real} "$@"`;
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}

/** Those of the processes that still run when they have had time to notice that they were ended. */
async function stillRunning(numbers: readonly string[]): Promise<readonly string[]> {
  for (let left = 100; ; left--) {
    const running = numbers.filter((number) => isAlive(Number(number)));
    if (running.length === 0 || left === 0) return running;
    await delay(50);
  }
}

describe('a file system and a resolver that hang', () => {
  for (const shell of SHELLS) {
    it(`are given up at the deadline under ${shell}, and the rest is told`, needs(shell.split(' ')[0] ?? '', 'getent'), async () => {
      const numbers = path.join(directory, `${shell.split(' ')[0]}.numbers`);
      hanging('stat', '-f', numbers);
      hanging('getent', 'ahosts', numbers);

      const result = await runModule('setup', { gather_timeout: 1 }, { shell, env: { PATH: `${directory}:${process.env.PATH}` } });

      const facts = plain(result).ansible_facts as Record<string, unknown>;
      const mounts = facts.ansible_mounts as Record<string, unknown>[];
      assert.deepEqual([...new Set(mounts.map((mount) => mount.note))], ['Could not get extra information due to timeout']);
      assert.equal(facts.ansible_fqdn, facts.ansible_nodename);
      assert.equal(typeof facts.ansible_os_family, 'string');
      const left = readFileSync(numbers, 'utf8').trim().split('\n');
      assert.deepEqual([left.length, await stillRunning(left)], [2, []]);
    });
  }
});
