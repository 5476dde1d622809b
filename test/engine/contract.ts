// What every engine must do, whoever does the work. It does not know which one it is given.
import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Float } from '#src/base/value';
import { playOrder } from '#src/cli/engine/play-call';
import { completeFlags } from '#src/cli/flag-options';
import { readWho } from '#src/cli/who';
import { PROTOCOL } from '#src/engine/places';
import type { AdHocOrder, Engine, PlayOrder, RunEvent, RunRecord } from '#src/engine/seam';
import type { Instruction } from '#src/fleet/events';
import { DEFAULT_LIMITS } from '#src/fleet/limits';
import type { Target } from '#src/fleet/target';
import { VaultKeys } from '#src/inventory/vault/vault-keys';
import { Playbook } from '#src/playbook/playbook';
import type { EmbeddedFleet } from '#src/testing/embedded-fleet';
import { fakeContext } from '../cli/fake-context.ts';

export const VERSION = '1.2.3';

export interface Subject extends AsyncDisposable {
  readonly engine: Engine;
  readonly fleet: EmbeddedFleet;
  /** Where playbooks may lie. */
  readonly directory: string;
}

/** A directory whose name has no link in it, as workers see it. */
export async function newDirectory(): Promise<string> {
  return await realpath(await mkdtemp(path.join(os.tmpdir(), 'sshoal-engine-')));
}

let runs = 0;

/** A run of some order. */
export function recordOf(order: AdHocOrder | PlayOrder, hosts: readonly string[], more: Partial<RunRecord> = {}): RunRecord {
  runs += 1;
  const verb = order.kind === 'play' ? 'play' : 'run';
  const description = { verb, subject: 'a test', argv: [], cwd: '/', inventory: [], hosts, version: VERSION } as const;
  return { id: `run-${runs}`, atMs: Date.now(), protocol: PROTOCOL, version: VERSION, description, order, secrets: [], ...more };
}

/** A script on all hosts of a fleet. */
export function adHoc(fleet: EmbeddedFleet, instruction: Instruction, more: Partial<AdHocOrder> = {}): AdHocOrder {
  const targets = [...fleet.hosts].map(([name, { host, port, user }]): Target => {
    const spec = {
      kind: 'ssh',
      name,
      address: host,
      port,
      user,
      privateKeyFile: fleet.privateKeyFile,
      knownHostsFiles: [fleet.knownHostsFile],
    };
    return { name, spec: { ...spec, sshArgs: ['-F', 'none'] } };
  });
  const hosts = targets.map(({ name }) => [name, 0] as const);
  return { kind: 'ad-hoc', targets, instructions: [instruction], hosts, course: {}, limits: DEFAULT_LIMITS, ...more };
}

/** Collects all that happens. */
export async function collect(events: AsyncIterable<readonly RunEvent[]>, each: (event: RunEvent) => void = () => {}): Promise<RunEvent[]> {
  const all: RunEvent[] = [];
  for await (const bundle of events) {
    for (const event of bundle) {
      all.push(event);
      each(event);
    }
  }
  return all;
}

export const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();
const never = (): AbortSignal => new AbortController().signal;
const ends = (events: readonly RunEvent[]) =>
  events.flatMap((one) => (one.kind === 'fleet' && one.event.kind === 'finished' ? [one.event.outcome] : []));

export function engineContract(name: string, start: () => Promise<Subject>, options: { readonly skip: string | false }): void {
  describe(`the engine ${name}`, options, () => {
    let subject: Subject;

    before(async () => {
      subject = await start();
    });
    after(async () => await subject[Symbol.asyncDispose]());

    const play = async (playbook: string): Promise<RunEvent[]> => {
      const { directory, fleet, engine } = subject;
      const [file, inventory] = [path.join(directory, 'site.yml'), path.join(directory, 'hosts.ini')];
      await writeFile(file, playbook);
      await writeFile(inventory, fleet.inventory);
      const context = fakeContext({ cwd: directory });
      const flags = completeFlags({ inventory: [inventory] });
      const vault = new VaultKeys([]);
      const order = await playOrder(Playbook.load([file], { vault }), await readWho(flags, context, undefined, vault), vault, {
        flags,
        context,
      });
      return await collect(engine.carryOut(recordOf(order, [...fleet.hosts.keys()]), { signal: never() }));
    };

    it('gives every host one beginning and one outcome, with what it wrote', async () => {
      const { engine, fleet } = subject;
      const order = adHoc(fleet, { kind: 'script', script: 'echo out; echo err >&2; exit 3' });

      const events = await collect(engine.carryOut(recordOf(order, [...fleet.hosts.keys()]), { signal: never() }));

      const outcomes = ends(events);
      assert.deepEqual(outcomes.map(({ host }) => host).toSorted(), [...fleet.hosts.keys()]);
      assert.equal(events.filter((one) => one.kind === 'fleet' && one.event.kind === 'started').length, fleet.hosts.size);
      for (const { status, exit, stdout, stderr } of outcomes)
        assert.deepEqual([status, exit, text(stdout), text(stderr)], ['failed', { kind: 'code', code: 3 }, 'out\n', 'err\n']);
    });

    it('brings errors as what they are, with their remedy', async () => {
      const { engine, fleet } = subject;
      const order = adHoc(fleet, { kind: 'script', script: ':' });
      const targets = order.targets.map((target) => ({ ...target, spec: { ...target.spec, port: 1 } }));

      const [outcome] = ends(await collect(engine.carryOut(recordOf({ ...order, targets }, [...fleet.hosts.keys()]), { signal: never() })));

      assert.equal(outcome?.status, 'unreachable');
      assert.equal(outcome.error?.code, 'CONNECT_REFUSED');
      assert.equal(outcome.error.constructor.name, 'ConnectError');
      assert.ok(outcome.error.fix);
    });

    it('gives every host all of a large input, and brings a large answer back whole', async () => {
      const { engine, fleet } = subject;
      const bytes = Buffer.alloc(300_000, 'abcdefghij\n');
      const order = adHoc(fleet, { kind: 'script', script: 'cat', input: { kind: 'bytes', bytes } });

      const outcomes = ends(await collect(engine.carryOut(recordOf(order, [...fleet.hosts.keys()]), { signal: never() })));

      assert.equal(outcomes.length, fleet.hosts.size);
      for (const { stdout } of outcomes) assert.ok(bytes.equals(stdout ?? Buffer.alloc(0)));
    });

    it('works on no more hosts at once than it is told to', async () => {
      const { engine, fleet } = subject;
      const order = adHoc(fleet, { kind: 'script', script: 'sleep 0.1' }, { limits: { ...DEFAULT_LIMITS, forks: 2 } });
      let [now, most] = [0, 0];

      await collect(engine.carryOut(recordOf(order, [...fleet.hosts.keys()]), { signal: never() }), (one) => {
        if (one.kind === 'fleet' && one.event.kind === 'started') now += 1;
        if (one.kind === 'fleet' && one.event.kind === 'finished') now -= 1;
        most = Math.max(most, now);
      });

      assert.equal(most, 2);
    });

    it('begins nothing more after too many failures', async () => {
      const { engine, fleet } = subject;
      const limits = { ...DEFAULT_LIMITS, forks: 1 };
      const order = adHoc(fleet, { kind: 'script', script: 'exit 1' }, { limits, course: { maxFailures: 1 } });

      const outcomes = ends(await collect(engine.carryOut(recordOf(order, [...fleet.hosts.keys()]), { signal: never() })));

      assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['cancelled', 'cancelled', 'failed', 'failed']);
    });

    it('ends what runs on the hosts when it is aborted, and says so of every host', async () => {
      const { engine, fleet } = subject;
      const order = adHoc(fleet, { kind: 'script', script: 'sleep 30' });
      const stop = new AbortController();

      const events = await collect(engine.carryOut(recordOf(order, [...fleet.hosts.keys()]), { signal: stop.signal }), (one) => {
        if (one.kind === 'fleet' && one.event.kind === 'started') stop.abort();
      });

      assert.deepEqual([...new Set(ends(events).map(({ status }) => status))], ['cancelled']);
      assert.equal(ends(events).length, fleet.hosts.size);
    });

    it('plays with one mind over all hosts: variables, serial, run_once, handlers, the values of other hosts', async () => {
      const events = await play(`
- hosts: all
  gather_facts: false
  serial: 3
  tasks:
    - name: say
      command: echo {{ inventory_hostname }} {{ half }}
      vars: { half: 0.5 }
      register: said
      notify: tell
    - name: once
      command: echo for all
      run_once: true
      register: once
    - name: compare
      assert:
        that:
          - once.stdout == 'for all'
          - hostvars['web01'].said.stdout == 'web01 0.5'
    - name: number
      set_fact: { number: 7.0 }
  handlers:
    - name: tell
      debug: { msg: "{{ number }}" }
`);

      const finished = events.flatMap((one) => (one.kind === 'play' && one.event.kind === 'task-finished' ? [one.event] : []));
      const of = (name: string) => finished.filter(({ task }) => task.name === name);
      const recap = events.flatMap((one) => (one.kind === 'play' && one.event.kind === 'recap' ? [one.event] : []));
      assert.deepEqual(
        ['say', 'once', 'compare', 'number', 'tell'].map((name) => of(name).length),
        [4, 2, 4, 4, 4],
      );
      assert.equal(events.filter((one) => one.kind === 'play' && one.event.kind === 'task-started').length, 10);
      assert.ok(of('tell').every(({ result }) => result.get('msg') instanceof Float));
      assert.equal(recap.length, 1);
      assert.ok([...(recap[0]?.hosts.values() ?? [])].every(({ failed, unreachable }) => failed + unreachable === 0));
    });

    it('carries files of the playbook to the hosts', async () => {
      await writeFile(path.join(subject.directory, 'large.txt'), 'x'.repeat(200_000));
      const place = path.join(subject.directory, 'copied');

      const events = await play(`
- hosts: all
  gather_facts: false
  tasks:
    - copy: { src: large.txt, dest: "${place}-{{ inventory_hostname }}" }
    - command: wc -c "${place}-{{ inventory_hostname }}"
      register: count
    - assert:
        that: "'200000' in count.stdout"
`);

      const failed = events.flatMap((one) =>
        one.kind === 'play' && one.event.kind === 'task-finished' && one.event.status === 'failed' ? [one.event] : [],
      );
      assert.deepEqual(
        failed.map(({ result }) => result),
        [],
      );
    });
  });
}

export async function removed(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}
