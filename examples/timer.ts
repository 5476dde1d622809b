// A Timer: calls once, later; cancelled before that, it never does. (Row C40.)
import { isMain, threading } from 'sshoal/runtime';

const SECOND = 30;

function hello(n: number): void {
  console.log(`hello, world ${n}`);
}

if (isMain(import.meta)) {
  const t = new threading.Timer(3 * SECOND, hello, { args: [11] }).start();
  console.log('started');
  await t.join();

  const never = new threading.Timer(3_000 * SECOND, hello, { args: [12] }).start();
  never.cancel();
  await never.join();
  console.log('cancelled, and ended at once');
}
