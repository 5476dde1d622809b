// Processes: started, joined, ended, as functions and as a class. (Rows B7-B11, C2-C16, D2-D11, E4-E7.)
import { isMain, multiprocessing, ref, sleep, threading } from 'sshoal/runtime';

const { Process, Queue, currentProcess, parentProcess } = multiprocessing;
type Lines = multiprocessing.Queue<string>;

/** 你好 */
export async function work(name: string, lines: Lines): Promise<void> {
  await lines.put(`${name} is running`);
  await sleep(50);
  await lines.put(`${name} is done`);
}

export async function workNamed(lines: Lines, options: { readonly name: string }): Promise<void> {
  await work(options.name, lines);
}

/** Module, parent and own number: in the child the parent's number is that of the main process. */
export async function info(title: string, lines: Lines): Promise<void> {
  const { name, pid, ppid } = currentProcess();
  const parent = parentProcess();
  await lines.put(
    `${title}: ${name}, main module ${isMain(import.meta)}, parent is ${parent?.name}, numbers match ${ppid === parent?.pid && pid === process.pid}`,
  );
}

/** A thread inside a process. */
export async function withThread(lines: Lines): Promise<void> {
  await new threading.Thread({
    target: async () => await lines.put(`thread ${threading.currentThread().ident !== null} in ${currentProcess().name}`),
  })
    .start()
    .join();
}

export async function forever(): Promise<void> {
  await sleep(3_600_000);
}

/** The fields of a subclass go along; its constructor does not run again. */
export class MyProcess extends Process {
  static readonly module = import.meta.url;
  readonly n: number;
  readonly lines: Lines;

  constructor(n: number, lines: Lines) {
    super();
    this.n = n;
    this.lines = lines;
  }

  override async run(): Promise<void> {
    await this.lines.put(`子进程 ${this.n}: parent ${process.ppid !== process.pid}`);
  }
}

async function print(lines: Lines): Promise<void> {
  while (!(await lines.empty())) console.log(await lines.get());
}

if (isMain(import.meta)) {
  const lines: Lines = new Queue();

  console.log('-- target, args, kwargs');
  const bob = new Process({ target: ref(import.meta, 'work'), args: ['bob', lines] });
  const jun = new Process({ target: ref(import.meta, 'workNamed'), args: [lines], kwargs: { name: 'jun' }, name: 'worker jun' });
  console.log(`before start: pid ${bob.pid}, exitCode ${bob.exitCode}, alive ${bob.isAlive()}`);
  bob.start();
  jun.start();
  console.log('主');
  await bob.join();
  await jun.join();
  await print(lines);
  console.log(`after join: exitCode ${bob.exitCode}, alive ${bob.isAlive()}, name ${jun.name}`);

  console.log('-- ten at once take as long as one, not as ten');
  const started = performance.now();
  const ten = Array.from({ length: 10 }, (_, i) => new Process({ target: ref(import.meta, 'work'), args: [`p${i}`, lines] }).start());
  for (const each of ten) await each.join();
  while (!(await lines.empty())) await lines.get();
  console.log(`ten processes: ${performance.now() - started < 10 * 600 ? 'together' : 'one after another'}`);

  console.log('-- who is who');
  await new Process({ target: ref(import.meta, 'info'), args: ['child', lines] }).start().join();
  await new Process({ target: ref(import.meta, 'withThread'), args: [lines], name: 'with-thread' }).start().join();
  await new MyProcess(1, lines).start().join();
  await print(lines);

  console.log('-- terminate');
  const endless = new Process({ target: ref(import.meta, 'forever') }).start();
  endless.terminate();
  console.log(`right after terminate: alive ${endless.isAlive()}`);
  await endless.join();
  console.log(`after join: alive ${endless.isAlive()}, exitCode ${endless.exitCode}`);

  console.log('-- same 32 bytes of authkey for all of a program');
  console.log(`authkey ${endless.authkey.length} bytes`);
}
