// What lookups do that no comparison with Ansible shows: files they make, deadlines, refusals, secrets.
import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Secrets } from '#src/base/secrets';
import { Inventory } from '#src/inventory/inventory';
import { VaultKeys } from '#src/inventory/vault/vault-keys';
import { Playbook, type PlayOptions } from '#src/playbook/playbook';
import { PASSWORD, VALUE_VAULT } from '../../inventory/vaults.ts';
import { inDirectory, type Played, playLocal } from '../play-local.ts';

const say = (...expressions: readonly string[]): string =>
  `- hosts: all\n  gather_facts: false\n  tasks:\n${expressions.map((one) => `    - {name: ${JSON.stringify(one)}, debug: {msg: ${JSON.stringify(`{{ ${one} }}`)}}, ignore_errors: true}\n`).join('')}`;

/** What one host makes of an expression: its message, or the code and the remedy of the error. */
async function outcome(
  expression: string,
  files: Readonly<Record<string, string>> = {},
  options: Partial<PlayOptions> = {},
): Promise<unknown> {
  return await inDirectory(async (directory) => {
    await writeAll(directory, files);
    return outcomeIn(await playLocal(directory, say(expression), 'a', options));
  });
}

function outcomeIn({ events }: Played): unknown {
  const [event] = events.filter((one) => one.kind === 'task-finished');
  if (event?.kind !== 'task-finished') return undefined;
  return event.error === undefined ? event.result.get('msg') : `${event.error.code}: ${event.error.message} (${event.error.fix ?? ''})`;
}

async function writeAll(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), text);
  }
}

describe('the lookup password', () => {
  it('makes one password for all hosts, which nobody else may read', async () =>
    await inDirectory(async (directory) => {
      const secrets = new Secrets();

      const { said } = await playLocal(directory, say("lookup('password', 'keys/deep/db length=15')"), 'a\nb', { secrets });

      const [a, b] = said.map((line) => line.split(': ')[1]);
      const file = path.join(directory, 'keys/deep/db');
      assert.equal(a, b);
      assert.match(a ?? '', /^[\w.,:-]{15}$/);
      assert.equal(await readFile(file, 'utf8'), `${a}\n`);
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      assert.equal((await stat(path.dirname(file))).mode & 0o777, 0o700);
      assert.equal(secrets.mask(a ?? ''), '********');
    }));

  it('refuses hashes it does not have', async () => {
    const said = await outcome("lookup('password', '/dev/null encrypt=bcrypt', errors='ignore')");

    assert.match(String(said), /^BAD_PARAMETER: .*`encrypt`.*sha512_crypt/);
  });

  it('says which file it cannot write', async () => {
    const said = await outcome("lookup('password', 'file/below')", { file: '' });

    assert.match(String(said), /^LOOKUP_FAILED: The lookup password: .*file\/below: ENOTDIR/);
  });
});

describe('the lookups pipe and lines', () => {
  it('end a command that takes too long', async () => {
    const said = await outcome("lookup('pipe', 'sleep 30', timeout=0.2)");

    assert.match(String(said), /^LOOKUP_FAILED: .*`sleep 30` took longer than 0.2 s/);
  });

  it('tell the exit status and what was written to stderr', async () => {
    const said = await outcome("query('lines', 'echo oh no >&2; exit 3')");

    assert.match(String(said), /returned 3: oh no/);
  });

  it('see the environment of the run, and no other', async () => {
    const said = await outcome("lookup('pipe', 'echo $MINE-$HOME')", {}, { environment: { PATH: '/usr/bin:/bin', MINE: 'yes' } });

    assert.equal(said, 'yes-');
  });
});

describe('the lookup url', () => {
  it('minds a proxy by saying that it cannot use it', async () => {
    const proxy = { http_proxy: 'http://proxy:3128', no_proxy: '.lan' };

    const said = await outcome("lookup('url', 'http://web.example.com/')", {}, { environment: proxy });

    assert.match(String(said), /http_proxy is set, and proxies are not supported \(Give use_proxy=false/);
  });

  it('waits no longer than it was told for a server that says nothing', async () => {
    // The system takes the connection, whatever this process does.
    const server = net.createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;

    const said = await outcome(`lookup('url', 'http://127.0.0.1:${port}/', timeout=0.2)`);

    await new Promise((resolve) => server.close(resolve));
    assert.match(String(said), /^LOOKUP_FAILED: .*no answer within 0.2 s/);
  });

  it('tells what is no web address, and where nobody listens', async () => {
    assert.match(String(await outcome("lookup('url', 'file:///etc/passwd')")), /is no web address/);
    assert.match(String(await outcome("lookup('url', 'http://127.0.0.1:1/')")), /ECONNREFUSED/);
  });
});

describe('lookups', () => {
  it('warn in the result of the task when they are told to', async () =>
    await inDirectory(async (directory) => {
      const { results } = await playLocal(directory, say("query('file', 'nope', errors='warn')"), 'a');

      assert.deepEqual(Object.values(results)[0]?.a?.warnings, ['There is no file nope']);
    }));

  it('refuse options they do not know, whatever errors says', async () => {
    const said = await outcome("lookup('file', 'nope', lstripp=true, errors='ignore')");

    assert.match(String(said), /^BAD_PARAMETER: The lookup file: .*lstripp.*lstrip/);
  });

  it('suggest the name that was meant', async () => {
    assert.match(String(await outcome("lookup('fil', 'x')")), /^LOOKUP_FAILED: There is no lookup `fil` \(Did you mean `file`\?\)/);
  });

  it('tell the settings of the run by the names they have in Ansible', async () => {
    const names = [
      'DEFAULT_ROLES_PATH',
      'COLLECTIONS_PATHS',
      'DEFAULT_GATHERING',
      'HOST_KEY_CHECKING',
      'DEFAULT_JINJA2_NATIVE',
      'DEFAULT_FORKS',
    ];
    await inDirectory(async (directory) => {
      await writeFile(path.join(directory, 'hosts'), 'a ansible_connection=local\n');
      const task = `{debug: {msg: "{{ query('config', ${names.map((name) => `'${name}'`).join(', ')}) }}"}}`;
      await writeFile(path.join(directory, 'site.yml'), `- hosts: a\n  gather_facts: false\n  tasks: [${task}]\n`);
      const paths = { rolesPath: ['/r'], collectionsPath: ['/c'] };
      const playbook = Playbook.load([path.join(directory, 'site.yml')], { ...paths, results: 'native' });
      const inventory = await Inventory.load([path.join(directory, 'hosts')]);
      const said: unknown[] = [];

      const how = { facts: { gathering: 'smart' }, defaults: { hostKeyPolicy: 'accept-new' }, forks: 7 } as const;
      for await (const event of playbook.play({ inventory, ...how }))
        if (event.kind === 'task-finished') said.push(event.result.get('msg'));

      assert.deepEqual(said, [[['/r'], ['/c'], 'smart', false, true, 7]]);
    });
  });

  it('never take what they find for a template', async () => {
    assert.equal(await outcome("lookup('file', 'x')", { x: '{{ 1 + 1 }}' }), '{{ 1 + 1 }}');
    assert.match(String(await outcome("lookup('file', 'x', allow_unsafe=true)", { x: '' })), /^BAD_PARAMETER: allow_unsafe/);
  });

  it('hide no variable of their own names', async () => {
    const text =
      '- hosts: a\n  gather_facts: false\n  vars: {query: mine}\n  tasks: [{debug: {msg: "{{ query }} {{ lookup(\'items\', 1) }}"}}]\n';

    await inDirectory(async (directory) => assert.deepEqual((await playLocal(directory, text, 'a')).said, ['a: mine 1']));
  });

  it('open vaults, whose text is masked then', async () =>
    await inDirectory(async (directory) => {
      const secrets = new Secrets();
      const vault = new VaultKeys([{ id: 'default', password: Buffer.from(PASSWORD) }], { onOpened: (text) => secrets.add(text) });
      await writeAll(directory, { 'site.yml': say("lookup('file', 'secret')"), secret: VALUE_VAULT });
      const playbook = Playbook.load([path.join(directory, 'site.yml')], { vault });
      const inventory = await Inventory.load(['localhost,']);

      const said: unknown[] = [];
      for await (const event of playbook.play({ inventory, extraVars: new Map([['ansible_connection', 'local']]), secrets }))
        if (event.kind === 'task-finished') said.push(event.result.get('msg'));

      assert.deepEqual(said, ['hunter22']);
      assert.equal(secrets.mask('hunter22'), '********');
    }));
});

describe('loops over lookups', () => {
  const loop = (keyword: string, rest = 'debug: {msg: "{{ item }}"}'): string =>
    `- hosts: a\n  gather_facts: false\n  tasks:\n    - name: loop\n      ${rest}\n      ${keyword}\n`;

  it('know flattened and cartesian of community.general', async () =>
    await inDirectory(async (directory) => {
      const flattened = await playLocal(directory, loop('with_flattened: [1, [2, [3, [4]], null]]'), 'a');
      const cartesian = await playLocal(directory, loop('with_cartesian: [[a, b], [1]]'), 'a');

      assert.deepEqual(messages(flattened), [1, 2, 3, 4]);
      assert.deepEqual(messages(cartesian), [
        ['a', 1],
        ['b', 1],
      ]);
    }));

  it('look for the templates of a template task', async () =>
    await inDirectory(async (directory) => {
      await writeAll(directory, { 'templates/x.j2': 'from templates', 'files/x.j2': 'from files' });

      await playLocal(
        directory,
        loop('with_first_found: [nope.j2, x.j2]', 'template: {src: "{{ item }}", dest: "{{ playbook_dir }}/out"}'),
        'a',
      );

      assert.equal(await readFile(path.join(directory, 'out'), 'utf8'), 'from templates');
    }));
});

function messages({ results }: Played): unknown[] {
  const items = results.loop?.a?.results ?? [];
  return (items as { msg: unknown }[]).map(({ msg }) => msg);
}
