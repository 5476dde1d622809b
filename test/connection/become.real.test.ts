// Becoming another user with real sudo, su and doas that ask for real passwords.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { SshoalError } from '#src/base/errors';
import { opensshKind } from '#src/connection/openssh';
import type { Become, Connection, ScriptOptions } from '#src/connection/seam';
import { sshKind } from '#src/connection/ssh';
import { type Account, account, PASSWORD, specOf, startBecomeHost } from '../support/become-host.ts';
import { type OpenSshServer, onlyRoot } from '../support/openssh-server.ts';
import { needs } from '../support/real.ts';

const real = { skip: onlyRoot.skip || needs('sshd', 'ssh-keygen', 'ssh', 'unshare', 'sudo', 'su', 'doas').skip };

const ASKING = [
  ['sudo', 'plain'],
  ['su', 'plain'],
  ['doas', 'doas'],
] as const;

for (const kind of [sshKind, opensshKind]) {
  describe(`becoming another user over ${kind.name}`, real, () => {
    let server: OpenSshServer;
    let connection: Connection;
    const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();
    const becoming = (method: Become['method'], to: Account, password?: string): Become => ({ method, user: account(to), password });
    const run = async (become: Become, script: string, more: ScriptOptions = {}) =>
      await connection.run(script, { timeoutMs: 20_000, ...more, become });
    const failure = async (become: Become, script = 'id -un'): Promise<SshoalError> => {
      const error: unknown = await run(become, script).catch((reason: unknown) => reason);
      assert.ok(error instanceof SshoalError, `it ran: ${JSON.stringify(error)}`);
      assert.equal(error.code, 'BECOME_FAILED', error.message);
      assert.doesNotMatch(`${error.message} ${error.fix}`, /horse/);
      return error;
    };

    before(async () => {
      server = await startBecomeHost();
    });
    after(async () => await server.stop());
    // Each its own, since shells are kept and a server has few places for them.
    beforeEach(async () => {
      connection = await kind.open(specOf(server, kind.name as 'ssh' | 'openssh'), {});
    });
    afterEach(async () => await connection.close());

    const ways: readonly (readonly [Become['method'], Account, string])[] = [
      ['sudo', 'plain', 'asks for a password'],
      ['sudo', 'lecture', 'lectures before it asks'],
      ['sudo', 'nopasswd', 'has one that it does not ask for'],
      ['sudo', 'open', 'does not authenticate'],
      ['sudo', 'pty', 'puts what runs on a terminal of its own'],
      ['su', 'plain', 'asks for a password'],
      ['doas', 'doas', 'asks on a terminal'],
      ['doas', 'nopass', 'has one that it does not ask for'],
    ];
    for (const [method, to, how] of ways) {
      it(`works with ${method}, which ${how}: streams, input and exit code are those of the script`, async () => {
        const become = becoming(method, to, PASSWORD);
        const input = Buffer.alloc(300_000, 'any bytes \0\x03\x04\x1e\xff\r\n', 'latin1');

        const who = await run(become, 'id -un; echo err >&2; exit 3');
        const read = await run(become, 'cat', { input });
        const unread = await run(become, 'echo fine', { input });
        const silent = await run(become, 'cat; echo end');

        assert.deepEqual([text(who.stdout), text(who.stderr), who.exit], [`${account(to)}\n`, 'err\n', { kind: 'code', code: 3 }]);
        assert.ok(Buffer.from(read.stdout).equals(input), `${read.stdout.byteLength} bytes: ${text(read.stderr)}`);
        assert.equal(text(unread.stdout), 'fine\n');
        assert.equal(text(silent.stdout), 'end\n');
      });
    }

    // What is said of it is the same whoever carries it; a refusal takes PAM two seconds.
    for (const [method, to] of kind === sshKind ? ASKING : []) {
      it(`tells a wrong password for ${method}, having tried it once`, async () => {
        const error = await failure(becoming(method, to, 'wrong'));

        assert.match(error.fix ?? '', /The password is wrong/);
        assert.match(error.message, /incorrect|failure|failed/i);
      });

      it(`says that ${method} wants a password, and shows it nothing of the script`, async () => {
        const error = await failure(becoming(method, to), 'echo secret of the script\necho more');

        assert.match(error.fix ?? '', /Give the password with -K/);
        assert.doesNotMatch(error.message, /secret of the script/);
      });

      it(`ends what runs with ${method} when the deadline passes`, async () => {
        const become = becoming(method, to, PASSWORD);

        const error: unknown = await run(become, 'echo $$; sleep 60 & wait', { timeoutMs: 2_500 }).catch((reason: unknown) => reason);

        assert.ok(error instanceof SshoalError && 'output' in error && error.code === 'TIMED_OUT');
        const pid = text((error.output as { stdout: Uint8Array }).stdout).trim();
        assert.match(pid, /^\d+$/);
        assert.equal(error.fix, 'Raise --timeout, or make the command faster');
        assert.throws(() => process.kill(Number(pid), 0), { code: 'ESRCH' });
      });
    }

    it('names requiretty where sudo wants a terminal', async () => {
      const error = await failure(becoming('sudo', 'tty', PASSWORD));

      assert.match(error.fix ?? '', /requiretty/);
    });

    it('says who is not there', async () => {
      const error = await failure({ method: 'sudo', user: 'sshoal-nobody', password: PASSWORD });

      assert.match(error.message, /unknown user/);
    });

    it('shows a password to nobody: not in arguments, environment, output or events', async () => {
      const seen: string[] = [];
      for (const [method, to] of ASKING) {
        const look = (): void => void seen.push(...processes());

        const { stdout, stderr } = await run(becoming(method, to, PASSWORD), 'echo now; echo later >&2; sleep 0.2', { onOutput: look });

        seen.push(text(stdout), text(stderr));
      }

      assert.ok(seen.some((words) => words.includes('sudo') && words.includes('-S')));
      assert.deepEqual(
        seen.filter((words) => words.includes('horse')),
        [],
      );
    });

    it('leaves no pipe of doas behind', async () => {
      await run(becoming('doas', 'doas', PASSWORD), ':');
      await failure(becoming('doas', 'plain', 'wrong'));

      assert.deepEqual(
        readdirSync('/tmp').filter((name) => /^sshoal-[0-9a-f]{16}$/.test(name)),
        [],
      );
    });
  });
}

/** Arguments and environment of everything that runs on this machine. */
function processes(): string[] {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers.flatMap((number) =>
    ['cmdline', 'environ'].flatMap((file) => {
      try {
        return [readFileSync(`/proc/${number}/${file}`, 'utf8')];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    }),
  );
}
