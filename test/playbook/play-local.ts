// Plays a text over local hosts, and tells what happened: what the tests of the language share.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Dict, toJson } from '#src/base/value';
import { Inventory } from '#src/inventory/inventory';
import type { ModuleSpace } from '#src/modules/library/module-space';
import type { PlayEvent, RecapCounts } from '#src/playbook/events';
import { Playbook, type PlayOptions } from '#src/playbook/playbook';
import type { LoadOptions } from '#src/playbook/read/project';

export interface Played {
  readonly events: readonly PlayEvent[];
  /** `task name` -> `host` -> status, the last one of each. */
  readonly statuses: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Results as JSON, by task and host. */
  readonly results: Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;
  /** What debug said, in order, as `host: message`. */
  readonly said: readonly string[];
  /** Names of tasks and handlers that started, in order. */
  readonly started: readonly string[];
  readonly recap: Readonly<Record<string, RecapCounts>>;
  readonly directory: string;
}

/** A directory that is the playbook's own, for as long as `use` takes. */
export async function inDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-play-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** @param hosts - Names, or lines of an ini inventory. */
export async function playLocal(
  directory: string,
  text: string,
  hosts = 'a\nb\n',
  options: Partial<PlayOptions> = {},
  modules?: ModuleSpace,
): Promise<Played> {
  await writeFile(path.join(directory, 'site.yml'), text);
  await writeFile(path.join(directory, 'hosts.ini'), `${hosts}\n[all:vars]\nansible_connection=local\n`);
  return await playFiles(directory, options, modules && { modules });
}

/** Plays `site.yml` over `hosts.ini`, which are there. */
export async function playFiles(directory: string, options: Partial<PlayOptions> = {}, reading: LoadOptions = {}): Promise<Played> {
  const inventory = await Inventory.load([path.join(directory, 'hosts.ini')]);
  const events: PlayEvent[] = [];
  const { extraVars } = options;
  for await (const event of Playbook.load([path.join(directory, 'site.yml')], { extraVars, ...reading }).play({ inventory, ...options }))
    events.push(event);
  const statuses: Record<string, Record<string, string>> = {};
  const results: Record<string, Record<string, Record<string, unknown>>> = {};
  const said: string[] = [];
  for (const event of events) {
    if (event.kind !== 'task-finished') continue;
    const { task, host, status, ignored, result } = event;
    statuses[task.name] = { ...statuses[task.name], [host]: ignored ? `${status} (ignored)` : status };
    results[task.name] = { ...results[task.name], [host]: plain(result) };
    const message = result.get('msg');
    if (task.module === 'debug' && status === 'ok') said.push(`${host}: ${String(message as string)}`);
  }
  const started = events.flatMap((event) => (event.kind === 'task-started' ? [event.task.name] : []));
  const last = events.at(-1);
  return { events, statuses, results, said, started, recap: last?.kind === 'recap' ? Object.fromEntries(last.hosts) : {}, directory };
}

function plain(result: Dict): Record<string, unknown> {
  return JSON.parse(JSON.stringify(toJson(result))) as Record<string, unknown>;
}
