// Times and names as the page writes them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { namesOf, plural, shown, timeOf } from '#src/ui/page/words';

describe('words of the page', () => {
  it('say a time as shortly as it is clear', () => {
    const now = new Date(2026, 7, 7, 15, 0).getTime();

    assert.equal(timeOf(new Date(2026, 7, 7, 9, 5).getTime(), now), '09:05');
    assert.equal(timeOf(new Date(2026, 7, 5, 9, 5).getTime(), now), 'Wed 09:05');
    assert.equal(timeOf(new Date(2026, 5, 5, 9, 5).getTime(), now), '2026-06-05 09:05');
  });

  it('fold names of hosts, and let none of them speak', () => {
    assert.equal(namesOf(['web01', 'web02', 'web03']), 'web[01-03]');
    assert.equal(shown('<b>\u001b[2J\nx'), '<b>\\x1b[2J x');
    assert.equal(plural(1, 'host'), '1 host');
  });
});
