// The table of examples/README.md names every point of the five documents, and leads only to what is there.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const EXAMPLES = path.join(ROOT, 'examples');
/** How many points each document makes. */
const POINTS = { A: 31, B: 25, C: 50, D: 67, E: 21 };

describe('examples/README.md', () => {
  const text = readFileSync(path.join(EXAMPLES, 'README.md'), 'utf8');
  const rows = [...text.matchAll(/^\| ([A-E]\d+) +\| (.+?) +\| (.+?) +\|$/gm)];

  it('has a row for each of the 194 points, in order, each with a place', () => {
    const expected = Object.entries(POINTS).flatMap(([document, count]) => Array.from({ length: count }, (_, i) => `${document}${i + 1}`));

    assert.deepEqual(
      rows.map((row) => row[1]),
      expected,
    );
    assert.deepEqual(
      rows.filter((row) => !/\]\([^)]+\)/.test(row[3] ?? '')).map((row) => row[1]),
      [],
    );
  });

  it('leads only to files that are there', () => {
    const links = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map((link) => link[1] ?? '');

    assert.deepEqual(
      links.filter((link) => !existsSync(path.join(EXAMPLES, link))),
      [],
    );
  });

  it('names every example, and a test runs each', () => {
    const names = readdirSync(EXAMPLES)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => file.slice(0, -3));
    const tests = readdirSync(path.join(ROOT, 'test/examples'))
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => readFileSync(path.join(ROOT, 'test/examples', file), 'utf8'))
      .join('\n');

    assert.deepEqual(
      names.filter((name) => !text.includes(`(${name}.ts)`)),
      [],
    );
    // A part of the others, run with each of them.
    const parts = ['tcp-client'];
    assert.deepEqual(
      names.filter((name) => !parts.includes(name) && !tests.includes(`runExample('${name}'`)),
      [],
    );
  });
});
