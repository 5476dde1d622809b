// The page in a real browser: what a person sees, hears of it through a keyboard, and what a host can never do to it.
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Value } from '#src/base/value';
import { JournalWriter } from '#src/journal/journal-writer';
import { description, directoryFor, finished, recap, task, taskFinished, taskStarted, written } from '../journal/sample-runs.ts';
import { findProgram, needs } from '../support/real.ts';
import { BROWSER_FLAGS, pageFor } from './served-page.ts';

const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>\u001b[2J\u202e${7*7}';

interface Visit {
  readonly view: Page;
  readonly directory: string;
  /** What the browser complained of, and every address off this machine. */
  readonly complaints: readonly string[];
  readonly go: (hash: string) => Promise<void>;
}

describe('the page in a browser', needs('chromium'), () => {
  let browser: Browser;
  before(async () => {
    browser = await chromium.launch({ executablePath: findProgram('chromium') ?? '', args: BROWSER_FLAGS });
  });
  after(async () => await browser.close());

  async function visit(t: TestContext, directory: string, more: Parameters<Browser['newContext']>[0] = {}): Promise<Visit> {
    const { page, origin } = await pageFor(t, { directory });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...more });
    t.after(async () => await context.close());
    const view = await context.newPage();
    const complaints: string[] = [];
    view.on('console', (message) => complaints.push(message.text()));
    view.on('pageerror', (error) => complaints.push(String(error)));
    view.on('request', (request) => {
      if (!request.url().startsWith(origin)) complaints.push(request.url());
    });
    await view.goto(page.url);
    const go = async (hash: string): Promise<void> => {
      await view.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    };
    return { view, directory, complaints, go };
  }

  it('shows a thousand hosts and twenty tasks at once: folded lines, the worst first, each sign with its word', async (t) => {
    const directory = await directoryFor(t);
    const hosts = Array.from({ length: 1_000 }, (_, n) => `web${String(n).padStart(4, '0')}`);
    const tasks = Array.from({ length: 20 }, (_, n) => task(n, `Step ${n}`));
    const events = tasks.flatMap((one) => [
      taskStarted(one, hosts),
      ...hosts.map((host) => taskFinished(one, host, host === 'web0500' && one.id === 19 ? 'failed' : one.id % 2 === 0 ? 'ok' : 'changed')),
    ]);
    await written(directory, events, { run: { verb: 'play', subject: 'site.yml', hosts }, exitCode: 2 });
    const { view, complaints } = await visit(t, directory);

    await view.getByRole('link', { name: 'site.yml' }).click();
    const rows = view.getByRole('rowheader');
    await rows.first().waitFor();

    assert.deepEqual(await rows.allInnerTexts(), ['web0500', 'web[0000-0499,0501-0999] (999)']);
    assert.equal(await view.getByRole('gridcell', { name: 'Step 19: failed' }).count(), 1);
    assert.equal(await view.getByRole('columnheader', { name: 'Step 0', exact: true }).count(), 1);
    await view.getByRole('button', { name: 'Fold what is alike' }).click();
    await view.getByText('1000 hosts', { exact: true }).last().waitFor();
    assert.ok((await rows.count()) < 100, 'only what is in sight is made');
    await view.getByRole('searchbox').fill('0777');
    await view.getByText('1 of 1000 hosts').waitFor();
    assert.deepEqual(await rows.allInnerTexts(), ['web0777']);
    assert.deepEqual(complaints, []);
  });

  it('follows a run that goes on: the list, the grid, and what it waits for', async (t) => {
    const directory = await directoryFor(t);
    const { view, complaints } = await visit(t, directory);
    await view.getByText('Nothing has been run yet').waitFor();

    const run = description({ verb: 'play', subject: 'site.yml' });
    const writer = await JournalWriter.create({ directory, run, mask: (text) => text, now: () => Date.now() });
    const one = task(0, 'Install nginx');
    await writer.playEvents([taskStarted(one, ['web01', 'web02'])]);
    await view.getByRole('cell', { name: 'running' }).waitFor();
    await view.getByRole('link', { name: 'site.yml' }).click();
    await view
      .getByRole('status')
      .getByText(/Waits for Install nginx on web\[01-02\]/)
      .waitFor();
    await writer.playEvents([taskFinished(one, 'web01', 'changed')]);
    await view.getByRole('gridcell', { name: 'Install nginx: changed' }).waitFor();
    await view
      .getByRole('status')
      .getByText(/on web02/)
      .waitFor();
    await writer.playEvents([taskFinished(one, 'web02', 'ok'), recap({ web01: { changed: 1 }, web02: { ok: 1 } })]);
    await writer.finish(0);
    await view.getByText('✓ done').waitFor();

    assert.equal(await view.getByRole('status').count(), 0);
    assert.deepEqual(complaints, []);
  });

  it('is led by the keyboard, and every place has an address', async (t) => {
    const directory = await directoryFor(t);
    const [first, second] = [task(0, 'First'), task(1, 'Second')];
    const events = ['web01', 'web02'].flatMap((host) => [
      taskFinished(first, host, 'ok', { msg: `hello ${host}` }),
      taskFinished(second, host, 'changed'),
    ]);
    await written(directory, events, { run: { verb: 'play', subject: 'site.yml' } });
    const { view, complaints } = await visit(t, directory);
    const press = async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) await view.keyboard.press(key);
    };
    await view.getByRole('link', { name: 'site.yml' }).waitFor();

    await press('j', 'Enter');
    await view.getByRole('grid').waitFor();
    await press('j', 'j', 'l', 'Enter');
    await view.getByRole('complementary', { name: 'Answers' }).getByText('hello web02').waitFor();

    assert.match(view.url(), /#\/run\/[^?]+\?task=0&host=web02$/);
    await view.reload();
    await view.getByRole('complementary', { name: 'Answers' }).getByText('hello web02').waitFor();
    await press('Escape');
    await view.getByRole('complementary').waitFor({ state: 'detached' });
    await press('?');
    await view.getByRole('dialog', { name: 'Keys' }).waitFor();
    await press('Escape');
    await view.getByRole('dialog').waitFor({ state: 'detached' });
    await press('/');
    await view.keyboard.type('nobody');
    await view.getByText('No host is called so.').waitFor();
    await press('Escape', '2');
    await view.getByRole('heading', { name: 'Drift' }).waitFor();
    assert.deepEqual(complaints, []);
  });

  it('takes nothing that hosts, tasks and playbooks say for more than text', async (t) => {
    const directory = await directoryFor(t);
    const result: Readonly<Record<string, Value>> = { msg: HOSTILE, stdout: `\u001b[31m${HOSTILE}\u001b[0m`, diff: HOSTILE };
    const one = task(0, HOSTILE);
    const events = [taskStarted(one, [HOSTILE]), taskFinished(one, HOSTILE, 'failed', result), recap({ [HOSTILE]: { failed: 1 } })];
    await written(directory, events, { run: { verb: 'play', subject: HOSTILE, hosts: [HOSTILE], argv: ['play', HOSTILE] } });
    await written(directory, [finished(HOSTILE, { stdout: Buffer.from(HOSTILE) })], {
      run: { subject: HOSTILE, hosts: [HOSTILE] },
      atMs: 2_000,
    });
    const { view, complaints, go } = await visit(t, directory);

    await view
      .getByRole('link', { name: /img src=x/ })
      .first()
      .waitFor();
    await go('#/run/19700101-000001.000?task=0');
    const answers = view.getByRole('complementary', { name: 'Answers' });
    await answers.locator('pre').first().waitFor();
    const seen = (await answers.textContent()) ?? '';
    await go(`#/host/${encodeURIComponent(HOSTILE)}`);
    await view.getByRole('row').nth(2).waitFor();
    await go('#/drift');
    await view.getByRole('cell').first().waitFor();

    assert.match(seen, /<img src=x onerror="document\.title=1"><script>document\.title=2<\/script>\\x1b\[2J\\u202e\$\{7\*7\}/);
    assert.equal(await view.locator('main img, main script').count(), 0);
    assert.match(await view.title(), /^Drift/);
    assert.deepEqual(complaints, []);
  });

  it('says what is the matter where there is no run, no place, and no way in', async (t) => {
    const { view, go } = await visit(t, await directoryFor(t));

    await go('#/run/20260101-000000.000-abcdef');
    await view
      .getByRole('alert')
      .getByText(/There is no run/)
      .waitFor();
    await go('#/nowhere');
    await view.getByRole('heading', { name: 'There is no such place' }).waitFor();
    await view.context().clearCookies();
    await view.reload();

    assert.equal(await view.getByRole('heading').textContent(), 'You have not come in by the door');
    assert.match((await view.locator('p').textContent()) ?? '', /sshoal ui has printed/);
  });

  it('follows the system in light and dark, and then the person', async (t) => {
    const { view } = await visit(t, await directoryFor(t), { colorScheme: 'dark' });
    const ground = async (): Promise<unknown> => await view.evaluate('getComputedStyle(document.body).backgroundColor');
    await view.getByRole('link', { name: 'Runs' }).waitFor();

    const dark = await ground();
    await view.emulateMedia({ colorScheme: 'light' });
    const light = await ground();
    await view.getByRole('button', { name: 'Colours: system' }).click();

    assert.deepEqual([dark, light, await ground()], ['rgb(20, 22, 25)', 'rgb(248, 248, 246)', 'rgb(20, 22, 25)']);
    await view.reload();
    assert.equal(await ground(), dark);
  });

  it('names every control for those who cannot see it, on every place', async (t) => {
    const directory = await directoryFor(t);
    await written(directory, [taskFinished(task(0, 'Install'), 'web01', 'ok', { msg: 'x' })], {
      run: { verb: 'play', subject: 'site.yml' },
    });
    const { view, go } = await visit(t, directory, { viewport: { width: 390, height: 800 } });
    const nameless: string[] = [];

    for (const hash of ['#/runs', '#/run/19700101?task=0', '#/run/19700101?view=tasks&host=web01', '#/host/web01', '#/drift', '#/start']) {
      await go(hash);
      await view.locator('main [aria-busy]').waitFor({ state: 'detached' });
      for (const line of (await view.locator('body').ariaSnapshot()).split('\n')) {
        if (/^\s*- (?:button|link|searchbox|textbox|combobox|checkbox|dialog|grid|img)(?! ")/.test(line)) nameless.push(`${hash}: ${line}`);
      }
      assert.ok((await view.evaluate('document.documentElement.scrollWidth')) === 390, `${hash} fits a phone`);
    }

    assert.deepEqual(nameless, []);
  });
});
