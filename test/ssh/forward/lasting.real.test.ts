// A connection for tunnels that outlives the lines it is made of, over a real OpenSSH sshd.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { SshConnectError } from '#src/ssh/errors';
import { LastingConnection, type LastingEvent, type MortalConnection } from '#src/ssh/forward/lasting';
import { Tunnel } from '#src/ssh/forward/tunnel';
import { connectKnown } from '../../support/known-client.ts';
import { OpenSshServer } from '../../support/openssh-server.ts';
import { needs } from '../../support/real.ts';
import { ask, dial, echo, fate, measure, serving } from './ends.ts';

describe('a lasting connection', needs('sshd', 'ssh-keygen'), () => {
  let server: OpenSshServer;
  let events: string[];
  let wake: () => void;
  let failures: Error[];
  let opened: LastingConnection;

  const connect = async (): Promise<MortalConnection> => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    return await connectKnown(server);
  };
  const onEvent = (event: LastingEvent): void => {
    events.push(event.kind);
    wake();
  };
  const open = async (): Promise<LastingConnection> => {
    opened = await LastingConnection.open({ connect, onEvent, firstWaitMs: 10 }, new AbortController().signal);
    return opened;
  };
  const seen = async (kind: LastingEvent['kind']): Promise<void> => {
    while (!events.includes(kind)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };

  before(async () => {
    server = await OpenSshServer.start();
  });
  after(async () => {
    await server.stop();
  });
  beforeEach(() => {
    [events, failures, wake] = [[], [], () => {}];
  });

  afterEach(async () => {
    await opened.close();
  });

  it('carries tunnels both ways again after the line broke, at the same ports', async () => {
    await using target = await serving(measure);
    const line = await open();
    const local = await Tunnel.open(line, { side: 'local', listen: tcp(0), target: tcp(target.port) });
    const remote = await Tunnel.open(line, { side: 'remote', listen: tcp(0), target: tcp(target.port) });
    const before = [local.listening, remote.listening];
    failures = [new SshConnectError('CONNECT_REFUSED', 'not yet'), new SshConnectError('CONNECT_TIMEOUT', 'not yet')];

    server.killSessions();
    await seen('line-restored');
    const answers = await Promise.all(before.map(async (listening) => (await ask(await dial(listening), 'four')).toString()));
    await line.close();
    await Promise.all([local.closed, remote.closed]);

    assert.deepEqual(answers, ['4 bytes', '4 bytes']);
    assert.deepEqual(events.slice(0, 3), ['line-lost', 'line-retry', 'line-retry']);
    assert.equal(events.at(-1), 'line-restored');
  });

  it('ends what was under way, and lets the next wait for the line to come back', async () => {
    await using target = await serving(echo);
    const line = await open();
    const tunnel = await Tunnel.open(line, { side: 'local', listen: tcp(0), target: tcp(target.port) });
    const old = await dial(tunnel.listening);
    old.write('x');
    await once(old, 'readable');
    const ending = fate(old);
    failures = Array.from({ length: 4 }, () => new SshConnectError('CONNECT_REFUSED', 'not yet'));

    server.killSessions();
    await seen('line-lost');
    const answer = await ask(await dial(tunnel.listening), 'patience');
    const end = await ending;

    assert.equal(answer.toString(), 'patience');
    assert.match(end, /ECONNRESET|end after 1/);
  });

  it('is given up where trying again is of no use', async () => {
    const line = await open();
    const tunnel = await Tunnel.open(line, { side: 'local', listen: tcp(0), target: tcp(1) });
    failures = [new SshConnectError('HOST_KEY_CHANGED', 'somebody else')];

    server.killSessions();
    await Promise.all([line.closed, tunnel.closed]);

    assert.deepEqual(events, ['line-lost', 'line-given-up']);
  });

  it('can be closed while there is no line', async () => {
    const line = await open();
    failures = Array.from({ length: 1_000 }, () => new SshConnectError('CONNECT_REFUSED', 'not yet'));

    server.killSessions();
    await seen('line-retry');
    await line.close();

    await assert.rejects(line.openDirect({ host: '127.0.0.1', port: 1 }), { code: 'CONNECTION_LOST' });
  });
});

function tcp(port: number): { kind: 'tcp'; host: string; port: number } {
  return { kind: 'tcp', host: '127.0.0.1', port };
}
