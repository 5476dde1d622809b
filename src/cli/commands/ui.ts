// The verb ui: a page in the browser over the journals, for as long as somebody wants it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type { StartSettings } from '../../ui/start-run.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import type { Flags } from '../flags.ts';
import type { Verb } from '../verb.ts';

export const uiVerb: Verb = {
  name: 'ui',
  summary: 'show runs in the browser: those that were, and those that are going on',
  notes: [
    'Prints an address with a token, which lets in whoever has it, and serves it until Ctrl-C. Runs are read from their journals, so runs of other terminals are seen too, while they go on.',
    'It listens on the loopback address only, and is meant for one person. Give it to several only behind a proxy that has https and asks who they are: --bind an address that the proxy reaches, and --behind-proxy the name that people use.',
    'Nothing can be started from the page, unless --allow-run: then it plays the playbooks below that directory, and runs commands, as this user and in this directory. Nobody can be asked for passwords then.',
  ],
  usage: '[flags]',
  words: [],
  flags: ['pagePort', 'bind', 'behindProxy', 'allowRun', 'open', 'inventory', 'color', 'config'],
  examples: [
    { line: 'sshoal ui', meaning: 'look at what was run' },
    { line: 'sshoal ui --open --port 8100', meaning: 'always at the same port, and in a browser at once' },
    { line: 'sshoal ui --allow-run playbooks -i hosts.ini', meaning: 'start playbooks from there too' },
    { line: 'sshoal ui --port 8100 --behind-proxy runs.example.org', meaning: 'for several people, through a proxy on this machine' },
  ],
  run: async ({ flags }, context) => {
    const [{ PageServer }, { PageRuns }, { runsOf }, { printError }] = await Promise.all([
      import('../../ui/page-server.ts'),
      import('../page-runs.ts'),
      import('../retry.ts'),
      import('../print-error.ts'),
    ]);
    const { pagePort, bind, behindProxy } = flags;
    await using runs = new PageRuns(context);
    await using page = await PageServer.start({
      directory: runsOf(context).directory,
      port: pagePort,
      bind,
      behindProxy,
      allowRun: await startSettings(flags, context, runs.start),
      onDefect: (error) => printError(error, context),
    });
    context.stdout.write(`${page.url}\n`);
    context.stderr.write('note: whoever has this address may look; Ctrl-C ends it\n');
    if (flags.open) openBrowser(page.url, context);
    if (!context.signal.aborted) await once(context.signal, 'abort');
    return EXIT.ok;
  },
};

/** @throws UsageError BAD_FLAG where --allow-run is no directory. */
async function startSettings(
  { allowRun, inventory, config }: Flags,
  { cwd }: Context,
  start: StartSettings['start'],
): Promise<StartSettings | undefined> {
  if (allowRun === undefined) return undefined;
  const directory = path.resolve(cwd, allowRun);
  const isDirectory = await stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory) {
    throw new UsageError('BAD_FLAG', `\`${allowRun}\` is no directory`, {
      where: '--allow-run',
      fix: 'Name the directory of your playbooks',
    });
  }
  const words = [...inventory.map((source) => `--inventory=${source}`), ...(config === undefined ? [] : [`--config=${config}`])];
  return { directory, words, start };
}

const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};

/** A browser that does not come is no failure: the address has been printed. */
function openBrowser(url: string, { stderr }: Context): void {
  const [program, ...words] = OPENERS[process.platform] ?? ['xdg-open'];
  const browser = spawn(program, [...words, url], { stdio: 'ignore', detached: true });
  browser.on('error', (error) => stderr.write(`note: no browser was opened: ${error.message}\n`));
  browser.unref();
}
