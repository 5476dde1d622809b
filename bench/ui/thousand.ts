// Times the page with a thousand hosts and twenty tasks in a real browser: until it can be read, and while it is scrolled.
//
//   npm run build && node build/bench/ui/thousand.js [HOSTS] [TASKS]
//
// Needs Chromium at /usr/bin/chromium, or where CHROMIUM says. Figures are of one visit after a first one that warms the files up.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { fromJson } from '#src/base/value';
import type { JournalEntry } from '#src/journal/entry';
import { JournalWriter } from '#src/journal/journal-writer';
import { PageServer } from '#src/ui/page-server';

type PlayEvent = Extract<JournalEntry, { readonly kind: 'play' }>['event'];

const [hostCount = 1_000, taskCount = 20] = process.argv.slice(2).map(Number);
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const hosts = Array.from({ length: hostCount }, (_, n) => `web${String(n).padStart(4, '0')}`);

/** Every host has its own fate, so that little can be folded. */
function eventOf(id: number, host: string, index: number): PlayEvent {
  const task = {
    id,
    name: `Task number ${id}`,
    module: 'command',
    position: { file: 'site.yml', line: id + 1, column: 3 },
    handler: false,
  };
  const status = (index * 7 + id * 13) % 31 === 0 ? 'changed' : (index * 3 + id) % 17 === 0 ? 'skipped' : 'ok';
  const result = fromJson({ changed: status === 'changed', stdout: `answer ${index % 5}` }) as Map<string, never>;
  return { kind: 'task-finished', task, host, status, ignored: false, result, durationMs: (index * 37 + id * 11) % 900 };
}

async function writeRun(directory: string): Promise<JournalWriter> {
  const run = { verb: 'play', subject: 'site.yml', argv: ['play', 'site.yml'], cwd: '/', inventory: [], hosts, version: '0' } as const;
  const writer = await JournalWriter.create({ directory, run, mask: (text) => text, now: () => Date.now() });
  for (let id = 0; id < taskCount; id++) await writer.playEvents(hosts.map((host, index) => eventOf(id, host, index)));
  await writer.finish(0);
  return writer;
}

async function timed(work: () => Promise<unknown>): Promise<string> {
  const begun = performance.now();
  await work();
  return `${(performance.now() - begun).toFixed(0)} ms`;
}

/** The longest time between two frames while the grid is scrolled from top to bottom in sixty steps. */
async function longestFrame(view: Page): Promise<string> {
  const ms = await view.evaluate(`new Promise((resolve) => {
    const grid = document.querySelector('.grid');
    const step = grid.scrollHeight / 60;
    let [longest, before] = [0, performance.now()];
    const frame = () => {
      const now = performance.now();
      longest = Math.max(longest, now - before);
      before = now;
      if (grid.scrollTop + grid.clientHeight >= grid.scrollHeight - 1) return resolve(longest);
      grid.scrollTop += step;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })`);
  return `${Number(ms).toFixed(0)} ms`;
}

async function measure(browser: Browser, url: string, id: string): Promise<void> {
  const view = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
  await view.goto(url);
  await view.getByRole('link', { name: 'site.yml' }).waitFor();
  const origin = new URL(url).origin;
  const address = `${origin}/#/run/${id}`;
  const cell = view.getByRole('gridcell').first();
  const open = async (): Promise<void> => {
    await view.goto('about:blank');
    await view.goto(address);
    await cell.waitFor();
  };
  await open();
  console.log(`the grid can be read after           ${await timed(open)}`);
  const unfold = view.getByRole('button', { name: 'Fold what is alike' });
  console.log(`every host has a line of its own in  ${await timed(async () => await unfold.click())}`);
  console.log(`longest frame while it is scrolled   ${await longestFrame(view)}`);
  const answers = view.getByRole('complementary', { name: 'Answers' }).locator('pre').first();
  console.log(
    `answers of a task, folded, after     ${await timed(async () => {
      await view.goto(`${address}?task=3`);
      await answers.waitFor();
    })}`,
  );
}

const directory = await mkdtemp(path.join(tmpdir(), 'sshoal-bench-'));
try {
  const { id, file } = await writeRun(directory);
  console.log(`${hostCount} hosts x ${taskCount} tasks, a journal of ${((await stat(file)).size / 1024 / 1024).toFixed(1)} MiB`);
  const onDefect = (error: unknown): void => console.error(error);
  await using page = await PageServer.start({ directory, port: 0, bind: '127.0.0.1', onDefect });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
  try {
    await measure(browser, page.url, id);
  } finally {
    await browser.close();
  }
} finally {
  await rm(directory, { recursive: true });
}
