// What the system's ssh says, and what it means.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { opensshFailure, type SshEnding } from '#src/connection/openssh-failure';

const failure = (said: string, changes: Partial<SshEnding> = {}) =>
  opensshFailure({ said, code: 255, where: 'web01', user: 'ada', asked: undefined, ...changes });
const closed = 'Connection closed by UNKNOWN port 65535\n';

const SAID: Readonly<Record<string, string>> = {
  'ssh: Could not resolve hostname web01: Name or service not known\n': 'HOST_NOT_FOUND',
  'ssh: connect to host web01 port 22: Connection refused\n': 'CONNECT_REFUSED',
  'ssh: connect to host web01 port 22: Connection timed out\n': 'CONNECT_TIMEOUT',
  'ssh: connect to host web01 port 22: No route to host\n': 'CONNECT_FAILED',
  'kex_exchange_identification: read: Connection reset by peer\n': 'CONNECTION_DROPPED',
  'Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: ssh-dss\n': 'KEX_FAILED',
  '@@@@\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\n@@@@\nHost key verification failed.\n': 'HOST_KEY_CHANGED',
  '@ WARNING: REVOKED HOST KEY DETECTED! @\nHost key verification failed.\n': 'HOST_KEY_REVOKED',
  'No ED25519 host key is known for web01 and you have requested strict checking.\nHost key verification failed.\n': 'HOST_KEY_UNKNOWN',
  'ada@web01: Permission denied (publickey).\n': 'AUTH_FAILED',
  'Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures\n': 'AUTH_FAILED',
  '@ WARNING: UNPROTECTED PRIVATE KEY FILE! @\nada@web01: Permission denied (publickey).\n': 'KEY_PERMISSIONS',
  '/home/ada/.ssh/config: line 3: Bad configuration option: nonsense\n': 'SSH_CONFIG',
  "Unknown cipher type 'x'\n": 'SSH_ARGS',
  'something else\n': 'CONNECT_FAILED',
};

describe('what ssh says', () => {
  for (const [said, code] of Object.entries(SAID)) {
    it(`means ${code}: ${said.trim().split('\n').at(-1)}`, () => {
      assert.equal(failure(said).code, code);
    });
  }

  it('is judged by what the jump host did, not by the connection that was closed then', () => {
    assert.equal(failure(`ada@jump: Permission denied (publickey).\n${closed}`).code, 'AUTH_FAILED');
    assert.equal(failure(`Host key verification failed.\n${closed}`).code, 'HOST_KEY_UNKNOWN');
  });

  it('is shown without control characters, and not without end', () => {
    const { message } = failure(`\x1b[2J${'x'.repeat(10_000)}\nada@web01: Permission denied (publickey).\n`);

    assert.ok(!message.includes('\x1b'));
    assert.match(message, /ssh says: .*Permission denied \(publickey\)\.$/);
    assert.ok(message.length < 1_000);
  });

  it('leads to another attempt where the server was busy, but never where a password was sent', () => {
    const asked = { wasAsked: true, unanswered: undefined, passphraseFor: undefined };

    assert.equal(failure(closed).retriable, true);
    assert.equal(failure(closed, { asked }).retriable, false);
    assert.equal(failure('ada@web01: Permission denied (publickey).\n').retriable, false);
  });

  it('says how to go on without ssh where there is none', () => {
    const { code, fix } = failure('/bin/sh: 1: exec: ssh: not found\n', { code: 127 });

    assert.equal(code, 'OPENSSH_MISSING');
    assert.match(fix ?? '', /ansible_connection: ssh/);
  });
});
