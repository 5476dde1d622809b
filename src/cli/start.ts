// `sshoal` without a word, at a terminal: questions that lead to a command line. It runs nothing, and knows no host.
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { shellJoin } from '../base/quote.ts';
import { neutralise } from '../base/terminal.ts';
import { Inventory } from '../inventory/inventory.ts';
import { sourcesWithoutFlag } from './config/configuration.ts';
import type { Context } from './context.ts';
import type { Choice, Prompts, Question } from './prompts.ts';

type Surroundings = Pick<Context, 'prompts' | 'stdout' | 'env' | 'cwd'>;

const ACTIONS = [
  { value: 'run', name: 'Run a command' },
  { value: 'shell', name: 'Open a shell: one prompt, many hosts' },
  { value: 'play', name: 'Play a playbook' },
  { value: 'put', name: 'Send a file or directory' },
  { value: 'get', name: 'Fetch a file' },
  { value: 'ping', name: 'See who is there' },
  { value: 'inventory', name: 'Show the inventory' },
  { value: 'demo', name: 'See a demo on servers of its own' },
] as const satisfies readonly Choice<string>[];

/**
 * Asks what to do, shows the command line that does the same, and asks whether to do it.
 *
 * @returns The words of that command line; undefined when the person would rather not.
 * @throws InterruptedError on Ctrl-C, and what an inventory can be wrong with.
 */
export async function askForCall(context: Surroundings): Promise<readonly string[] | undefined> {
  const action = await context.prompts.choose(question('What shall be done?'), ACTIONS);
  const words = action === 'demo' ? [action] : await callOf(action, context);
  context.stdout.write(`Same as: ${neutralise(shellJoin(['sshoal', ...words]))}\n`);
  return (await context.prompts.confirm(question('Do it?'))) ? words : undefined;
}

async function callOf(action: Exclude<(typeof ACTIONS)[number]['value'], 'demo'>, context: Surroundings): Promise<readonly string[]> {
  const { prompts } = context;
  const sources = await askForSources(context);
  const inventory = sources.flatMap((source) => ['-i', source]);
  if (action === 'inventory') return ['inventory', ...inventory, '--graph'];
  if (action === 'play') return ['play', ...(await askForPlaybooks(context)), ...inventory, ...(await become(prompts))];
  const given = sources.length > 0 ? sources : ((await sourcesWithoutFlag(undefined, context)) ?? []);
  const pattern = await askForHosts(await Inventory.load(given, { cwd: context.cwd }), prompts);
  switch (action) {
    case 'run': {
      const line = await prompts.text(question('Which command?', true));
      return ['run', pattern, ...inventory, ...(await become(prompts)), ...commandWords(line)];
    }
    case 'put': {
      const local = await prompts.text(question('Which file or directory of this machine?', true));
      const remote = await prompts.text(question('Where to on the hosts?', true));
      return ['put', pattern, local, remote, ...inventory, ...((await isDirectory(path.resolve(context.cwd, local))) ? ['-r'] : [])];
    }
    case 'get': {
      const remote = await prompts.text(question('Which file of the hosts?', true));
      const local = await prompts.text(question('Into which directory of this machine?', true));
      return ['get', pattern, remote, local.endsWith('/') ? local : `${local}/`, ...inventory];
    }
    case 'shell':
    case 'ping':
      return [action, pattern, ...inventory];
  }
}

/** The inventory sources to name on the command line; none where the usual ones are meant. */
async function askForSources(context: Surroundings): Promise<readonly string[]> {
  const usual = await sourcesWithoutFlag(undefined, context);
  const found = (await inventoriesIn(context.cwd)).filter((source) => !(usual?.includes(source) ?? false));
  if (found.length === 0 && usual !== undefined) return [];
  const choices = [
    ...(usual === undefined ? [] : [{ value: 'usual', name: `${usual.join(', ')} (the usual one)` }]),
    ...found.map((source) => ({ value: `-${source}`, name: source })),
    { value: 'other', name: 'Another file, or names with commas' },
  ];
  const chosen = await context.prompts.choose(
    question('Which inventory?'),
    choices.map((choice) => safe(choice)),
  );
  if (chosen === 'usual') return [];
  if (chosen !== 'other') return [chosen.slice(1)];
  const typed = (await context.prompts.text(question('Which file, or which hosts (web01,web02)?', true))).trim();
  // A comma at the end makes a list of hosts of a word that is no file.
  const isList = typed.includes(',') || !existsSync(path.resolve(context.cwd, typed));
  return [isList && !typed.endsWith(',') ? `${typed},` : typed];
}

/** A pattern of groups and hosts that were ticked or found by typing. */
async function askForHosts(inventory: Inventory, prompts: Prompts): Promise<string> {
  const groups = [...inventory.groups.keys()].filter((group) => inventory.hostsOf(group).length > 0);
  const byName = '\0';
  const chosen = await prompts.chooseMany(question('On which hosts?', true), [
    ...groups.map((group) => safe({ value: group, name: `${group} (${inventory.hostsOf(group).length})` })),
    { value: byName, name: 'Hosts by name...' },
  ]);
  const names = chosen.filter((name) => name !== byName);
  if (chosen.length > names.length) names.push(...(await searchHosts(inventory, prompts, names.length === 0)));
  return names.includes('all') ? 'all' : names.join(',');
}

async function searchHosts(inventory: Inventory, prompts: Prompts, mustChoose: boolean): Promise<readonly string[]> {
  const done = '\0';
  const chosen = new Set<string>();
  for (;;) {
    const left = [...inventory.hosts.keys()].filter((host) => !chosen.has(host));
    if (left.length === 0) return [...chosen];
    const mayEnd = chosen.size > 0 || !mustChoose;
    const answer = await prompts.search(question(`Which host? (${chosen.size} chosen, type to search)`), (typed) => [
      ...(mayEnd && typed === '' ? [{ value: done, name: 'No more' }] : []),
      ...left.filter((host) => host.includes(typed)).map((host) => safe({ value: host, name: host })),
    ]);
    if (answer === done) return [...chosen];
    chosen.add(answer);
  }
}

async function askForPlaybooks({ prompts, cwd }: Surroundings): Promise<readonly string[]> {
  const found = await playbooksIn(cwd);
  if (found.length === 0) return [await prompts.text(question('Which playbook?', true))];
  return await prompts.chooseMany(
    question('Which playbooks, in this order?', true),
    found.map((file) => safe({ value: file, name: file })),
  );
}

async function become(prompts: Prompts): Promise<readonly string[]> {
  const answer = await prompts.choose(question('As whom?'), [
    { value: 'login', name: 'The user who logs in' },
    { value: 'root', name: 'root' },
  ]);
  return answer === 'root' ? ['-b'] : [];
}

/** Plain words come behind `--`, as people write them; everything else is one word for the shell of the host. */
function commandWords(line: string): string[] {
  const words = line.trim().split(/\s+/);
  return words.every((word) => shellJoin([word]) === word) ? ['--', ...words] : [line];
}

/** Files that look like inventories: those of `inventories/`, and those called so. */
async function inventoriesIn(cwd: string): Promise<string[]> {
  const here = (await readdirOf(cwd)).filter((name) => /^(?:inventory|hosts)(?:[._-].*)?$/.test(name));
  const inside = (await readdirOf(path.join(cwd, 'inventories'))).filter((name) => /\.(?:ini|ya?ml|json)$|^[^.]+$/.test(name));
  const besides = inside.filter((name) => !/^(?:group|host)_vars$/.test(name));
  return [...here, ...besides.map((name) => `inventories/${name}`)];
}

/** YAML files here and in `playbooks/` that have a play: a list with `hosts`. */
async function playbooksIn(cwd: string): Promise<string[]> {
  const found: string[] = [];
  for (const directory of ['', 'playbooks/']) {
    for (const name of await readdirOf(path.join(cwd, directory))) {
      if (!/\.ya?ml$/.test(name)) continue;
      const text = await readFile(path.join(cwd, directory, name), 'utf8').catch(() => '');
      if (/^-\s/m.test(text) && /^(?:-| )\s+['"]?hosts['"]?:/m.test(text)) found.push(directory + name);
    }
  }
  return found;
}

// What cannot be read cannot be offered; whoever means it can type it, and is then told what is wrong with it.
async function readdirOf(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.toSorted((a, b) => a.localeCompare(b, 'en'));
}

async function isDirectory(file: string): Promise<boolean> {
  return await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function question(message: string, required = false): Question {
  return { message, otherwise: 'Give a verb: sshoal --help', required };
}

/** Names come from files of others. */
function safe<T extends string>({ value, name }: Choice<T>): Choice<T> {
  return { value, name: neutralise(name) };
}
