// Fetch in processes, parse in the main one: a callback that gets the future. (Rows C47, C48.)
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { futures, isMain, ref } from 'sshoal/runtime';

interface Page {
  readonly url: string;
  readonly text: string;
}

/** Nothing for an answer that is not 200. */
export async function getPage(url: string): Promise<Page | null> {
  const response = await fetch(url);
  return response.status === 200 ? { url, text: await response.text() } : null;
}

if (isMain(import.meta)) {
  const server = createServer((request, response) => {
    const [, size = '0'] = request.url?.split('/') ?? [];
    response.writeHead(size === 'missing' ? 404 : 200, { connection: 'close' }).end('x'.repeat(Number(size) || 0));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const lines: string[] = [];

  async function parsePage(future: futures.Future<Page | null>): Promise<void> {
    const page = await future.result();
    if (page === null) throw new Error('there was no page');
    lines.push(`url:${new URL(page.url).pathname} size:${page.text.length}, parsed in the main process: ${process.pid > 0}`);
  }

  const pool = new futures.ProcessPoolExecutor({ maxWorkers: 2 });
  for (const path of [10, 20, 30, 40, 50, 60, 70, 'missing'])
    pool.submit<Page | null>(ref(import.meta, 'getPage'), `http://127.0.0.1:${port}/${path}`).addDoneCallback(parsePage);
  await pool.shutdown();
  server.close();
  for (const line of lines.sort()) console.log(line);
  console.log(`${lines.length} pages; the error of one callback was reported and stopped nobody`);
}
