// A daemon dies with its master. (Rows A3, C12, C17, C18, E13.)
//
// 总管 (the steward) serves the emperor and does not outlive him; 皇帝jason寿终正寝: emperor jason has died in peace.
import { isMain, multiprocessing, ref, sleep } from 'sshoal/runtime';

const { Process } = multiprocessing;

export async function steward(name: string): Promise<void> {
  console.log(`总管:${name} is running`);
  await sleep(3_000);
  console.log(`总管:${name} is over`);
}

export async function foo(): Promise<void> {
  console.log(123);
  await sleep(3_000);
  console.log('end123');
}

export async function bar(): Promise<void> {
  console.log(456);
  await sleep(300);
  console.log('end456');
}

/** A daemon may have no children. */
export function mother(): void {
  try {
    new Process({ target: ref(import.meta, 'foo') }).start();
  } catch (error) {
    console.log(`${(error as Error).message}`);
  }
}

if (isMain(import.meta)) {
  const jason = new Process({ target: ref(import.meta, 'steward'), args: ['jason'], daemon: true }).start();
  try {
    jason.daemon = false;
  } catch (error) {
    console.log((error as Error).message);
  }
  await new Process({ target: ref(import.meta, 'mother'), daemon: true }).start().join();

  new Process({ target: ref(import.meta, 'foo'), daemon: true }).start();
  const p2 = new Process({ target: ref(import.meta, 'bar') }).start();
  console.log('main-------');
  await p2.join();
  console.log('皇帝jason寿终正寝');
}
