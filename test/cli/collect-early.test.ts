// With many hosts garbage is collected while there is little of it. In processes of their own: how V8 collects is a matter of all of one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

const MODULE = pathToFileURL(path.resolve(import.meta.dirname, '../../../dist/cli/collect-early.js')).href;
/** Much that lives for a while and is then dropped, as the state of a task; it says how often all of the heap was collected. */
const WORK = `
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { collectEarly } from '${MODULE}';
collectEarly(Number(process.argv[1]));
let collections = 0;
const count = ({ detail }) => { if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) collections++; };
new PerformanceObserver((list) => list.getEntries().forEach(count)).observe({ entryTypes: ['gc'] });
const held = [];
for (let n = 0; n < 2_000; n++) {
  held[n % 150] = Array.from({ length: 1_000 }, (_, i) => ({ n, i, text: 'x' + i }));
  if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
}
console.log(collections);
`;

function collections(hosts: number): number {
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', WORK, String(hosts)], { encoding: 'utf8' }));
}

describe('the garbage of a play', () => {
  it('is collected more often with many hosts than with few', () => {
    const [few, many] = [collections(10), collections(1_000)];

    assert.ok(many > few, `${many} times with many hosts, ${few} with few`);
  });
});
