// Finding modules by name.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findModule, MODULES, unknownModule } from '#src/modules/registry';

describe('findModule', () => {
  it('knows short names, the two collections of all modules, and the one a module is of', () => {
    for (const module of MODULES) {
      for (const collection of ['ansible.builtin', 'ansible.legacy', module.collection ?? 'ansible.builtin'])
        assert.equal(findModule(`${collection}.${module.name}`), module);
      assert.equal(findModule(module.name), module);
    }
    assert.equal(findModule('ansible.posix.sysctl')?.name, 'sysctl');
    assert.equal(findModule('community.general.sysctl'), undefined);
    assert.equal(findModule('ansible.posix.copy'), undefined);
    assert.equal(findModule('community.general.copy'), undefined);
    assert.equal(findModule('toString'), undefined);
  });
});

describe('unknownModule', () => {
  it('suggests what was meant, actions of the caller included', () => {
    assert.equal(unknownModule('ansible.builtin.cpoy').fix, 'Did you mean `copy`?');
    assert.equal(unknownModule('debgu', ['debug']).fix, 'Did you mean `debug`?');
    assert.match(unknownModule('ansible.posix.selinux').fix ?? '', /setenforce/);
    assert.match(unknownModule('community.general.ufw').fix ?? '', /do it with command/);
  });
});
