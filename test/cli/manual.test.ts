// docs/cli.md says what the program says.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { it } from 'node:test';
import { manual } from '#src/cli/manual';

it('docs/cli.md is the manual of this very program (UPDATE_DOCS=1 writes it anew)', () => {
  const file = path.resolve(import.meta.dirname, '../../../docs/cli.md');
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, manual());

  assert.equal(readFileSync(file, 'utf8'), manual());
});
