// The ini dialect of ansible.cfg, side by side with Python's own parser.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import fc from 'fast-check';
import { parseIni } from '#src/base/config-parser';
import { SshoalError } from '#src/base/errors';
import { ANSIBLE_CFG } from '#src/cli/config/ansible-cfg';
import { needs } from '../support/real.ts';

const ORACLE = `
import configparser, json, sys
def read(text):
    parser = configparser.ConfigParser(inline_comment_prefixes=(';',))
    try: parser.read_string(text)
    except configparser.Error: return None
    sections = {name: dict(parser._sections[name]) for name in parser.sections()}
    return {**({'DEFAULT': dict(parser._defaults)} if parser._defaults else {}), **sections}
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`;

type Sections = Record<string, Record<string, string | null>>;

function ours(text: string): Sections | null {
  try {
    const sections: Sections = Object.create(null) as Sections;
    for (const { section, key, value } of parseIni(text, 'ansible.cfg', ANSIBLE_CFG))
      sections[section] = { ...sections[section], [key]: value };
    return sections;
  } catch (error) {
    if (error instanceof SshoalError) return null;
    throw error;
  }
}

/** Sections without keys say nothing. */
function speaking(sections: Sections | null): Sections | null {
  return sections === null ? null : Object.fromEntries(Object.entries(sections).filter(([, keys]) => Object.keys(keys).length > 0));
}

it('ansible.cfg is read as Python reads it, and refused where Python refuses it', needs('python3'), () => {
  const part = fc.constantFrom(
    '[a]',
    '[b]',
    '[DEFAULT]',
    '[a',
    '[]',
    '[a] x',
    'key',
    'k2',
    'K',
    '=',
    ':',
    ' ',
    '\t',
    ';',
    '#',
    'v',
    '',
    ' = ',
    'x = 1',
    '"q"',
    '%(x)s',
    '\r',
  );
  const line = fc.array(part, { maxLength: 5 }).map((parts) => parts.join(''));
  const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n'));
  const plausible = fc
    .uniqueArray(fc.constantFrom('x = 1', 'y: 2 ; c', '  deeper', '# c', '', 'Z=', ' w = 3', ' ; c', '   more ; c'), { maxLength: 8 })
    .map((lines) => ['[a]', ...lines].join('\n'));
  const texts = [...fc.sample(text, { numRuns: 600, seed: 1 }), ...fc.sample(plausible, { numRuns: 600, seed: 2 })];

  const { stdout, stderr } = spawnSync('python3', ['-c', ORACLE], { input: JSON.stringify(texts), encoding: 'utf8', timeout: 60_000 });
  const theirs = JSON.parse(stdout === '' ? `"${stderr}"` : stdout) as (Sections | null)[];

  assert.equal(theirs.length, texts.length);
  for (const [index, given] of texts.entries()) {
    assert.deepEqual(speaking(ours(given)), speaking(theirs[index] ?? null), JSON.stringify(given));
  }
  assert.ok(theirs.filter((one) => one !== null && Object.keys(one).length > 0).length > 300);
});
