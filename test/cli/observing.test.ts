// Who watches a run besides people, from the flags to what they have seen; hosts are this machine.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createPlainServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Secrets } from '#src/base/secrets';
import { EmbeddedFleet } from '#src/testing/index';
import { call } from './fake-context.js';
import { sshoal } from './program-run.js';

const OTEL = path.resolve(import.meta.dirname, '../../examples/observe/otel.mjs');
const SITE = `- hosts: all
  gather_facts: false
  tasks:
    - name: Maybe fail
      command: test {{ inventory_hostname }} != "{{ bad | default('') }}"
      changed_when: "{{ change | default(false) | bool }}"
    - name: Say a secret
      debug: {msg: hunter2}
      failed_when: leak is defined
`;

describe('who watches', () => {
  let cwd = '';
  before(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-watch-'));
    await writeFile(path.join(cwd, 'site.yml'), SITE);
    await writeFile(path.join(cwd, 'secret'), '0123456789abcdef\n');
  });
  after(async () => await rm(cwd, { recursive: true }));
  const more = () => {
    const secrets = new Secrets();
    secrets.add('hunter2');
    return {
      cwd,
      env: { PATH: process.env.PATH ?? '', XDG_STATE_HOME: cwd, SSHOAL_PASSWORD: 'login-password' },
      now: () => Date.now(),
      secrets,
    };
  };
  const play = async (...words: readonly string[]) =>
    await call(['play', 'site.yml', '-i', 'web01,web02,', '-e', 'ansible_connection=local', '-q', ...words], more());
  const run = async (...words: readonly string[]) =>
    await call(['run', 'all', '-i', 'web01,web02,', '-e', 'ansible_connection=local', '-q', ...words], more());

  it('is served metrics while the run lasts', async () => {
    const free = createPlainServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    const fetchIt = `const h=require('node:http');h.get('http://127.0.0.1:${port}/metrics',r=>r.pipe(process.stdout))`;

    const { code, stdout, stderr } = await call(
      ['run', 'web01', '-i', 'web01,', '-c', 'local', '--metrics', String(port), '--', process.execPath, '-e', fetchIt],
      more(),
    );

    assert.equal(code, 0, stderr);
    assert.equal(stderr, `note: metrics at http://127.0.0.1:${port}/metrics\n`);
    assert.match(stdout, /^sshoal_in_flight\{plan="run"\} 1$/m);
  });

  it('is refused before anything is touched where the port is taken, and nothing is written', async () => {
    const taken = createPlainServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;

    const { code, stderr } = await run('--metrics', String(port), '--', 'touch', `${cwd}/touched`);

    taken.close();
    await once(taken, 'close');
    assert.equal(code, 1);
    assert.match(stderr, /\[METRICS_NOT_SERVED\]/);
    await assert.rejects(stat(path.join(cwd, 'touched')), { code: 'ENOENT' });
  });

  it('finds metrics in a file that others may read, with when it last went well', async () => {
    const file = path.join(cwd, 'sshoal.prom');
    const well = await play('--metrics-file', 'sshoal.prom');
    const success = /^sshoal_last_success_timestamp_seconds.*$/m.exec(await readFile(file, 'utf8'))?.[0];

    const failed = await play('--metrics-file', 'sshoal.prom', '-e', 'bad=web02');

    const text = await readFile(file, 'utf8');
    assert.deepEqual([well.code, failed.code], [0, 2], well.stderr + failed.stderr);
    assert.equal((await stat(file)).mode & 0o777, 0o644);
    assert.match(text, /^sshoal_hosts_total\{verb="play",outcome="failed",plan="site\.yml"\} 1$/m);
    assert.match(success ?? '', / \d+/);
    assert.ok(text.includes(`${success}\n`));
  });

  it('counts connections to real servers', async () => {
    await using fleet = await EmbeddedFleet.start({ hosts: 3 });

    const { code, stderr } = await call(
      ['run', 'all', '-i', fleet.inventoryFile, '-q', '--metrics-file', 'fleet.prom', '--metrics-per-host', '--', 'true'],
      more(),
    );

    const text = await readFile(path.join(cwd, 'fleet.prom'), 'utf8');
    assert.equal(code, 0, stderr);
    assert.match(text, /^sshoal_connect_duration_seconds_count\{plan="run"\} 3$/m);
    assert.match(text, /^sshoal_host_runs_total\{host="web01",outcome="ok",plan="run"\} 1$/m);
  });

  it('is told at the start where metrics or the log cannot be written', async () => {
    const [metrics, log] = [await play('--metrics-file', 'no/such/dir.prom'), await play('--log', 'no/such/dir.log')];

    assert.deepEqual([metrics.code, log.code], [1, 1]);
    assert.match(metrics.stderr, /\[OUTPUT_UNWRITABLE\]/);
    assert.match(log.stderr, /\[LOG_INCOMPLETE\]/);
  });

  it('reads a log, without secrets', async () => {
    const { code } = await play('--log', 'run.log', '--log-level', 'debug', '-e', 'leak=1');

    const text = await readFile(path.join(cwd, 'run.log'), 'utf8');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; outcome?: string; run?: string });
    assert.equal(code, 2);
    assert.doesNotMatch(text, /hunter2/);
    assert.deepEqual([lines[0]?.event, lines.at(-1)?.event, lines.at(-1)?.outcome], ['run-started', 'run-ended', 'failed']);
    assert.equal(new Set(lines.map((line) => line.run)).size, 1);
  });

  it('is run when the run is over: on failure, on success, on change, and never with passwords', async () => {
    const hooks = [
      '--on-failure',
      'echo bad $SSHOAL_EXIT $SSHOAL_FAILED_HOSTS',
      '--on-success',
      'echo good $SSHOAL_EXIT',
      '--on-change',
      'echo new',
    ];

    const well = await play(...hooks);
    const changed = await play(...hooks, '-e', 'change=yes');
    const failed = await play(...hooks, '-e', 'bad=web02');
    const told = await play('--on-success', 'env | grep -c "^SSHOAL_.*PASS"; cat; echo; echo $SSHOAL_RUN');

    assert.deepEqual([well.code, changed.code, failed.code], [0, 0, 2]);
    assert.equal(well.stderr, 'good 0\n');
    assert.equal(changed.stderr, 'new\ngood 0\n');
    assert.equal(failed.stderr, 'bad 2 web02\n');
    const [passwords, summary, id] = told.stderr.split('\n');
    assert.equal(passwords, '0');
    const report = JSON.parse(summary ?? '') as { run: string; hosts: object };
    assert.deepEqual([report.run, report.hosts], [id, { ok: 2 }]);
    assert.match(id ?? '', /^\d{8}-\d{6}\.\d{3}-[\da-f]{6}$/);
  });

  it('may fail, and the exit code is that of the run', async () => {
    const { code, stderr } = await play('--on-success', 'exit 9');

    assert.equal(code, 0);
    assert.match(stderr, /\[HOOK_FAILED\]/);
  });

  it('gets a webhook, signed, and of a run that was interrupted too', async () => {
    const bodies: { outcome: string; run: string }[] = [];
    const signatures: unknown[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        bodies.push(JSON.parse(body) as { outcome: string; run: string });
        signatures.push(request.headers['sshoal-signature']);
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const words = ['-i', 'web01,', '-c', 'local', '--webhook', url, '--webhook-secret-file', 'secret'];
    let killed = 0;

    const well = await sshoal(['run', 'all', ...words, '--', 'true'], { cwd });
    const stopped = await sshoal(['run', 'all', ...words, '-o', 'jsonl', '--', 'sleep', '60'], {
      cwd,
      onStdout: (text, kill) => {
        if (text.includes('host-started') && killed++ === 0) kill('SIGINT');
      },
    });

    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    assert.deepEqual([well.code, stopped.code], [0, 130], well.stderr + stopped.stderr);
    assert.deepEqual(
      bodies.map(({ outcome }) => outcome),
      ['ok', 'interrupted'],
    );
    assert.match(String(signatures[0]), /^sha256=[\da-f]{64}$/);
  });

  it('whose webhook is not there is told so, by its origin alone', async () => {
    const { code, stderr } = await run('--webhook', 'http://127.0.0.1:1/services/t0ken', '--hook-timeout', '300ms', '--', 'true');
    const { stdout } = await call(['runs', '-o', 'json'], more());

    assert.equal(code, 0);
    assert.match(stderr, /\[WEBHOOK_FAILED\]/);
    assert.doesNotMatch(stderr + stdout, /t0ken/);
  });

  it('is part of a trace where an SDK is registered, in the trace that it was called in', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const env = { NODE_OPTIONS: `--import=${OTEL}`, TRACEPARENT: `00-${trace}-b7ad6b7169203331-01` };

    const { code, stderr } = await sshoal(['play', 'site.yml', '-i', 'web01,', '-c', 'local', '-q', '--on-success', 'echo $TRACEPARENT'], {
      cwd,
      env,
    });

    const spans = stderr
      .split('\n')
      .flatMap((line) => (line.startsWith('span ') ? [JSON.parse(line.slice(5)) as Record<string, unknown>] : []));
    assert.equal(code, 0, stderr);
    assert.ok(spans.every(({ traceId }) => traceId === trace));
    const root = spans.find(({ name }) => name === 'sshoal play');
    assert.equal(root?.parent, 'b7ad6b7169203331');
    assert.equal(spans.filter(({ name }) => name === 'Maybe fail').length, 2);
    assert.ok(stderr.includes(`00-${trace}-${String(root.spanId)}-01\n`));
  });

  it('is refused where a flag makes no sense', async () => {
    await writeFile(path.join(cwd, 'empty'), '');
    for (const [words, where] of [
      [['--metrics', 'nine'], '--metrics'],
      [['--metrics', '127.0.0.1:99999'], '--metrics'],
      [['--metrics-per-host'], '--metrics-per-host'],
      [['--webhook', 'ftp://example.net/'], '--webhook'],
      [['--webhook', 'nothing'], '--webhook'],
      [['--webhook-secret-file', 'secret'], '--webhook-secret-file'],
      [['--webhook', 'http://[::1]/', '--webhook-secret-file', 'empty'], 'empty'],
      [['--webhook', 'http://[::1]/', '--webhook-secret-file', 'none'], 'none'],
      [['--log', 'l', '--log-level', 'loud'], '--log-level'],
      [['--every', '0s'], '--every'],
    ] as const) {
      const { code, stderr } = await play(...words);

      assert.equal(code, 1, words.join(' '));
      assert.match(stderr, /\[BAD_FLAG\]/);
      assert.ok(stderr.includes(where), stderr);
    }
  });
});
