// Commands that become another user, and what their failures mean; no program is run.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { becomeCommand, becomeFailure } from '#src/connection/become';
import { BecomeError } from '#src/connection/errors';
import type { Become } from '#src/connection/seam';

describe('becoming', () => {
  it('never has the password in the command', () => {
    for (const method of ['sudo', 'su', 'doas'] as const) {
      const { command } = becomeCommand({ method, user: 'root', password: 'horse' }, '/bin/sh', 'n0nce');

      assert.doesNotMatch(command, /horse/);
    }
  });

  it('quotes a user, and refuses one that su would take for a flag', () => {
    assert.equal(becomeCommand({ method: 'sudo', user: "o'x" }, 'sh', 'n').command, "sudo -H -n -u 'o'\\''x' -- sh");
    assert.throws(() => becomeCommand({ method: 'su', user: '-c' }, 'sh', 'n'), BecomeError);
  });

  it('starts another program, and with other flags, where it is told to', () => {
    const command = (become: Omit<Become, 'user'>): string => becomeCommand({ ...become, user: 'app' }, 'sh', 'n').command;

    assert.equal(command({ method: 'sudo', exe: ['/opt/sudo'], flags: ['-E', '-n'] }), '/opt/sudo -E -n -u app -- sh');
    assert.equal(command({ method: 'sudo', flags: ['-n', '-E'], password: 'x' }), "sudo -E -S -p '[sudo n] ' -u app -- sh");
    assert.equal(command({ method: 'su', exe: ['sudo', 'su'], flags: ['-', '-m'] }), 'sudo su - -m app -c sh');
    assert.equal(command({ method: 'doas', flags: ['-C', '/etc/a b'] }), "doas -C '/etc/a b' -n -u app sh");
  });

  it('knows the question of sudo by its nonce, and of a module that asks in its own words', () => {
    const { asks } = becomeCommand({ method: 'sudo', user: 'root', password: 'x' }, 'sh', 'n0nce');

    assert.equal(asks('lecture\n[sudo n0nce] '), true);
    assert.equal(asks('LDAP Password: '), true);
    assert.equal(asks('[sudo other] '), false);
  });

  it('uses a terminal for nothing but the password of doas', () => {
    const onTerminal = (method: 'sudo' | 'su' | 'doas', password?: string): boolean =>
      becomeCommand({ method, user: 'root', password }, 'sh', 'n').onTerminal;

    assert.deepEqual(
      [onTerminal('doas', 'x'), onTerminal('doas'), onTerminal('su', 'x'), onTerminal('sudo', 'x')],
      [true, false, false, false],
    );
  });

  it('says why it failed rather than what was asked, and what to do', () => {
    const become = { method: 'su', user: 'root', password: 'x' } as const;
    const wrong = becomeFailure(become, 'web01', { said: 'su: Authentication failure\nPassword: ', asked: 1 });
    const silent = becomeFailure(become, 'web01', { said: 'Verification code: ', asked: 0, silentMs: 30_000 });
    const missing = becomeFailure({ method: 'doas', user: 'ada' }, 'web01', { said: 'sh: doas: not found\n', asked: 0 });

    assert.equal(wrong.message, 'Could not become root with su: su: Authentication failure');
    assert.match(wrong.fix ?? '', /password is wrong/);
    assert.equal(silent.message, 'Could not become root with su within 30 s: Verification code:');
    assert.match(silent.fix ?? '', /See what su asks/);
    assert.match(missing.fix ?? '', /doas is installed/);
  });
});
