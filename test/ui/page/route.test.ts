// Places as addresses, and back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hashOf, type Route, routeOf } from '#src/ui/page/route';

const name = fc.string({ minLength: 1, unit: 'grapheme' });
const some = fc.option(name, { nil: undefined });
// As routes are: with a prototype.
const PLAIN = { noNullPrototype: true };
const routes: fc.Arbitrary<Route> = fc.oneof(
  fc.record(
    { kind: fc.constant('runs' as const), filter: fc.record({ task: some, host: some, outcome: some, verb: some, days: some }, PLAIN) },
    PLAIN,
  ),
  fc.record(
    {
      kind: fc.constant('run' as const),
      id: name,
      view: fc.constantFrom('grid' as const, 'tasks' as const),
      task: fc.option(fc.nat({ max: 999_999_999 }), { nil: undefined }),
      host: some,
    },
    PLAIN,
  ),
  fc.record({ kind: fc.constant('host' as const), host: name }, PLAIN),
  fc.record({ kind: fc.constant('drift' as const), host: some, subject: some }, PLAIN),
  fc.constant({ kind: 'start' as const }),
);

describe('an address', () => {
  it('leads back to the place it was made of, whatever hosts and tasks are called', () => {
    fc.assert(
      fc.property(routes, (route) => {
        assert.deepEqual(routeOf(hashOf(route)), route);
      }),
    );
  });

  it('is the list of runs where there is none', () => {
    assert.equal(routeOf('').kind, 'runs');
    assert.equal(routeOf('#').kind, 'runs');
  });

  it('that makes no sense is no place, and no error', () => {
    for (const hash of ['#/elsewhere', '#/run/', '#/run/x?task=-1', '#/host/', '#/host/%E0%A4%A', '#//']) {
      assert.equal(routeOf(hash).kind, 'lost', hash);
    }
  });
});
