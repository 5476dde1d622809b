// What Tab offers, on hosts that are this machine.
import assert from 'node:assert/strict';
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { completeFlags } from '#src/cli/flag-options';
import { complete } from '#src/cli/shell/completion';
import { Crew } from '#src/cli/shell/crew';
import type { Setting } from '#src/cli/shell/setting';
import { fakeContext } from '../fake-context.ts';

describe('completion in a shell', () => {
  let directory = '';
  let crew: Crew;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'sshoal-completion-'));
    await mkdir(path.join(directory, 'logs'));
    for (const name of ['app.log', 'app.conf', 'with space', '-dash']) await writeFile(path.join(directory, name), '');
    const inventory = path.join(directory, 'inventory.ini');
    await writeFile(inventory, '[web]\nweb01\nweb02\n[db]\ndb01\n[all:vars]\nansible_connection=local\n');
    crew = await Crew.gather('web', completeFlags({ inventory: [inventory] }), fakeContext());
  });
  after(async () => {
    await crew[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });

  const offered = async (line: string, at: string | undefined = directory): Promise<readonly string[]> => {
    const setting: Setting = { directory: at, variables: new Map(), as: { kind: 'login' }, timeoutMs: undefined, mode: 'gather' };
    const [found, replaced] = await complete(line, crew, setting, new AbortController().signal);
    assert.ok(line.endsWith(replaced));
    return found;
  };

  it('knows the commands', async () => {
    assert.deepEqual(await offered(':o'), [':only ', ':ok ', ':output ']);
    assert.deepEqual(await offered(':x'), []);
  });

  it('knows the words of a command', async () => {
    assert.deepEqual(await offered(':output '), ['gather', 'live', 'diff']);
    assert.deepEqual(await offered(':forks '), []);
    assert.deepEqual(await offered(':nonsense '), []);
  });

  it('knows groups and hosts, also behind the signs of a pattern', async () => {
    assert.deepEqual(await offered(':only we'), ['web', 'web01', 'web02']);
    assert.deepEqual(await offered(':add all:!d'), ['db', 'db01']);
    assert.deepEqual(await offered(':drop web01,web'), ['web', 'web01', 'web02']);
  });

  it('knows the paths of a host, seen from where lines begin', async () => {
    assert.deepEqual(await offered('cat app'), ['app.conf', 'app.log']);
    assert.deepEqual(await offered(':cd lo'), ['logs/']);
    assert.deepEqual(await offered(`cat ${directory}/app.l`, undefined), [`${directory}/app.log`]);
    assert.deepEqual(await offered('cat -d'), ['-dash']);
  });

  it('offers nothing that would have to be quoted, and looks for nothing that would be', async () => {
    assert.deepEqual(await offered('cat with'), []);
    assert.deepEqual(await offered('cat $(touch${IFS}hacked)'), []);
    assert.deepEqual(await offered('cat `touch`'), []);
    await assert.rejects(access(path.join(directory, 'hacked')));
  });
});
