// What workers refuse, and that they say so: forged work, other versions, files that they may not play; and that Redis learns no secret.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { playOrder } from '#src/cli/engine/play-call';
import { completeFlags } from '#src/cli/flag-options';
import type { Prompts } from '#src/cli/prompts';
import { readWho } from '#src/cli/who';
import { circumstances } from '#src/engine/messages';
import { places, RUN_QUEUE } from '#src/engine/places';
import { Sealer } from '#src/engine/seal';
import type { PlayOrder, RunEvent, RunRecord } from '#src/engine/seam';
import { VaultKeys } from '#src/inventory/vault/vault-keys';
import { Playbook } from '#src/playbook/playbook';
import { fakeContext } from '../cli/fake-context.ts';
import { needs } from '../support/real.ts';
import { adHoc, collect, recordOf, text } from './contract.ts';
import { until } from './crew.ts';
import { type CrewHere, crewHere } from './crew-here.ts';

const SECRET = 'open-sesame-4711';

describe('workers', needs('redis-server'), () => {
  let crew: CrewHere;
  let redis: Redis;

  before(async () => {
    crew = await crewHere(['ali']);
    redis = new Redis(crew.redis.address);
  });
  after(async () => {
    redis.disconnect();
    await crew[Symbol.asyncDispose]();
  });

  const carryOut = async (record: RunRecord): Promise<RunEvent[]> =>
    await collect(crew.engine.carryOut(record, { signal: new AbortController().signal }));
  const hosts = (): string[] => [...crew.fleet.hosts.keys()];
  const says = async (words: RegExp): Promise<void> =>
    await until(() => crew.said.some((line) => words.test(line)), `${words}; said ${crew.said.join('; ')}`);
  const enqueue = async (run: string): Promise<void> => {
    const queue = new Queue(RUN_QUEUE, { connection: { url: crew.redis.address } });
    await queue.add('run', {}, { jobId: run });
    await queue.close();
  };
  const orderOf = async (playbook: string, prompts?: Partial<Prompts>, directory = crew.directory): Promise<PlayOrder> => {
    const [file, inventory] = [path.join(directory, 'site.yml'), path.join(crew.directory, 'hosts.ini')];
    await writeFile(file, playbook);
    await writeFile(inventory, crew.fleet.inventory);
    const base = fakeContext({ cwd: directory });
    const context = { ...base, prompts: { ...base.prompts, ...prompts } };
    const flags = completeFlags({ inventory: [inventory] });
    const vault = new VaultKeys([]);
    return await playOrder(Playbook.load([file], { vault }), await readWho(flags, context, undefined, vault), vault, { flags, context });
  };
  const play = async (order: PlayOrder): Promise<RunEvent[]> => await carryOut(recordOf(order, hosts()));
  const results = (events: readonly RunEvent[], name: string) =>
    events.flatMap((one) => (one.kind === 'play' && one.event.kind === 'task-finished' && one.event.task.name === name ? [one.event] : []));

  it('refuse a run that was sealed with another key, and name it', async () => {
    const forged = new Sealer(randomBytes(32))
      .of('evil')
      .seal(recordOf(adHoc(crew.fleet, { kind: 'script', script: 'id' }), hosts()), circumstances.record('evil'));
    await redis.hset(places.run('evil'), 'record', forged);

    await enqueue('evil');

    await says(/^ali: refused evil: .*\[ENGINE_FORGED\]/);
    assert.equal(await redis.exists(places.log('evil')), 0);
  });

  it('refuse a run that has the record of another one, or none', async () => {
    const record = recordOf(adHoc(crew.fleet, { kind: 'script', script: 'echo once' }), hosts());
    await carryOut(record);
    await redis.hset(places.run('twin'), 'record', (await redis.hgetBuffer(places.run(record.id), 'record')) ?? '');

    await enqueue('twin');
    await enqueue('nothing');

    await says(/refused twin: .*\[ENGINE_FORGED\]/);
    await says(/refused nothing: .*\[ENGINE_RUN_NOT_FOUND\]/);
  });

  it('refuse orders that no coordinator has sealed for them', async () => {
    const key = (await redis.keys(places.worker('ali-*'))).find((name) => !name.endsWith(':orders')) ?? '';
    const id = key.slice(places.worker('').length);

    await redis.xadd(places.orders(id), '*', 'r', 'evil', 't', 1, 'n', 1, 's', 'rubbish');

    await says(/refused an order for evil: .*\[ENGINE_FORGED\]/);
  });

  it('refuse a run of another version, by name', async () => {
    const record = recordOf(adHoc(crew.fleet, { kind: 'script', script: ':' }), hosts());

    await assert.rejects(carryOut({ ...record, version: '9.9.9' }), {
      code: 'ENGINE_VERSION',
      message: /^The worker ali is sshoal 1\.2\.3 .* of 9\.9\.9/,
    });
  });

  it('refuse a run that waited for so long that it may be told again', async () => {
    const record = recordOf(adHoc(crew.fleet, { kind: 'script', script: ':' }), hosts(), { atMs: Date.now() - 2 * 60 * 60_000 });

    await assert.rejects(carryOut(record), { code: 'ENGINE_FORGED' });
  });

  it('run nothing on their own machine unless they are let', async () => {
    const order = adHoc(crew.fleet, { kind: 'script', script: 'id' });
    const targets = order.targets.map(({ name }) => ({ name, spec: { kind: 'local', name } }));

    const events = await carryOut(recordOf({ ...order, targets }, hosts()));

    const codes = events.flatMap((one) => (one.kind === 'fleet' && one.event.kind === 'finished' ? [one.event.outcome.error?.code] : []));
    assert.deepEqual(codes, Array(4).fill('ENGINE_NOT_ALLOWED'));
  });

  it('play nothing from elsewhere, and nothing that is another file here', async () => {
    const order = await orderOf('- hosts: all\n  gather_facts: false\n  tasks: [{ ping: }]\n');
    await assert.rejects(play({ ...order, paths: [...order.paths, '/etc/passwd'] }), {
      code: 'ENGINE_NOT_ALLOWED',
      message: /ali may not play \/etc\/passwd/,
    });

    await writeFile(path.join(crew.directory, 'site.yml'), '- hosts: all\n  gather_facts: false\n  tasks: [{ command: id }]\n');

    await assert.rejects(play(order), { code: 'ENGINE_PLAN_DIFFERS', message: /site\.yml/ });
  });

  it('have what was typed at the starter, and ask nobody else', async () => {
    const asked: string[] = [];
    const answer = async ({ message }: { message: string }): Promise<string> => {
      asked.push(message);
      return await Promise.resolve(message === 'Colour' ? 'green' : SECRET);
    };
    const order = await orderOf(
      `
- hosts: all
  gather_facts: false
  vars_prompt:
    - { name: colour, prompt: Colour, private: false }
    - { name: password, prompt: Password }
  tasks:
    - name: say
      command: echo {{ colour }} {{ password | length }}
`,
      { text: answer, password: answer, isAnybodyThere: true },
    );

    const events = await play(order);

    assert.deepEqual(asked, ['Colour', 'Password']);
    assert.deepEqual([...new Set(results(events, 'say').map(({ result }) => result.get('stdout')))], [`green ${SECRET.length}`]);
    assert.ok(
      events.some((event) => event.kind === 'secret' && event.text === SECRET),
      'whoever follows it masks the password',
    );
  });

  it('wait for no person in a pause, and say so', async () => {
    const order = await orderOf('- hosts: all\n  gather_facts: false\n  tasks:\n    - name: wait\n      pause: { prompt: Go on? }\n', {
      isAnybodyThere: true,
    });

    const events = await play(order).catch((error: unknown) => error);

    const told = JSON.stringify(
      Array.isArray(events) ? results(events as RunEvent[], 'wait').map(({ result, error }) => [...result, error]) : String(events),
    );
    assert.match(told, /A pause waits for a person, and nobody sits at a worker/);
  });

  it('bring nothing back from the hosts as files', async () => {
    const order = await orderOf(
      `- hosts: web01\n  gather_facts: false\n  tasks:\n    - name: fetch\n      fetch: { src: ${crew.directory}/site.yml, dest: ${crew.directory}/here }\n`,
    );

    const [event] = results(await play(order), 'fetch');

    assert.equal(event?.status, 'failed');
    assert.match(JSON.stringify([...event.result]), /cannot be fetched by workers/);
  });

  it('let Redis see no secret, nor what is done', async () => {
    const script = `cat >/dev/null; echo ${SECRET}`;
    const order = adHoc(crew.fleet, { kind: 'script', script, input: { kind: 'bytes', bytes: Buffer.from(SECRET) }, live: true });
    const record = recordOf(order, hosts(), { secrets: [SECRET] });

    const events = await carryOut(record);

    const said = events.flatMap((one) => (one.kind === 'fleet' && one.event.kind === 'finished' ? [text(one.event.outcome.stdout)] : []));
    assert.deepEqual(said, Array(4).fill(`${SECRET}\n`));
    for (const name of await redis.keys('*')) {
      const dump = await redis.dumpBuffer(name);
      for (const word of [SECRET, 'echo', 'BEGIN']) assert.ok(!(dump ?? Buffer.alloc(0)).includes(word), `${name} shows ${word}`);
    }
  });

  it('leave nothing of a run in Redis but what can be followed', async () => {
    const record = recordOf(adHoc(crew.fleet, { kind: 'script', script: ':' }), hosts());
    await carryOut(record);

    await until(async () => (await redis.keys(`*${record.id}*`)).filter((name) => name.startsWith('sshoal:')).length === 2, 'tidy Redis');

    const keys = (await redis.keys(`sshoal:*${record.id}*`)).toSorted();
    assert.deepEqual(keys, [places.run(record.id), places.log(record.id)]);
    for (const key of keys) assert.ok((await redis.ttl(key)) > 0, `${key} is kept for ever`);
    assert.deepEqual(
      await collect(crew.engine.follow(await crew.engine.record(record.id), { signal: new AbortController().signal })).then(
        (events) => events.length > 0,
      ),
      true,
    );
    await assert.rejects(crew.engine.record('nobody'), { code: 'ENGINE_RUN_NOT_FOUND' });
  });
});
