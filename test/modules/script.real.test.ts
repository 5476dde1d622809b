// The module script under every shell, and beside Ansible.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { same } from '../playbook/play-both.js';
import { needs } from '../support/real.js';
import { plain, runModule, SHELLS, sourceFile } from './run-steps.js';

const PROGRAM = `#!/bin/sh
printf '<%s>' "$(basename "$0")" "$@"; pwd; echo err >&2; exit 3
`;

for (const shell of SHELLS) {
  describe(`script under ${shell}`, needs(shell.split(' ')[0] ?? ''), () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'sshoal-script-'));
    const scratch = path.join(directory, 'tmp');
    const env = { TMPDIR: scratch, WORD: 'a  b' };
    after(() => rmSync(directory, { recursive: true }));

    it('runs with what its line gives it, where it is told to, and leaves nothing', async () => {
      const file = path.join(directory, "it's.sh");
      writeFileSync(file, PROGRAM);
      const made = await runModule('file', { path: scratch, state: 'directory' }, { shell });

      const result = await runModule(
        'script',
        { cmd: { ...(await sourceFile(file)), rest: ` "$WORD" 'x y'; exit 4` }, chdir: '/' },
        { shell, env },
      );

      assert.deepEqual([made.failed, result.failed, result.changed, result.msg], [false, true, true, 'non-zero return code']);
      const { rc, stdout, stderr } = plain(result);
      assert.deepEqual([rc, stdout, stderr], [4, "<it's.sh><a  b><x y>/\n", 'err\n']);
      assert.deepEqual(readdirSync(scratch), []);
    });

    it('takes a program that reads it, and a file too large for a line', async () => {
      const file = path.join(directory, 'large.sh');
      writeFileSync(file, `printf 'first '; exit 0\n${'#'.repeat(100_000)}\n`);

      const result = await runModule('script', { cmd: { ...(await sourceFile(file)), rest: ' | cat' }, executable: 'sh' }, { shell });

      assert.deepEqual([result.failed, plain(result).stdout], [false, 'first ']);
    });

    it('says what keeps it from running', async () => {
      const file = path.join(directory, 'x.sh');
      writeFileSync(file, 'exit 9\n');
      const cmd = await sourceFile(file);

      const done = await runModule('script', { cmd, creates: file }, { shell });
      const nothing = await runModule('script', { cmd, removes: `${directory}/none*` }, { shell, checkMode: true });
      const would = await runModule('script', { cmd, removes: `${directory}/x*` }, { shell, checkMode: true });
      const nowhere = await runModule('script', { cmd, chdir: '/none' }, { shell });

      assert.deepEqual([done.skipped, nothing.skipped, would.changed, nowhere.failed], [true, true, true, true]);
      assert.match(done.msg ?? '', /exists, matching creates option/);
    });
  });
}

describe('script beside Ansible', needs('ansible-playbook'), () => {
  it('plays alike', async () => {
    await same({
      'files/one.sh': '#!/bin/sh\necho "$# $1 $2"\n',
      'two words.py': 'import sys\nprint(sys.argv[1:])\n',
      'site.yml': `- hosts: all
  gather_facts: false
  tasks:
    - {name: plain, script: one.sh a "b c", register: r}
    - {name: said, assert: {that: ["r.stdout_lines == ['2 a b c']", "r.rc == 0", "r.changed"]}}
    - {name: quoted, script: "'two words.py' x executable=/usr/bin/python3", register: r}
    - {name: said too, debug: {msg: "{{ r.stdout_lines }}"}}
    - {name: with cmd, script: {cmd: one.sh z, chdir: /}}
    - {name: shell, script: one.sh $HOME | wc -l, register: r}
    - {name: skipped, script: one.sh, args: {creates: /etc/passwd}}
    - {name: would, script: one.sh, check_mode: true}
    - {name: would too, script: one.sh removes=/etc/passwd, check_mode: true}
    - {name: missing, script: none.sh, ignore_errors: true}
`,
    });
  });
});
