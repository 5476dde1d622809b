// An Event with a timeout: two threads try to connect, a third says when there is something to connect to. (Row C39.)
//
// 等待第N次链接mysql (waits for attempt N), 链接ok (connected), 链接失败 (could not connect)
import { isMain, sleep, Thread, threading } from 'sshoal/runtime';

const SECOND = 100;

class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

async function connMysql(up: threading.Event): Promise<void> {
  const { name } = threading.currentThread();
  for (let count = 1; !up.isSet(); count++) {
    if (count > 3) throw new ConnectionError('链接失败');
    console.log(`${name} 等待第${count}次链接mysql`);
    await up.wait({ timeoutMs: 0.5 * SECOND });
  }
  console.log(`${name} 链接ok`);
}

async function checkMysql(up: threading.Event, seconds: number): Promise<void> {
  console.log(`${threading.currentThread().name} 正在检查mysql状态`);
  await sleep(seconds * SECOND);
  up.set();
}

/** Two who connect, one who checks. */
async function story(title: string, seconds: number): Promise<void> {
  console.log(`-- ${title}`);
  const up = new threading.Event();
  const threads = [
    new Thread({ target: connMysql, args: [up], name: 'Thread-1' }),
    new Thread({ target: connMysql, args: [up], name: 'Thread-2' }),
    new Thread({ target: checkMysql, args: [up, seconds], name: 'Thread-3' }),
  ];
  for (const thread of threads) thread.start();
  for (const thread of threads) await thread.join();
}

if (isMain(import.meta)) {
  // What a thread throws goes to the hook, never to who joins it.
  threading.hooks.excepthook = ({ error, thread }) => console.log(`Exception in thread ${thread.name}: ${String(error)}`);
  await story('the check takes 0.8 s', 0.8);
  await story('the check takes 5 s', 5);
}
