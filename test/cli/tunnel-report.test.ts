// What tunnels say to machines, against what docs/jsonl.md promises.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { completeFlags } from '#src/cli/flag-options';
import { type TunnelReport, tunnelReportOf } from '#src/cli/tunnel-report';
import { ConnectError } from '#src/connection/errors';
import type { Forward, Tunnel } from '#src/connection/tunnels';
import { documentedEvents, writtenEvents } from '../support/documented-events.ts';
import { fakeContext } from './fake-context.ts';

type Line = Record<string, unknown> & { readonly event: string };

const FORWARD: Forward = {
  side: 'local',
  listen: { kind: 'tcp', host: 'localhost', port: 0 },
  target: { kind: 'tcp', host: 'db', port: 5432 },
};
const COUNTS = { open: 0, total: 1, refused: 1, sentBytes: 3, receivedBytes: 4 };
const TUNNEL = { forward: FORWARD, listening: { kind: 'tcp', host: 'localhost', port: 4000 }, counts: COUNTS } as unknown as Tunnel;

/** Every event with every field it can have. */
function everything(report: TunnelReport): void {
  const error = new ConnectError('ECONNREFUSED', 'Refused', { where: 'db:5432', fix: 'Start it' });
  const ofTunnel = [
    { kind: 'opened', id: 1, from: '127.0.0.1:1', to: 'db:5432' },
    { kind: 'refused', id: 2, from: '127.0.0.1:2', to: 'db:5432', error },
    { kind: 'closed', id: 1, sentBytes: 3, receivedBytes: 4, error },
    { kind: 'ended', error },
  ] as const;
  const ofLine = [
    { kind: 'line-lost' },
    { kind: 'line-retry', error, waitMs: 1000 },
    { kind: 'line-restored' },
    { kind: 'line-given-up', error },
  ] as const;
  report.opened('a', [TUNNEL]);
  report.failed('b', error);
  for (const event of ofTunnel) report.event('a', { kind: 'tunnel', tunnel: 0, event });
  for (const event of ofLine) report.event('a', event);
  report.finish();
}

describe('JSON lines of tunnels', () => {
  it('are exactly the events and fields that docs/jsonl.md lists', () => {
    const context = fakeContext();
    const header = { hosts: ['a', 'b'], forwards: [FORWARD] };

    everything(tunnelReportOf(completeFlags({ output: 'jsonl' }), context, header));

    const lines = context
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    const written = writtenEvents(lines);
    const [started, ...others] = [...written.keys()];
    const listed = documentedEvents('JSON lines of tunnels');
    assert.equal(started, 'run-started');
    assert.deepEqual(others.toSorted(), [...listed.keys()].toSorted());
    for (const [event, fields] of listed) {
      assert.deepEqual([...(written.get(event) ?? [])].toSorted(), fields.map((field) => field.replace('?', '')).toSorted(), event);
    }
  });
});
