// Cooks and an eater: producers, a consumer that loops for ever as a daemon, and a queue that knows when all is eaten. (Rows A16, A17.)
//
// 生产了: has made; 吃了: has eaten; 主: the main program
import { isMain, multiprocessing, ref, sleep } from 'sshoal/runtime';

const { JoinableQueue, Process, Queue } = multiprocessing;
type Food = multiprocessing.JoinableQueue<string>;
type Lines = multiprocessing.Queue<string>;

export async function cook(name: string, food: string, queue: Food, lines: Lines): Promise<void> {
  for (let i = 0; i < 10; i++) {
    await sleep(Math.random() * 5);
    await lines.put(`${name} 生产了 ${food}${i}`);
    await queue.put(`${food}${i}`);
  }
}

export async function eat(name: string, queue: Food, lines: Lines): Promise<void> {
  for (;;) {
    const food = await queue.get();
    await sleep(Math.random() * 3);
    await lines.put(`${name} 吃了 ${food}`);
    await lines.joinThread();
    await queue.taskDone();
  }
}

if (isMain(import.meta)) {
  const [queue, lines]: [Food, Lines] = [new JoinableQueue(), new Queue()];
  const cooks: readonly [string, string][] = [
    ['大厨jason', '玛莎拉'],
    ['印度阿三', '飞饼'],
    ['泰国阿人', '榴莲'],
  ];

  const producers = cooks.map(([name, food]) =>
    new Process({ target: ref(import.meta, 'cook'), args: [name, food, queue, lines] }).start(),
  );
  new Process({ target: ref(import.meta, 'eat'), args: ['egon', queue, lines], daemon: true }).start();
  for (const producer of producers) await producer.join();
  await queue.join();

  while (!(await lines.empty())) console.log(await lines.get());
  console.log('主');
}
