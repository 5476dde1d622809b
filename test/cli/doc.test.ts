// The verb doc: modules built in and of one's own, for people and for programs.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { call } from './fake-context.ts';

const KEEP = `#!/bin/sh
# Keeps it.
#
# More \u001b[2J of it.
# sshoal:
#   params:
#     path: {type: path, required: true, description: where}
#     state: {choices: [here, gone], default: here, aliases: [is]}
#   returns: {was: {type: int, description: before}}
#   examples: "- keep: {path: /x}"
true
`;

describe('doc', () => {
  let cwd = '';
  before(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-doc-'));
    for (const directory of ['library', 'other']) await mkdir(path.join(cwd, directory));
    await writeFile(path.join(cwd, 'library/keep.sh'), KEEP);
    await writeFile(path.join(cwd, 'library/copy.sh'), KEEP);
    await writeFile(path.join(cwd, 'library/snake.py'), 'pass\n');
    await writeFile(path.join(cwd, 'library/debug.sh'), KEEP);
    await writeFile(path.join(cwd, 'other/elsewhere.sh'), KEEP);
  });
  after(async () => await rm(cwd, { recursive: true }));

  it('lists all modules, those of the library with their files and what is wrong with them', async () => {
    const { code, stdout } = await call(['doc', '--library', 'other'], { cwd });

    assert.equal(code, 0);
    assert.match(stdout, /^file +Makes\b|^file +\S/m);
    assert.match(stdout, /^keep +Keeps it {2}\S*library\/keep\.sh$/m);
    assert.match(stdout, /^elsewhere +Keeps it {2}\S*other\/elsewhere\.sh$/m);
    assert.match(stdout, /^snake +cannot be used: .*Python.*library\/snake\.py$/m);
    assert.equal(stdout.match(/^debug /gm)?.length, 1);
  });

  it('says what one module takes and gives, and moves no cursor', async () => {
    const { stdout } = await call(['doc', 'keep'], { cwd });

    assert.equal(
      stdout.replace(cwd, ''),
      `keep  /library/keep.sh
  Keeps it.

  More \\x1b[2J of it.

parameters
  path   path  where (required)
  state  str   (default "here"; one of here, gone; also is)

registers
  was  int  before

check mode
  does nothing, and is skipped

differences
  are not shown

examples
  - keep: {path: /x}
`,
    );
  });

  it('says what a module of the library hides, and what an action hides of it', async () => {
    const copy = await call(['doc', 'copy'], { cwd });
    const debug = await call(['doc', 'debug'], { cwd });

    assert.match(copy.stdout, /^hides\n {2}ansible\.builtin\.copy$/m);
    assert.match(debug.stdout, /^debug {2}built in\n[\s\S]*^hides\n.*library\/debug\.sh$/m);
  });

  it('says the same as JSON, and a line each', async () => {
    const json = await call(['doc', 'keep', 'file', '-o', 'json'], { cwd });
    const lines = await call(['doc', '-o', 'jsonl'], { cwd });

    const [keep, file] = JSON.parse(json.stdout) as Record<string, unknown>[];
    assert.deepEqual([keep?.name, keep?.checkMode, file?.file, file?.hides], ['keep', 'skips', null, []]);
    const all = lines.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { name: string; error?: { code: string } });
    assert.equal(all.find(({ name }) => name === 'snake')?.error?.code, 'LIBRARY_PYTHON');
  });

  it('refuses a name that nothing has, and a file that is no module, with what to do', async () => {
    const unknown = await call(['doc', 'kep'], { cwd });
    const snake = await call(['doc', 'snake'], { cwd });

    assert.deepEqual([unknown.code, snake.code], [1, 1]);
    assert.match(unknown.stderr, /BAD_ARGUMENT[\s\S]*Did you mean `keep`\?/);
    assert.match(snake.stderr, /LIBRARY_PYTHON[\s\S]*Write snake\.sh or snake\.mjs/);
  });

  it('prints schemas that know the modules of the library', async () => {
    const modules = await call(['doc', '--schema', 'modules'], { cwd });
    const playbook = await call(['doc', '--schema', 'playbook'], { cwd });

    const { properties } = JSON.parse(modules.stdout) as { properties: Record<string, unknown> };
    const { $defs } = JSON.parse(playbook.stdout) as { $defs: Record<string, unknown> };
    assert.ok('keep' in properties && 'ansible.builtin.copy' in properties && 'keep' in $defs && !('snake' in $defs));
  });

  it('the libraries of ansible.cfg are those of --library', async () => {
    await writeFile(path.join(cwd, 'ansible.cfg'), '[defaults]\nlibrary = ./other:./nowhere\n');
    try {
      const { stdout, stderr } = await call(['doc', 'elsewhere'], { cwd });

      assert.match(stdout, /^elsewhere/, stderr);
      assert.match(stderr, /^note: there is no library \S*nowhere\n$/);
    } finally {
      await rm(path.join(cwd, 'ansible.cfg'));
    }
  });
});
