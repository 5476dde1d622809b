// A worker plays what lies under its directories, wherever links lead.
import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkPaths, realRoots } from '#src/engine/allow';
import { newDirectory } from './contract.ts';

describe('what a worker may play', () => {
  let directory: string;
  const at = (...names: string[]): string => path.join(directory, ...names);
  const refused = { code: 'ENGINE_NOT_ALLOWED' };

  before(async () => {
    directory = await newDirectory();
    for (const name of ['allowed', 'allowed-not', 'elsewhere']) {
      await mkdir(at(name));
      await writeFile(at(name, 'site.yml'), '[]');
    }
    await symlink(at('elsewhere'), at('allowed', 'link'));
    await symlink(at('allowed', 'site.yml'), at('elsewhere', 'back.yml'));
  });
  after(async () => await rm(directory, { recursive: true, force: true }));

  it('is what lies under its directories, also by a link from outside', async () => {
    const roots = await realRoots([at('allowed')]);

    await checkPaths([at('allowed', 'site.yml'), at('allowed'), at('elsewhere', 'back.yml')], roots, 'w');
  });

  it('is nothing beside them: by dots, a link, or a name that only begins the same', async () => {
    const roots = await realRoots([at('allowed')]);

    for (const file of [
      `${at('allowed')}/../elsewhere/site.yml`,
      at('allowed', 'link', 'site.yml'),
      at('allowed-not', 'site.yml'),
      '/etc/passwd',
    ])
      await assert.rejects(checkPaths([file], roots, 'w'), refused, file);
  });

  it('is nothing where nothing is allowed, and nothing that is not there', async () => {
    await assert.rejects(checkPaths([at('allowed', 'site.yml')], [], 'w'), { ...refused, fix: /--allow/ });
    await assert.rejects(checkPaths([at('allowed', 'nothing.yml')], await realRoots([at('allowed')]), 'w'), refused);
    await assert.rejects(realRoots([at('nowhere')]), refused);
  });
});
