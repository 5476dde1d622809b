// A process that keeps dicts and lists for others. (Rows B14-B16, D23, D24.)
import { isMain, multiprocessing, ref, sleep } from 'sshoal/runtime';

const { Lock, Manager, Process } = multiprocessing;
type Dict = multiprocessing.DictProxy<unknown, unknown>;
type List = multiprocessing.ListProxy<unknown>;

export async function change(dict: Dict, list: List): Promise<void> {
  await dict.set(1, '1');
  await dict.set(2, 2);
  await dict.set(0.25, null);
  await list.push('pid');
}

export async function signIn(dict: Dict): Promise<void> {
  await dict.set(process.pid, process.pid);
}

/** Reads and writes: two calls, each whole by itself, and not whole together. */
export async function decrement(dict: Dict, lock: multiprocessing.Lock | null): Promise<void> {
  const work = async (): Promise<void> => {
    const count = (await dict.get('count')) as number;
    await sleep(5);
    await dict.set('count', count - 1);
  };
  if (lock === null) await work();
  else await lock.withLock(work);
}

async function ten(target: string, ...args: unknown[]): Promise<void> {
  const all = Array.from({ length: 10 }, () => new Process({ target: ref(import.meta, target), args }).start());
  for (const one of all) await one.join();
}

if (isMain(import.meta)) {
  await using manager = await Manager.start();
  const [dict, list] = [manager.dict<unknown, unknown>(), manager.list<unknown>([0, 1, 2, 3, 4])];

  await ten('change', dict, list);
  console.log(await dict.toMap());
  console.log(`${await list.size()} in the list: ${(await list.toArray()).join(' ')}`);

  const people = manager.dict<unknown, unknown>();
  await ten('signIn', people);
  console.log(`${await people.size()} have signed in`);

  const locked = manager.dict<unknown, unknown>([['count', 10]]);
  await ten('decrement', locked, new Lock());
  console.log(`with a lock: count ${String(await locked.get('count'))}`);

  const bare = manager.dict<unknown, unknown>([['count', 10]]);
  await ten('decrement', bare, null);
  console.log(`without: updates were lost: ${((await bare.get('count')) as number) > 0}`);

  console.log(`add() reads and writes in one call: ${(await bare.add('count', 5)) === ((await bare.get('count')) as number)}`);
}
