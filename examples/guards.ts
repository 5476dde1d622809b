// Released when the work throws: `using`, withLock, try and finally; and what happens with none of them. (Rows B18, D43.)
import { type Guard, isMain, threading } from 'sshoal/runtime';

type Way = (mutex: threading.Lock) => Promise<void>;

function fail(): never {
  throw new TypeError('as it happens');
}

/** What the short form stands for must not be written like this: nobody releases it when the work throws. */
const bare: Way = async (mutex) => {
  await mutex.acquire();
  fail();
  mutex.release();
};

const tryFinally: Way = async (mutex) => {
  await mutex.acquire();
  try {
    fail();
  } finally {
    mutex.release();
  }
};

/** Python's `with mutex:` */
const withUsing: Way = async (mutex) => {
  using _guard: Guard = await mutex.acquire();
  fail();
};

const withLock: Way = async (mutex) => await mutex.withLock(fail);

async function show(title: string, way: Way): Promise<void> {
  const mutex = new threading.Lock();
  try {
    await way(mutex);
  } catch (error) {
    console.log(`${title}: ${(error as Error).name}, locked afterwards: ${mutex.locked()}`);
  }
}

if (isMain(import.meta)) {
  await show('acquire and release', bare);
  await show('try and finally', tryFinally);
  await show('using', withUsing);
  await show('withLock', withLock);
}
