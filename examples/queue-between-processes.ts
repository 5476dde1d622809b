// Processes talk through a queue. (Rows A14, A15, B12, D16, D17, D20, E16.)
//
// 子进程p放的数据: data that the child p put; 所有的数据都拿完了: all data has been taken
import { isMain, multiprocessing, ref, sleep } from 'sshoal/runtime';

const { Process, Queue } = multiprocessing;
type Letters = multiprocessing.Queue<unknown>;

export async function producer(queue: Letters): Promise<void> {
  await queue.put('子进程p放的数据');
}

export async function consumer(queue: Letters, answers: Letters): Promise<void> {
  await answers.put(`c has got: ${String(await queue.get())}`);
}

export async function hello(queue: Letters): Promise<void> {
  await queue.put([42, null, 'hello']);
}

export async function write(queue: Letters, answers: Letters): Promise<void> {
  for (const letter of ['A', 'B', 'C']) {
    await answers.put(`put ${letter}`);
    await queue.put(letter);
    await sleep(Math.random() * 20);
  }
  await queue.shutdown();
}

/** Until the queue is shut down and drained: `while not q.empty()` would end too early whenever the writer is slow. */
export async function read(queue: Letters, answers: Letters): Promise<void> {
  for await (const letter of queue) await answers.put(`GET ${String(letter)}`);
  await answers.put('所有的数据都拿完了');
}

async function print(answers: Letters): Promise<void> {
  while (!(await answers.empty())) console.log(await answers.get());
}

if (isMain(import.meta)) {
  const [queue, answers]: [Letters, Letters] = [new Queue(), new Queue()];

  const p = new Process({ target: ref(import.meta, 'producer'), args: [queue] }).start();
  const c = new Process({ target: ref(import.meta, 'consumer'), args: [queue, answers] }).start();
  await p.join();
  await c.join();
  await print(answers);

  await queue.put('from the main process');
  await new Process({ target: ref(import.meta, 'consumer'), args: [queue, answers] }).start().join();
  await print(answers);

  await new Process({ target: ref(import.meta, 'hello'), args: [queue] }).start().join();
  console.log('child to main:', await queue.get());

  const writer = new Process({ target: ref(import.meta, 'write'), args: [queue, answers] }).start();
  const reader = new Process({ target: ref(import.meta, 'read'), args: [queue, answers] }).start();
  await writer.join();
  await reader.join();
  await print(answers);
}
