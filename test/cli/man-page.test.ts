// docs/sshoal.1 says what the program says, in roff that can be read.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { manPage } from '#src/cli/man-page';
import { verbs } from '#src/cli/verbs';

const ROOT = path.resolve(import.meta.dirname, '../../..');

describe('the man page', () => {
  it('is that of this very program (UPDATE_DOCS=1 writes it anew), and the package names it', () => {
    const file = path.join(ROOT, 'docs/sshoal.1');
    if (process.env.UPDATE_DOCS === '1') writeFileSync(file, manPage());

    const { man } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { man: string };

    assert.equal(readFileSync(path.join(ROOT, man), 'utf8'), manPage());
  });

  it('has a part for every verb that people call, and none for those of programs', () => {
    const named = [...manPage().matchAll(/^\.SS sshoal (.+)$/gm)].map(([, name]) => name);

    assert.deepEqual(
      named,
      verbs.filter((verb) => verb.hidden !== true).map((verb) => verb.name),
    );
  });

  it('holds no line that roff would take for a request it is not', () => {
    const requests = manPage()
      .split('\n')
      .filter((line) => /^[.']/.test(line))
      .map((line) => line.split(' ')[0]);

    const known = new Set(['.\\"', '.B', '.BR', '.I', '.PP', '.RE', '.RS', '.SH', '.SS', '.TH', '.TP', '.br', '.fi', '.nf']);

    assert.deepEqual(
      requests.filter((request) => !known.has(request ?? '')),
      [],
    );
  });
});
