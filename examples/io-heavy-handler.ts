// What one thread for all costs: a handler that computes delays every client, until it computes on another core. (Row D65.)
//
// 一旦事件响应的执行体庞大,则对整个模型是灾难性的: a catastrophe for the whole model, as soon as one handler has much to do.
import { futures, io, isMain, ref, shared, WorkerThread } from 'sshoal/runtime';
import { during } from './tcp-client.ts';

type SharedEvent = InstanceType<typeof shared.Event>;

const HEAVY = 8_000_000;

/** Much to compute, and nothing to wait for. */
export function countPrimes(below: number): number {
  const composite = new Uint8Array(below);
  let count = 0;
  for (let n = 2; n < below; n++) {
    if (composite[n] === 1) continue;
    count += 1;
    for (let multiple = n * 2; multiple < below; multiple += n) composite[multiple] = 1;
  }
  return count;
}

/** Answers `heavy` with what `compute` says, and anything else at once. */
async function serve(server: io.TcpServer, compute: () => Promise<number>): Promise<void> {
  using sel = new io.Selector<() => void>();
  const answers = new Set<Promise<void>>();
  const read = async (conn: io.TcpSocket): Promise<void> => {
    const data = conn.recvNowait(1024).toString();
    if (data === '') {
      sel.unregister(conn);
      await conn.close();
    } else await conn.sendAll(data === 'heavy' ? String(await compute()) : 'at once');
  };
  const start = (work: Promise<void>): void => {
    answers.add(work);
    void work.finally(() => answers.delete(work));
  };
  sel.register(server, io.EVENT_READ, () => {
    const conn = server.acceptNowait();
    sel.register(conn, io.EVENT_READ, () => start(read(conn)));
  });
  while (!server.closed) for (const { key } of await sel.select({ timeoutMs: 50 })) key.data();
  await Promise.all(answers);
}

/** Runs in a thread with an event loop of its own, so that it sees what clients elsewhere see. Prints who is answered first. */
export async function clients(port: number, computing: SharedEvent): Promise<void> {
  const ask = async (line: string): Promise<void> => {
    await using client = await io.TcpSocket.connect({ port });
    await client.sendAll(line);
    const data = await client.recv(1024, { timeoutMs: 10_000 });
    console.log(`  ${line} >>> ${data.toString()}`);
  };
  const heavy = ask('heavy');
  await computing.wait();
  await Promise.all([heavy, ask('hello')]);
}

async function run(title: string, compute: () => Promise<number>): Promise<void> {
  console.log(title);
  const computing = new shared.Event();
  await during(
    async (server) =>
      await serve(server, async () => {
        computing.set();
        return await compute();
      }),
    async (port) => await new WorkerThread({ target: ref(import.meta, 'clients'), args: [port, computing] }).start().join(),
  );
}

if (isMain(import.meta)) {
  await run('in the thread of the server: hello waits for heavy', async () => await Promise.resolve(countPrimes(HEAVY)));
  await using pool = new futures.WorkerPoolExecutor({ maxWorkers: 1 });
  await pool.submit(ref(import.meta, 'countPrimes'), 10).result();
  await run('in a worker thread: it does not', async () => await pool.submit<number>(ref(import.meta, 'countPrimes'), HEAVY).result());
}
