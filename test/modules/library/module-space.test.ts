// Which file a name of a module stands for, and what becomes of files that are no module.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Found, firstFault, libraryDirectories, ModuleSpace } from '#src/modules/library/module-space';
import { findModule } from '#src/modules/registry';

const SH = '#!/bin/sh\n# Does it.\n# sshoal: {}\ntrue\n';
const FILES: Readonly<Record<string, string>> = {
  'library/copy.sh': SH,
  'library/both.sh': SH,
  'library/both.py': 'pass\n',
  'library/plain': SH,
  'library/snake.py': '#!/usr/bin/python3\n',
  'library/hidden_snake': '#!/usr/bin/env -S python3 -E\n',
  'library/pearl.sh': '#!/usr/bin/env perl\n',
  'library/gem.rb': '#!/usr/bin/ruby\n',
  'library/ping.py': 'pass\n',
  'library/notes.txt': '#!/bin/sh\n',
  'library/program': '\u007fELF\0',
  'library/headless.sh': 'echo\n',
  'library/README.md': 'words\n',
  'library/LICENSE': 'words\n',
  'library/__init__.py': '',
  'library/by_default.mjs': "export default { summary: 'Does it', params: {}, compile: (_params, _context, { done }) => done(false) };\n",
  'library/common.cjs': "module.exports = { summary: 'Does it', params: {}, compile() {} };\n",
  'library/broken.mjs': "throw new Error('not today');\n",
  'library/empty.mjs': 'export const other = 1;\n',
  'library/wrong.mjs': "export const module = { summary: '', params: { a: { type: 'int', default: 'x' }, B: {} }, compile() {} };\n",
  'library/typed.ts': "export const module = { summary: 'Does it' as string, params: {}, compile() {} };\n",
  'library/nested/inside.sh': SH,
  'roles/web/library/of_role.sh': SH,
  'roles/web/library/both.sh': SH,
  'installed/db/library/of_installed.sh': SH,
  'further/of_further.sh': SH,
  'further/of_role.sh': SH,
};

describe('the modules of a playbook', () => {
  let directory = '';
  let space = ModuleSpace.builtIn;
  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-space-'));
    for (const [name, text] of Object.entries(FILES)) {
      await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
      await writeFile(path.join(directory, name), text);
    }
    const further = [path.join(directory, 'further'), path.join(directory, 'nowhere')];
    space = await ModuleSpace.load(await libraryDirectories([directory], { rolesPath: [path.join(directory, 'installed')], further }));
  });
  after(async () => await rm(directory, { recursive: true }));

  const fileOf = (found: Found | undefined): string | undefined =>
    found?.file === undefined ? undefined : path.relative(directory, found.file);
  const refusal = (name: string): string | undefined => {
    const found = space.find(name);
    return found?.kind === 'refused' ? firstFault(found.error).code : undefined;
  };

  it('are those beside it, of its roles, of further directories and built in, in that order', () => {
    const files = ['both', 'of_role', 'of_installed', 'of_further', 'plain', 'copy', 'file'].map((name) => fileOf(space.find(name)));

    assert.deepEqual(files, [
      'library/both.sh',
      'roles/web/library/of_role.sh',
      'installed/db/library/of_installed.sh',
      'further/of_further.sh',
      'library/plain',
      'library/copy.sh',
      undefined,
    ]);
    assert.deepEqual(
      space.hiddenBehind('both').files.map((file) => path.relative(directory, file)),
      ['library/both.py', 'roles/web/library/both.sh'],
    );
  });

  it('stand before what is built in, which ansible.builtin always means', () => {
    assert.equal(fileOf(space.find('ansible.legacy.copy')), 'library/copy.sh');
    assert.deepEqual(space.find('ansible.builtin.copy'), { kind: 'module', module: findModule('copy') });
    assert.equal(space.hiddenBehind('copy').isBuiltIn, true);
    assert.equal(space.find('ansible.builtin.plain'), undefined);
  });

  it('may be JavaScript, as an export by name or by default, ESM or CommonJS', () => {
    assert.deepEqual(
      ['by_default', 'common'].map((name) => space.find(name)?.kind),
      ['module', 'module'],
    );
  });

  it('are TypeScript where Node runs it, and refused with a remedy where not', () => {
    const runsTypeScript = Boolean((process.features as { typescript?: unknown }).typescript);

    assert.equal(refusal('typed'), runsTypeScript ? undefined : 'LIBRARY_TYPESCRIPT');
  });

  it('are refused by what is wrong with them, and only when they are asked for', () => {
    const codes = ['snake', 'hidden_snake', 'pearl', 'gem', 'program', 'headless', 'broken', 'empty', 'wrong'].map(refusal);

    assert.deepEqual(codes, [
      'LIBRARY_PYTHON',
      'LIBRARY_PYTHON',
      'LIBRARY_NOT_SH',
      'LIBRARY_NOT_SH',
      'LIBRARY_NOT_SH',
      'LIBRARY_HEAD',
      'LIBRARY_MODULE',
      'LIBRARY_MODULE',
      'LIBRARY_MODULE',
    ]);
  });

  it('in Python are refused with what to write, and with the name of the one built in', () => {
    const fixes = ['snake', 'ping'].map((name) => {
      const found = space.find(name);
      return found?.kind === 'refused' ? found.error.fix : undefined;
    });

    assert.match(fixes[0] ?? '', /^Write snake\.sh or snake\.mjs/);
    assert.match(fixes[1] ?? '', /^Say ansible\.builtin\.ping for the one that is built in, or write ping\.sh/);
  });

  it('are not files that nobody means as one', () => {
    assert.deepEqual(
      ['README', 'LICENSE', '__init__', 'notes', 'nested', 'inside'].map((name) => space.find(name)),
      [undefined, undefined, undefined, undefined, undefined, undefined],
    );
  });

  it('are suggested when a name is nearly theirs', () => {
    assert.equal(space.unknown('of_rol').fix, 'Did you mean `of_role`?');
  });
});
