// The completion scripts in the shells they are for, at a terminal where that is how people meet them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { describe, it, type TestContext } from 'node:test';
import { SCRIPTS } from '#src/cli/completion/scripts';
import { needs } from '../../support/real.ts';
import { directoryWith } from '../config/directory.ts';
import { onTerminal, type Step } from '../terminal.ts';

const MAIN = path.resolve(import.meta.dirname, '../../../../dist/cli/main.js');

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A directory with an inventory and playbooks, and a PATH on which the program is found. */
async function place(t: TestContext): Promise<Place> {
  const cwd = await directoryWith(t, {
    ...{ 'inventory.ini': '[web]\nweb01\nweb02\n[db]\ndb01\n', 'site.yml': '', 'notes.txt': '', 'my key': '', 'plays/a.yaml': '' },
    'bin/sshoal': `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`,
  });
  await chmod(path.join(cwd, 'bin/sshoal'), 0o755);
  for (const shell of ['bash', 'zsh', 'fish'] as const) await writeFile(path.join(cwd, `script.${shell}`), SCRIPTS[shell]);
  return { cwd, env: { PATH: `${path.join(cwd, 'bin')}:${process.env.PATH ?? ''}`, HOME: cwd, LC_ALL: 'C.UTF-8' } };
}

function run(command: readonly string[], { cwd, env }: Place): string {
  const [program = '', ...args] = command;
  const { stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: 60_000 });
  assert.equal(stderr, '');
  return stdout;
}

/** Types lines up to a Tab, each when the one before has been completed; the screen then shows them complete. */
async function typed(command: readonly string[], at: Place): Promise<string> {
  const lines: readonly Step[] = [
    ['READY', 'sshoal run web01:db0\t'],
    ['web01:db01', "\x15sshoal run 'web:!db0\t"],
    ["'web:!db01", '\x15sshoal ping --outp\t'],
    ['--output', '\x15sshoal put web my\t'],
    ['key', '\x15exit\r'],
  ];
  const { code, screen } = await onTerminal(command, lines, at);
  assert.equal(code, 0, JSON.stringify(screen));
  return screen;
}

describe('the completion of bash', needs('bash', 'python3'), () => {
  it('fills COMPREPLY', async (t) => {
    const at = await place(t);
    const cases: readonly (readonly [words: readonly string[], reply: readonly string[]])[] = [
      [['pl'], ['play']],
      [
        ['run', 'we'],
        ['web', 'web01', 'web02'],
      ],
      [
        ['run', 'web', ':', 'd'],
        ['db', 'db01'],
      ],
      [
        ['run', "'web:!d"],
        ['web:!db', 'web:!db01'],
      ],
      [
        ['run', 'web', '--output', '=', 'j'],
        ['json', 'jsonl', 'junit'],
      ],
      [
        ['run', 'web', '--output', '='],
        ['text', 'json', 'jsonl', 'junit'],
      ],
      [
        ['play', ''],
        ['bin', 'plays', 'site.yml'],
      ],
      [['play', 'plays/'], ['plays/a.yaml']],
      [['run', '-i', 'inv'], ['inventory.ini']],
      [['run', '--private-key', '=', 'inv'], ['inventory.ini']],
      [['put', 'web', "'my"], ['my key']],
      [['run', 'web', '--', ''], []],
    ];
    const script = ['source ./script.bash'];
    for (const [words] of cases) {
      const quoted = ['sshoal', ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
      script.push(
        `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _sshoal; printf '%s\\n' "\${COMPREPLY[@]}" | LC_ALL=C sort | tr '\\n' '|'; echo`,
      );
    }

    const replies = run(['bash', '--norc', '-c', script.join('\n')], at)
      .trimEnd()
      .split('\n');

    const read = replies.map((line) => line.split('|').filter((word) => word !== ''));
    assert.deepEqual(
      read,
      cases.map(([, reply]) => [...reply].sort()),
    );
  });

  it('completes what is typed at a terminal', async (t) => {
    const at = await place(t);
    await writeFile(path.join(at.cwd, 'bashrc'), "PS1='READY '\nsource ./script.bash\n");

    const screen = await typed(['bash', '--rcfile', 'bashrc', '-i'], at);

    assert.match(screen, /sshoal run web01:db01 /);
    assert.match(screen, /sshoal run 'web:!db01' /);
    assert.match(screen, /sshoal put web my\\ key /);
  });
});

describe('the script for bash', needs('shellcheck'), () => {
  it('has nothing that shellcheck would say', async (t) => {
    assert.equal(run(['shellcheck', '--shell=bash', 'script.bash'], await place(t)), '');
  });
});

describe('the completion of zsh', needs('zsh', 'python3'), () => {
  it('completes what is typed at a terminal', async (t) => {
    const at = await place(t);
    await writeFile(path.join(at.cwd, '.zshrc'), "PS1='READY '\nautoload -U compinit\ncompinit -u -D\nsource ./script.zsh\n");

    const screen = await typed(['zsh', '-d', '-i'], at);

    assert.match(screen, /web01:db01/);
    assert.match(screen, /'web:!db01'/);
    assert.match(screen, /my\\ key/);
  });
});

describe('the completion of fish', needs('fish'), () => {
  it('names candidates', async (t) => {
    const at = await place(t);
    const cases: readonly (readonly [line: string, words: readonly string[]])[] = [
      ['sshoal pl', ['play']],
      ['sshoal run web:d', ['web:db', 'web:db01']],
      ["sshoal run 'web:!d", ['web:!db', 'web:!db01']],
      ['sshoal run --output=j', ['--output=json', '--output=jsonl', '--output=junit']],
      ['sshoal run -i inv', ['inventory.ini']],
      ['sshoal run --private-key=inv', ['--private-key=inventory.ini']],
      ['sshoal play si', ['site.yml']],
      ['sshoal play no', []],
    ];
    const script = [
      'source ./script.fish',
      ...cases.map(([line]) => `complete -C "${line}" | string split -f1 \\t | sort | string join '|'; echo end`),
    ];

    const lines = run(['fish', '--no-config', '-c', script.join('\n')], at);

    const read = lines
      .split('end\n')
      .slice(0, -1)
      .map((text) =>
        text
          .trim()
          .split('|')
          .filter((word) => word !== ''),
      );
    assert.deepEqual(
      read,
      cases.map(([, words]) => [...words]),
    );
  });
});
