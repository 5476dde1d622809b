// Finding modules by name.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findModule, MODULES, unknownModule } from '#src/modules/registry';

describe('findModule', () => {
  it('knows short names and the two collections', () => {
    for (const module of MODULES) {
      for (const name of [module.name, `ansible.builtin.${module.name}`, `ansible.legacy.${module.name}`])
        assert.equal(findModule(name), module);
    }
    assert.equal(findModule('community.general.copy'), undefined);
    assert.equal(findModule('toString'), undefined);
  });
});

describe('unknownModule', () => {
  it('suggests what was meant, actions of the caller included', () => {
    assert.equal(unknownModule('ansible.builtin.cpoy').fix, 'Did you mean `copy`?');
    assert.equal(unknownModule('debgu', ['debug']).fix, 'Did you mean `debug`?');
    assert.match(unknownModule('community.general.ufw').fix ?? '', /Only modules of ansible.builtin/);
  });
});
