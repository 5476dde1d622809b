// One terminal, many processes: a lock keeps lines whole and turns apart. (Rows A4, B17, B18, C19, C20.)
import { isMain, multiprocessing, ref, sleep } from 'sshoal/runtime';

const { Lock, Process, Queue } = multiprocessing;
type Screen = multiprocessing.Queue<string>;

/** Writes a line in two halves: somebody else may come between. */
export async function say(screen: Screen, lock: multiprocessing.Lock | null, i: number): Promise<void> {
  const work = async (): Promise<void> => {
    await screen.put('hello ');
    await screen.joinThread();
    await sleep(3);
    await screen.put(`world ${i}\n`);
    await screen.joinThread();
  };
  if (lock === null) await work();
  else await lock.withLock(work);
}

/** Fails while holding the lock, which is released all the same. */
export async function fail(lock: multiprocessing.Lock, screen: Screen): Promise<void> {
  await lock
    .withLock(() => {
      throw new Error('in the middle');
    })
    .catch(async (error: Error) => await screen.put(`${error.message}: released all the same\n`));
}

async function ten(screen: Screen, lock: multiprocessing.Lock | null): Promise<string> {
  const all = Array.from({ length: 10 }, (_, i) => new Process({ target: ref(import.meta, 'say'), args: [screen, lock, i] }).start());
  for (const one of all) await one.join();
  let text = '';
  while (!(await screen.empty())) text += await screen.get();
  return text;
}

if (isMain(import.meta)) {
  const [screen, lock]: [Screen, multiprocessing.Lock] = [new Queue(), new Lock()];

  process.stdout.write(await ten(screen, lock));
  const mixed = await ten(screen, null);
  console.log(
    `without the lock, whole lines: ${mixed.split('\n').filter((line) => /^hello world \d$/.test(line)).length < 10 ? 'not all' : 'all, by luck'}`,
  );
  await new Process({ target: ref(import.meta, 'fail'), args: [lock, screen] }).start().join();
  process.stdout.write(await screen.get());
  console.log(`locked: ${await lock.locked()}`);
}
