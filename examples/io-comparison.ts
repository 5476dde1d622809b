// Blocking, polling and select beside each other: which phases block, what the CPU does, how long an answer takes. (Rows D55, D61, D62.)
import { io, isMain, sleep } from 'sshoal/runtime';
import { serve as select } from './io-multiplexing.ts';
import { serve as poll } from './io-nonblocking.ts';
import { serve as threads } from './io-threads.ts';
import { during } from './tcp-client.ts';

const MODELS: Readonly<Record<string, (server: io.TcpServer) => Promise<unknown>>> = {
  'blocking, a thread each': threads,
  'polling without a pause': async (server) => await poll(server, 0, () => undefined),
  'polling every 20 ms': async (server) => await poll(server, 20, () => undefined),
  select: async (server) => await select(server, () => undefined),
};
const MEASURED_MS = 200;

/** What a row of the table says for so many clients. Clients and server share the process: compare rows, not numbers. */
export async function measure(serve: (server: io.TcpServer) => Promise<unknown>, clients: number): Promise<[cpu: string, latency: string]> {
  const latencies: number[] = [];
  let cpuPercent = 0;
  await during(serve, async (port) => {
    const began = performance.now();
    const cpu = process.cpuUsage();
    await Promise.all(Array.from({ length: clients }, async () => latencies.push(...(await askNowAndThen(port, began + MEASURED_MS)))));
    const { user, system } = process.cpuUsage(cpu);
    cpuPercent = (user + system) / 10 / (performance.now() - began);
  });
  const median = latencies.sort((a, b) => a - b)[latencies.length >> 1] ?? Number.NaN;
  return [`${Math.round(cpuPercent)} %`, `${median.toFixed(1)} ms`];
}

/** Mostly silent, as connections are. @returns How long each answer took, in ms. */
async function askNowAndThen(port: number, until: number): Promise<number[]> {
  const took: number[] = [];
  await using client = await io.TcpSocket.connect({ port });
  do {
    await sleep(20 + Math.random() * 40);
    const asked = performance.now();
    await client.sendAll('hello');
    await client.recv(1024, { timeoutMs: 10_000 });
    took.push(performance.now() - asked);
  } while (performance.now() < until);
  return took;
}

if (isMain(import.meta)) {
  console.log('等待数据 (1: wait for data), 拷贝数据 (2: copy it from the kernel), and who stands still meanwhile:');
  console.table({
    blocking: { 1: 'the thread', 2: 'the thread' },
    'non-blocking': { 1: 'nobody, but it asks and asks', 2: 'the thread' },
    multiplexing: { 1: 'the thread, in select, for all sockets', 2: 'the thread' },
    'signal-driven': { 1: 'nobody', 2: 'the thread' },
    asynchronous: { 1: 'nobody', 2: 'nobody' },
  });
  const rows: Record<string, Record<string, string>> = {};
  for (const [model, serve] of Object.entries(MODELS)) {
    const [oneCpu, oneLatency] = await measure(serve, 1);
    const [manyCpu, manyLatency] = await measure(serve, 50);
    rows[model] = {
      '1 client: CPU': oneCpu,
      '1 client: answer': oneLatency,
      '50 clients: CPU': manyCpu,
      '50 clients: answer': manyLatency,
    };
  }
  console.table(rows);
}
