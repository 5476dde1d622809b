// Facts that a host keeps in files of its own, and ini files as Python reads them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { toJson } from '#src/base/value';
import { IniError, parseIni } from '#src/modules/facts/ini';
import { findProgram, needs } from '../../support/real.js';
import { plain, runModule, SHELLS } from '../run-steps.js';

/** What configparser makes of each; undefined where it refuses. */
const INI_TEXTS = [
  '',
  '# nothing\n; at all\n',
  '[a]\nb = c\nD: e\nf=\n',
  '[a]\nb = one\n  two\n\n  three\n\nc = d\n',
  '[DEFAULT]\nhome = /srv\n[a]\npath = %(home)s/x\nfull = 100%%\n[b]\nhome = /other\npath = %(home)s/y\n',
  '[a b]\nkey with space = v ; not a comment\n# comment\n  # indented\nx = y\n',
  '[a]\nb = c = d : e\n',
  '[a]\n  b = c\n  d = e\n',
  '[a]\nb = x\n    # in between\n    y\n',
  '[a]\r\nb = c\r\n',
  'b = c\n',
  '[a]\nno separator\n',
  '[a]\nb = 1\nB = 2\n',
  '[a]\nb = 1\n[a]\nc = 2\n',
  '[a]\nb = %(missing)s\n',
  '[a]\nb = 100%\n',
  '[a]\nb = %(c)s\nc = %(b)s\n',
  '[a]\n= v\n',
  'just words',
];

const PYTHON = `
import configparser, json, sys
def read(text):
    cp = configparser.ConfigParser()
    try:
        cp.read_string(text)
        return {s: {o: cp.get(s, o) for o in cp.options(s)} for s in cp.sections()}
    except configparser.Error:
        return None
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`;

function read(text: string): unknown {
  try {
    return JSON.parse(JSON.stringify(toJson(parseIni(text))));
  } catch (error) {
    assert.ok(error instanceof IniError);
    return null;
  }
}

describe('an ini file', needs('python3'), () => {
  it("is read as Python's configparser does", () => {
    const python = spawnSync(findProgram('python3') ?? '', ['-c', PYTHON], { input: JSON.stringify(INI_TEXTS), encoding: 'utf8' });
    const expected = JSON.parse(python.stdout) as unknown[];

    const found = INI_TEXTS.map(read);

    for (const [index, text] of INI_TEXTS.entries()) assert.deepEqual(found[index], expected[index], JSON.stringify(text));
  });
});

describe('local facts', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'facts-d-'));
  after(() => rmSync(directory, { recursive: true }));
  const file = (name: string, text: string | Uint8Array, mode = 0o644) => {
    writeFileSync(path.join(directory, name), text);
    chmodSync(path.join(directory, name), mode);
  };
  file('json.fact', '{"a": [1, 2.0, null], "b": {"c": "ä"}}\n');
  file('site.fact', '[web]\nPort = 80\n');
  file('said.fact', '#!/bin/sh\necho "{\\"user\\": 1}"\n', 0o755);
  file('ini-said.fact', '#!/bin/sh\nprintf "[a]\\nb=c\\n"\n', 0o755);
  file('broken.fact', 'no section = here\n');
  file('failing.fact', '#!/bin/sh\necho nothing; echo trouble >&2; exit 3\n', 0o755);
  file('bytes.fact', '#!/bin/sh\nprintf "\\377"\n', 0o755);
  file('empty.fact', '');
  file('other.txt', '{}');
  symlinkSync('/nowhere', path.join(directory, 'lost.fact'));

  for (const shell of SHELLS) {
    it(`are read and run by ${shell}, and told where they cannot be`, needs(shell.split(' ')[0] ?? ''), async () => {
      const result = await runModule('setup', { fact_path: directory, gather_subset: ['!all', '!min', 'local'] }, { shell });

      const { ansible_facts, warnings } = plain(result) as { ansible_facts: { ansible_local: object }; warnings: string[] };
      const at = (name: string): string => path.join(directory, name);
      assert.deepEqual(JSON.parse(JSON.stringify(ansible_facts.ansible_local)), {
        broken: `error loading facts as JSON or ini - please check content: ${at('broken.fact')}`,
        bytes: `error loading facts as JSON or ini - please check content: ${at('bytes.fact')}`,
        empty: {},
        failing: `Failure executing fact script (${at('failing.fact')}), rc: 3, err: trouble\n`,
        'ini-said': { a: { b: 'c' } },
        json: { a: [1, 2, null], b: { c: 'ä' } },
        lost: `Could not stat fact (${at('lost.fact')}): [Errno 2] No such file or directory: '${at('lost.fact')}'`,
        said: { user: 1 },
        site: { web: { port: '80' } },
      });
      assert.equal(warnings.length, 4);
    });
  }

  it('are none where there is no directory of them', async () => {
    const result = await runModule('setup', { fact_path: `${directory}/nothing`, gather_subset: ['!all', '!min', 'local'] });

    assert.deepEqual(Object.keys((plain(result).ansible_facts as { ansible_local: object }).ansible_local), []);
  });

  it("are the same as Ansible's", needs('ansible'), async () => {
    const args = `fact_path=${directory} gather_subset=!all,!min,local`;
    const ansible = spawnSync(findProgram('ansible') ?? '', ['localhost', '-m', 'setup', '-a', args], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    const expected = JSON.parse(ansible.stdout.slice(ansible.stdout.indexOf('{'))) as { ansible_facts: { ansible_local: unknown } };

    const result = await runModule('setup', { fact_path: directory, gather_subset: ['!all', '!min', 'local'] });

    const found = (plain(result).ansible_facts as { ansible_local: unknown }).ansible_local;
    assert.deepEqual(JSON.parse(JSON.stringify(found)), expected.ansible_facts.ansible_local);
  });
});
