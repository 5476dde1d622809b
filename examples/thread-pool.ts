// A pool of threads: 21 tasks on named threads, then pages fetched and parsed by a callback. (Rows C46-C48, the thread version.)
//
// 进程池与线程池 (pools of processes and of threads), 主进程 (the main process)
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { futures, isMain, queue, sleep, threading } from 'sshoal/runtime';

interface Page {
  readonly url: string;
  readonly text: string;
}

async function work(n: number): Promise<number> {
  console.log(`${threading.currentThread().name} is running`);
  await sleep(10 + Math.random() * 20);
  return n ** 2;
}

async function squares(): Promise<void> {
  console.log('-- 21 tasks');
  const p = new futures.ThreadPoolExecutor({ maxWorkers: 5 });
  const objs = Array.from({ length: 21 }, (_, n) => p.submit<number>(work, n));
  await p.shutdown();
  const results: number[] = [];
  for (const obj of objs) results.push(await obj.result());
  console.log(results.join(' '));
}

/** Nothing, as the document's own, where the answer is not 200. */
async function getPage(url: string): Promise<Page | null> {
  console.log(`<${threading.currentThread().name}> get :${new URL(url).pathname}`);
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  return response.status === 200 ? { url, text } : null;
}

/** A callback gets the future; one that throws is reported, and changes neither the result nor other callbacks. */
async function parsePage(obj: futures.Future<Page | null>, db: queue.Queue<string>): Promise<void> {
  const page = (await obj.result()) as Page;
  console.log(`<${threading.currentThread().name}> parse :${new URL(page.url).pathname}`);
  await db.put(`url:${new URL(page.url).pathname} size:${page.text.length}`);
}

async function pages(): Promise<void> {
  console.log('-- get_page, parse_page');
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/gone' ? 404 : 200).end('x'.repeat(100));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const found = Array.from({ length: 7 }, (_, i) => `${base}/${i + 1}`);

  const [p, db] = [new futures.ThreadPoolExecutor({ maxWorkers: 3 }), new queue.Queue<string>()];
  const objs = [...found, `${base}/gone`].map((url) => p.submit<Page | null>(getPage, url));
  for (const obj of objs) obj.addDoneCallback(async (done) => await parsePage(done, db));
  await p.shutdown();
  console.log('主进程');

  for (const _ of found) console.log(await db.get({ timeoutMs: 10_000 }));
  console.log('/gone:', await objs.at(-1)?.result());
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

if (isMain(import.meta)) {
  await squares();
  await pages();
}
