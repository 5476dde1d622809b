// Facts that outlive a run.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Float, type Value } from '#src/base/value';
import { type FactCache, factsFromCache, factsToCache, hasGathered } from '#src/modules/facts/cache';

const HOUR_MS = 3_600_000;
const facts = new Map<string, Value>([
  ['ansible_hostname', 'wéb07'],
  ['ansible_memtotal_mb', 2048],
  ['ansible_loadavg', new Map([['1m', new Float(1)]])],
  ['ansible_mounts', []],
  ['ansible_local', new Map([['serial', 12345678901234567890n]])],
  ['module_setup', true],
]);
const text = factsToCache(facts);

describe('cached facts', () => {
  it('come back from a store as they were, number by number', async () => {
    const texts = new Map<string, string>();
    const store: FactCache = {
      read: (host) => Promise.resolve({ text: texts.get(host) ?? '', writtenAtMs: 0 }),
      write: (host, written) => Promise.resolve(void texts.set(host, written)),
    };

    await store.write('web07', text);
    const found = factsFromCache(await store.read('web07'), HOUR_MS);

    assert.deepEqual(found, facts);
    assert.equal(hasGathered(found ?? new Map()), true);
  });

  it('count until they are a day old, or as old as is said, or for ever', () => {
    const cached = { text, writtenAtMs: 0 };

    assert.ok(factsFromCache(cached, 24 * HOUR_MS));
    assert.equal(factsFromCache(cached, 24 * HOUR_MS + 1), undefined);
    assert.equal(factsFromCache(cached, 61_000, 60), undefined);
    assert.ok(factsFromCache(cached, 1000 * HOUR_MS, 0));
  });

  it('are none where a file is broken, or none', () => {
    assert.equal(factsFromCache({ text: text.slice(0, -1), writtenAtMs: 0 }, 0), undefined);
    assert.equal(factsFromCache({ text: '[]', writtenAtMs: 0 }, 0), undefined);
    assert.equal(factsFromCache(undefined, 0), undefined);
  });

  it('that only set_fact made do not stand for gathered ones', () => {
    assert.equal(hasGathered(new Map([['mine', 1]])), false);
  });
});
