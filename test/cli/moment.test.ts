// Points in time as people write them.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseMoment } from '#src/cli/moment';

const NOW = Date.UTC(2026, 7, 7, 12);

it('a moment is so long ago, or a day or time of here unless it says otherwise', () => {
  assert.equal(parseMoment('2h', '--since', NOW), NOW - 7_200_000);
  assert.equal(parseMoment('2026-08-01', '--since', NOW), new Date(2026, 7, 1).getTime());
  assert.equal(parseMoment('2026-08-01T12:30', '--since', NOW), new Date(2026, 7, 1, 12, 30).getTime());
  assert.equal(parseMoment('2026-08-01T12:30Z', '--since', NOW), Date.UTC(2026, 7, 1, 12, 30));
});

it('what is no time is refused, with the flag it stands at', () => {
  assert.throws(() => parseMoment('2026-99-99', '--until', NOW), { code: 'BAD_FLAG', where: '--until' });
  assert.throws(() => parseMoment('soon', '--until', NOW), { where: '--until' });
});
