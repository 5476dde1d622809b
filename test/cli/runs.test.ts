// The verbs about runs, and --retry-failed, on hosts that are this machine.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import type { Context } from '#src/cli/context';
import { withoutValues } from '#src/cli/recording';
import { call } from './fake-context.ts';

const THREE = ['-i', 'web01,web02,web03,', '-e', 'ansible_connection=local'] as const;
const SITE = `- name: Site
  hosts: all
  gather_facts: false
  tasks:
    - name: Say hello
      debug: {msg: hello}
    - name: Only one can
      command: test {{ inventory_hostname }} = web01
`;

type Done = Awaited<ReturnType<typeof call>>;

/** Calls the program; all calls have their journals below `state`. */
type Home = ((words: readonly string[], more?: Partial<Context>) => Promise<Done>) & { readonly state: string };

/** A home of its own, where the runs of a test are. */
async function home(t: TestContext): Promise<Home> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'sshoal-runs-'));
  t.after(async () => await rm(cwd, { recursive: true }));
  await writeFile(path.join(cwd, 'site.yml'), SITE);
  let calls = 0;
  const state = path.join(cwd, 'state');
  const sshoal = async (words: readonly string[], more?: Partial<Context>): Promise<Done> => {
    // Each begins a second later, so that the order of runs is that of the calls.
    const now = (): number => Date.UTC(2026, 7, 7, 12, 0, calls);
    calls++;
    return await call(words, { cwd, env: { XDG_STATE_HOME: state }, now, ...more });
  };
  return Object.assign(sshoal, { state });
}

interface RunData {
  readonly id: string;
  readonly verb: string;
  readonly subject: string;
  readonly exitCode: number;
  readonly hosts: Readonly<Record<string, readonly string[]>>;
}
const runsOf = ({ stdout }: Done): readonly RunData[] => JSON.parse(stdout) as RunData[];

describe('every run', () => {
  it('is written down: commands, files, pings, plays, and lines of a shell but those that start with a space', async (t) => {
    const sshoal = await home(t);
    const lines = Readable.from(['true\n', ' echo hidden\n', 'echo shell\n']);

    await sshoal(['run', 'all', ...THREE, 'exit 3']);
    await sshoal(['put', 'web01', ...THREE, 'site.yml', path.join(tmpdir(), 'no', 'such', 'place')]);
    await sshoal(['ping', 'all', ...THREE]);
    await sshoal(['play', 'site.yml', ...THREE]);
    await sshoal(['shell', 'web01', ...THREE], { stdin: lines });

    const found = runsOf(await sshoal(['runs', '-o', 'json']));
    const told = found.map(({ verb, subject, exitCode }) => [verb, subject, exitCode]);
    assert.deepEqual(
      told.toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
      [
        ['ping', 'all', 0],
        ['play', 'site.yml', 2],
        ['put', 'site.yml', 2],
        ['run', 'echo shell', 0],
        ['run', 'exit 3', 2],
        ['run', 'true', 0],
      ],
    );
  });

  it('leaves no trace with --no-journal, with --list-hosts, and where there is no home', async (t) => {
    const sshoal = await home(t);

    await sshoal(['run', 'all', ...THREE, '--no-journal', 'true']);
    await sshoal(['run', 'all', ...THREE, '--list-hosts', 'true']);
    const homeless = await sshoal(['run', 'all', ...THREE, 'true'], { env: { HOME: '/dev/null' } });

    assert.equal((await sshoal(['runs'])).stdout, 'No runs\n');
    assert.equal(homeless.stderr, '');
    assert.equal((await sshoal(['runs'], { env: {} })).code, 1);
  });

  it('names no value of -e and --env, which may be a secret', () => {
    const argv = [
      'run',
      '-e',
      'a=1',
      '-vve',
      'b=2',
      '--extra-vars=c=3',
      '-ed=4',
      '--env',
      'E=5',
      '--env=F=6',
      '-e',
      '@file',
      '--',
      'env',
      '-e',
      'mine',
    ];

    const kept = withoutValues(argv);

    const hidden = '********';
    assert.deepEqual(kept, [
      'run',
      '-e',
      hidden,
      '-vve',
      hidden,
      `--extra-vars=${hidden}`,
      `-e${hidden}`,
      '--env',
      hidden,
      `--env=${hidden}`,
      '-e',
      '@file',
      '--',
      'env',
      '-e',
      'mine',
    ]);
  });

  it('says once that there is no place for its journal, and goes on', async (t) => {
    const sshoal = await home(t);

    const done = await sshoal(['run', 'all', ...THREE, 'true'], { env: { XDG_STATE_HOME: '/dev/null' } });

    assert.equal(done.code, 0);
    assert.equal(done.stderr.match(/JOURNAL_INCOMPLETE/g)?.length, 1);
  });
});

describe('runs', () => {
  it('lists the newest first in a table, as many as wanted', async (t) => {
    const sshoal = await home(t);
    for (const command of ['echo one', 'exit 1', 'echo two']) await sshoal(['run', 'web01', ...THREE, command]);

    const { stdout, stderr } = await sshoal(['runs', '-n', '2']);

    const [head, first, second, ...rest] = stdout.trimEnd().split('\n');
    assert.match(head ?? '', /^RUN +BEGAN +TOOK +VERB +HOSTS +OUTCOME +WHAT$/);
    assert.match(first ?? '', /^20260807-120003\.000-\w{6} .* run +1 +1 ok +echo two$/);
    assert.match(second ?? '', / run +1 +1 failed +exit 1$/);
    assert.deepEqual(rest, []);
    assert.match(stderr, /there are more/);
  });

  it('keeps those of a host, an outcome, a task and a time', async (t) => {
    const sshoal = await home(t);
    await sshoal(['run', 'web01', ...THREE, 'exit 1']);
    await sshoal(['run', 'web02', ...THREE, 'true']);
    await sshoal(['play', 'site.yml', ...THREE]);
    const subjects = async (...words: readonly string[]): Promise<string[]> =>
      runsOf(await sshoal(['runs', '-o', 'json', ...words])).map(({ subject }) => subject);

    assert.deepEqual(await subjects('--host', 'web01'), ['site.yml', 'exit 1']);
    assert.deepEqual(await subjects('--host', 'web01', '--outcome', 'failed'), ['exit 1']);
    assert.deepEqual(await subjects('--outcome', 'changed'), ['site.yml']);
    assert.deepEqual(await subjects('--host', 'web[02-03]'), ['site.yml', 'true']);
    assert.deepEqual(await subjects('--host', '*!web0[1-2]'), ['site.yml']);
    assert.deepEqual(await subjects('--task', 'say HELLO'), ['site.yml']);
    assert.deepEqual(await subjects('--task', 'exit*'), ['exit 1']);
    assert.deepEqual(await subjects('--verb', 'play'), ['site.yml']);
    assert.deepEqual(await subjects('--until', '2026-08-01'), []);
    assert.deepEqual(await subjects('--until', '2026-08-09T00:00'), ['site.yml', 'true', 'exit 1']);
    assert.match((await sshoal(['runs', '--host', 'web['])).stderr, /NODE_SET_SYNTAX/);
    assert.match((await sshoal(['runs', '--until', 'soon'])).stderr, /--until/);
    assert.deepEqual(await subjects('--since', '1h'), ['site.yml', 'true', 'exit 1']);
    assert.deepEqual(await subjects('--since', '2026-08-08'), []);
    assert.match((await sshoal(['runs', '--since', '2026-99-99'])).stderr, /BAD_FLAG/);
    assert.match((await sshoal(['runs', '--outcome', 'odd'])).stderr, /BAD_FLAG/);
  });

  it('removes old journals with --prune, and refuses limits without it', async (t) => {
    const sshoal = await home(t);
    await sshoal(['run', 'web01', ...THREE, 'true']);

    const refused = await sshoal(['runs', '--keep', '1d']);
    const kept = await sshoal(['runs', '--prune']);
    const gone = await sshoal(['runs', '--prune', '--max-size', '1']);

    assert.match(refused.stderr, /BAD_FLAG/);
    assert.match(kept.stdout, /^0 journals removed/);
    assert.match(gone.stdout, /^1 journal removed/);
    assert.equal((await sshoal(['runs'])).stdout, 'No runs\n');
  });

  it('takes the limits of --prune from the configuration where no flag gives them', async (t) => {
    const sshoal = await home(t);
    const small = { SSHOAL_JOURNAL_MAX_SIZE: '1' };
    await sshoal(['run', 'web01', ...THREE, 'echo one']);
    const count = async (): Promise<number> => runsOf(await sshoal(['runs', '-o', 'json'])).length;
    const before = await count();

    await sshoal(['runs', '--prune'], { env: { XDG_STATE_HOME: sshoal.state, ...small } });

    assert.deepEqual([before, await count()], [1, 0]);
  });

  it('removes at the end of a run what the configuration does not let stay', async (t) => {
    const sshoal = await home(t);
    await sshoal(['run', 'web01', ...THREE, 'echo one']);
    const runs = path.join(sshoal.state, 'sshoal', 'runs');
    await rm(path.join(runs, '.pruned'));
    const { size } = await stat(path.join(runs, (await readdir(runs)).find((name) => name.endsWith('.jsonl')) ?? ''));

    await sshoal(['run', 'web01', ...THREE, 'echo two', '--journal-max-size', String(Math.round(size * 1.5))]);

    assert.deepEqual(
      runsOf(await sshoal(['runs', '-o', 'json'])).map(({ subject }) => subject),
      ['echo two'],
    );
  });

  it('makes index and summaries anew with --reindex, and refuses what it would ignore', async (t) => {
    const sshoal = await home(t);
    await sshoal(['run', 'all', ...THREE, 'true']);
    const runs = path.join(sshoal.state, 'sshoal', 'runs');
    const name = (await readdir(runs)).find((found) => found.endsWith('.summary.json')) ?? '';
    await writeFile(path.join(runs, name), '{}');

    const done = await sshoal(['runs', '--reindex']);
    const refused = await Promise.all(
      [
        ['--reindex', '--host', 'web01'],
        ['--prune', '-n', '3'],
        ['--prune', '--reindex'],
      ].map(async (words) => await sshoal(['runs', ...words])),
    );

    assert.equal(done.stdout, '1 journal read\n');
    assert.match(await readFile(path.join(runs, name), 'utf8'), /"web01"/);
    for (const { stderr } of refused) assert.match(stderr, /BAD_FLAG/);
  });

  it('shows all others where a later sshoal has written one, and names that', async (t) => {
    const sshoal = await home(t);
    await sshoal(['run', 'web01', ...THREE, 'echo one']);
    await sshoal(['run', 'web01', ...THREE, 'echo two']);
    const runs = path.join(sshoal.state, 'sshoal', 'runs');
    const newer = (await readdir(runs)).filter((found) => found.endsWith('.jsonl')).sort()[1] ?? '';
    await writeFile(path.join(runs, newer), (await readFile(path.join(runs, newer), 'utf8')).replace('"format":1', '"format":2'));

    const all = await sshoal(['runs', '-o', 'json']);
    const host = await sshoal(['runs', '-o', 'json', '--host', 'web01']);

    for (const listed of [all, host]) {
      assert.deepEqual(
        runsOf(listed).map(({ subject }) => subject),
        ['echo one'],
      );
      assert.match(listed.stderr, /JOURNAL_NEWER/);
      assert.equal(listed.code, 0);
    }
    assert.match((await sshoal(['show', 'last'])).stderr, /JOURNAL_NEWER/);
  });
});

describe('show', () => {
  it('looks as the run did, in text and for machines', async (t) => {
    const sshoal = await home(t);
    const command = ['run', 'all', ...THREE, 'echo a; echo b >&2; exit 3'] as const;
    const then = await sshoal(command);
    const now = await sshoal(['show', 'last']);
    const junit = await sshoal(['show', 'last', '-o', 'junit']);
    const json = await sshoal(['show', 'last', '-o', 'json']);

    const withoutTime = (text: string): string => text.replace(/ in \S+$/m, '');
    assert.equal(withoutTime(now.stdout), withoutTime(then.stdout));
    assert.equal(now.code, 0);
    assert.match(junit.stdout, /<testsuite .*failures="3"/);
    assert.equal((JSON.parse(json.stdout) as { hosts: Record<string, { stdout: string }> }).hosts.web02?.stdout, 'a\n');
  });

  it('shows a play as it was, and only some hosts of it', async (t) => {
    const sshoal = await home(t);
    const then = await sshoal(['play', 'site.yml', ...THREE]);

    const all = await sshoal(['show', 'last']);
    const one = await sshoal(['show', 'last', '--host', 'web01']);
    const failed = await sshoal(['show', 'last', '--failed']);

    const withoutTime = (text: string): string => text.replace(/(hosts?) in \S+$/m, '$1');
    assert.equal(withoutTime(all.stdout), withoutTime(then.stdout));
    assert.doesNotMatch(one.stdout, /web0[23]|web\[/);
    assert.match(failed.stdout, /^web\[02-03\] \(2\) : /m);
    assert.doesNotMatch(failed.stdout, /web\[01|web01 /);
  });

  it('shows some tasks of a play, and the hosts of a node set', async (t) => {
    const sshoal = await home(t);
    await sshoal(['play', 'site.yml', ...THREE]);
    await sshoal(['run', 'all', ...THREE, 'echo hi']);

    const task = await sshoal(['show', 'last~1', '--task', 'hello', '-o', 'jsonl']);
    const hosts = await sshoal(['show', 'last', '--host', 'web[02-09]', '-o', 'json']);
    const command = await sshoal(['show', 'last', '--task', 'echo', '-o', 'json']);
    const stranger = await sshoal(['show', 'last', '--task', 'nginx']);

    assert.match(task.stdout, /Say hello/);
    assert.doesNotMatch(task.stdout, /Only one can/);
    assert.deepEqual(Object.keys((JSON.parse(hosts.stdout) as { hosts: object }).hosts), ['web02', 'web03']);
    assert.equal(Object.keys((JSON.parse(command.stdout) as { hosts: object }).hosts).length, 3);
    assert.match(stranger.stderr, /BAD_FLAG/);
  });

  it('says what a run lacks, and what there is not', async (t) => {
    const sshoal = await home(t);
    await sshoal(['run', 'all', ...THREE, 'true']);
    const nobody = await sshoal(['show', 'last', '--failed']);
    const stranger = await sshoal(['show', 'last', '--host', 'web09']);
    const unknown = await sshoal(['show', 'nothing']);

    assert.match(nobody.stderr, /every host ended well/);
    assert.match(stranger.stderr, /BAD_FLAG/);
    assert.match(unknown.stderr, /RUN_NOT_FOUND/);
  });

  it('tells of a run that was killed', async (t) => {
    const sshoal = await home(t);
    const state = await mkdtemp(path.join(tmpdir(), 'sshoal-state-'));
    t.after(async () => await rm(state, { recursive: true }));
    const env = { XDG_STATE_HOME: state };
    await sshoal(['run', 'all', ...THREE, 'echo hi'], { env });
    const runs = path.join(state, 'sshoal', 'runs');
    const name = (await readdir(runs)).find((found) => found.endsWith('.jsonl')) ?? '';
    const lines = (await readFile(path.join(runs, name), 'utf8')).trimEnd().split('\n');
    const cut = [...lines.slice(0, 5), lines[5]?.slice(0, 20)]
      .join('\n')
      .replace(/"pid":\d+/, '"pid":4194305')
      .replace(/"started":"[^"]*"/, '"started":"long ago"');
    await writeFile(path.join(runs, name), cut);

    const { stdout, stderr } = await sshoal(['show', 'last'], { env });

    assert.match(stdout, /hi/);
    assert.match(stderr, /has no end: interrupted, \d ok, \d unfinished; the last line of its journal is cut off/);
  });
});

describe('diff', () => {
  it('says what changed and where, for people and for programs', async (t) => {
    const sshoal = await home(t);
    await sshoal(['run', 'all', ...THREE, 'echo old']);
    await sshoal(['run', 'web01,web02', ...THREE, 'echo new']);
    const [after, before] = runsOf(await sshoal(['runs', '-o', 'json']));

    const text = await sshoal(['diff', 'last~1', 'last']);
    const data = await sshoal(['diff', before?.id ?? '', after?.id ?? '', '-o', 'jsonl']);

    assert.match(
      text.stdout,
      /^── web\[01-02\] \(2\) · ok\n--- \S+\n\+\+\+ \S+\n@@ -1 \+1 @@\n-old\n\+new\n── web03 · ok -> not there\n3 hosts changed, 0 hosts as before\n$/,
    );
    const [first] = data.stdout.split('\n');
    assert.deepEqual(JSON.parse(first ?? ''), {
      hosts: ['web01', 'web02'],
      before: 'ok',
      after: 'ok',
      tasks: [],
      stdout: ['@@ -1 +1 @@', '-old', '+new'],
      stderr: [],
    });
  });
});

describe('--retry-failed', () => {
  /** Fails on web02 and web03 the first time: they share a file that only the first to come may make. */
  const flaky = (marker: string): string => `if mkdir ${marker} 2>/dev/null; then echo first; else test -e ${marker}/ready; fi`;

  it('takes up the hosts that did not end well, without a pattern, until none is left', async (t) => {
    const sshoal = await home(t);
    const marker = await mkdtemp(path.join(tmpdir(), 'sshoal-flaky-'));
    t.after(async () => await rm(marker, { recursive: true }));
    const command = flaky(path.join(marker, 'one'));

    const first = await sshoal(['run', 'all', ...THREE, command]);
    await writeFile(path.join(marker, 'one', 'ready'), '');
    const second = await sshoal(['run', '--retry-failed', ...THREE, command]);
    const third = await sshoal(['run', '--retry-failed', ...THREE, command]);

    assert.match(first.stdout, /1 ok, 2 failed/);
    assert.match(second.stdout, /2 hosts: 2 ok/);
    assert.deepEqual([third.code, third.stdout], [0, '']);
    assert.match(third.stderr, /nothing is left to be done/);
  });

  it('keeps of a pattern only those, and takes a run by name', async (t) => {
    const sshoal = await home(t);
    await sshoal(['run', 'all', ...THREE, 'exit 1']);
    await sshoal(['run', 'all', ...THREE, 'true']);
    const [, failed] = runsOf(await sshoal(['runs', '-o', 'json']));
    const listed = async (...words: readonly string[]): Promise<string> =>
      (await sshoal(['run', ...words, ...THREE, '--list-hosts', '--', 'a', 'b'])).stdout;

    assert.equal(await listed('--retry-failed', failed?.id ?? ''), '  hosts (3):\n    web01\n    web02\n    web03\n');
    assert.equal(await listed('web02', '--retry-failed', failed?.id ?? ''), '  hosts (1):\n    web02\n');
    assert.equal(await listed('-w', 'web[02-09]', `--retry-failed=${failed?.id}`), '  hosts (2):\n    web02\n    web03\n');
    assert.equal(await listed('--retry-failed', failed?.id ?? '', '-l', '!web01'), '  hosts (2):\n    web02\n    web03\n');
  });

  it('works with put, get, ping and play, each after its own last run', async (t) => {
    const sshoal = await home(t);
    const nowhere = path.join(tmpdir(), 'no', 'such', 'place');
    await sshoal(['put', 'web01', ...THREE, 'site.yml', nowhere]);
    await sshoal(['get', 'web02', ...THREE, nowhere, 'out/']);
    await sshoal(['play', 'site.yml', ...THREE]);

    const put = await sshoal(['put', '--retry-failed', 'site.yml', nowhere, ...THREE, '--list-hosts']);
    const get = await sshoal(['get', nowhere, 'out/', ...THREE, '--list-hosts', '--retry-failed']);
    const play = await sshoal(['play', '--retry-failed', 'site.yml', ...THREE, '--list-hosts']);
    const ping = await sshoal(['ping', '--retry-failed', ...THREE]);

    assert.equal(put.stdout, '  hosts (1):\n    web01\n');
    assert.equal(get.stdout, '  hosts (1):\n    web02\n');
    assert.match(play.stdout, /hosts \(2\):\n {6}web02\n {6}web03\n/);
    assert.match(ping.stderr, /There is no run of `ping` yet +\[RUN_NOT_FOUND\]/);
    const older = await sshoal(['put', '--retry-failed=last~1', 'site.yml', nowhere, ...THREE, '--list-hosts']);
    assert.match(older.stderr, /There is no such run of `put` yet +\[RUN_NOT_FOUND\]/);
  });

  it('refuses a host that the inventory no longer has, too few words, and --limit in a play', async (t) => {
    const sshoal = await home(t);
    await sshoal(['run', 'all', ...THREE, 'exit 1']);
    await sshoal(['play', 'site.yml', ...THREE]);

    const gone = await sshoal(['run', '--retry-failed', '-i', 'web01,', '-e', 'ansible_connection=local', 'true']);
    const short = await sshoal(['put', '--retry-failed', 'site.yml', ...THREE]);
    const limited = await sshoal(['play', 'site.yml', '--retry-failed', '-l', 'web02', ...THREE]);

    assert.match(gone.stderr, /`web02` of that run is not in the inventory +\[NO_HOSTS\]/);
    assert.match(short.stderr, /MISSING_ARGUMENT/);
    assert.match(limited.stderr, /BAD_FLAG/);
  });
});
