// The package as it is installed: a lock file that works on every platform and names no registry.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';

const ROOT = path.resolve(import.meta.dirname, '../..');

interface Lock {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

describe('package-lock.json', () => {
  const text = readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as Lock;

  it('holds the optional packages of every platform, without which npm ci refuses to install', () => {
    const missing = Object.values(packages)
      .flatMap((one) => Object.keys(one.optionalDependencies ?? {}))
      .filter((name) => packages[`node_modules/${name}`] === undefined);

    assert.deepEqual(missing, []);
  });

  it('names no registry', () => {
    assert.equal(text.includes('"resolved"'), false);
  });
});

describe('the bin', () => {
  it('begins with a line that finds node', () => {
    assert.match(readFileSync(path.join(ROOT, 'dist/cli/main.js'), 'utf8'), /^#!\/usr\/bin\/env node\n/);
  });
});
