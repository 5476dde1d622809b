// A page over journals of its own, for the tests that ask it. It does not know what they ask.
import type { TestContext } from 'node:test';
import { PageServer, type PageSettings } from '#src/ui/page-server';
import { directoryFor } from '../journal/sample-runs.ts';

/** A browser that asks nobody for anything, without a screen and as root. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export interface Served {
  readonly page: PageServer;
  /** Where it really listens. */
  readonly origin: string;
  readonly port: number;
  /** Where its journals are. */
  readonly directory: string;
}

/** A page that ends with the test. */
export async function pageFor(t: TestContext, more: Partial<PageSettings> = {}): Promise<Served> {
  const directory = more.directory ?? (await directoryFor(t));
  const onDefect = (error: unknown): void => {
    throw error;
  };
  const page = await PageServer.start({ directory, port: 0, bind: '127.0.0.1', onDefect, ...more });
  t.after(async () => await page[Symbol.asyncDispose]());
  return { page, origin: `http://127.0.0.1:${page.port}`, port: page.port, directory };
}

/** The same with the cookie of somebody who came in by the door. */
export async function enter(t: TestContext, more: Partial<PageSettings> = {}): Promise<Served & { readonly cookie: string }> {
  const served = await pageFor(t, more);
  const { headers } = await fetch(served.page.url, { redirect: 'manual' });
  return { ...served, cookie: headers.get('set-cookie')?.split(';')[0] ?? '' };
}
