// The ini dialect of ansible.cfg.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { iniEntry, parseIni } from '#src/base/config-parser';
import { FaultsError, type SshoalError } from '#src/base/errors';
import { ANSIBLE_CFG } from '#src/cli/config/ansible-cfg';

const read = (text: string): string[] =>
  parseIni(text, 'ansible.cfg', ANSIBLE_CFG).map(({ section, key, value }) => `${section}.${key}=${value}`);

function faultsOf(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    const faults = error instanceof FaultsError ? error.faults : [error as SshoalError];
    return faults.map(({ message, where }) => `${typeof where === 'object' ? `${where.line}:${where.column}` : ''} ${message}`);
  }
  return [];
}

describe('ansible.cfg as text', () => {
  it('has keys with = or :, in lower case, and comments', () => {
    const text = '# a\n[defaults]\nForks = 5 ; few\nuser: ada#1\n; b\n  # c\nempty =\nurl=a;b\n';

    assert.deepEqual(read(text), ['defaults.forks=5', 'defaults.user=ada#1', 'defaults.empty=', 'defaults.url=a;b']);
  });

  it('goes on in lines that stand deeper', () => {
    assert.deepEqual(read('[a]\nx = 1\n  2\n\n  3\ny = 4\n\n'), ['a.x=1\n2\n\n3', 'a.y=4']);
  });

  it('has values for all its sections in [DEFAULT]', () => {
    const entries = parseIni('[DEFAULT]\nforks = 7\n[defaults]\nuser = ada\n', 'ansible.cfg', ANSIBLE_CFG);

    assert.equal(iniEntry(entries, 'defaults', 'forks')?.value, '7');
    assert.equal(iniEntry(entries, 'absent', 'forks'), undefined);
  });

  it('names all its faults at once, each with its place', () => {
    assert.deepEqual(faultsOf('forks = 5\nuser = a\n'), ['1:1 There is no section yet']);
    assert.deepEqual(faultsOf('[a]\n no sign\n= x\nk = 1\nK = 2\n[a]\n'), [
      '2:2 This is neither a section nor a setting',
      '3:1 This is neither a section nor a setting',
      '5:1 `k` stands twice in [a]',
      '6:1 The section [a] stands twice',
    ]);
  });
});
