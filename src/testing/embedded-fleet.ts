// Many embedded servers as one fleet with an inventory. It does not know what is done with them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EmbeddedServer } from './embedded-server.ts';
import { EmbeddedError } from './errors.ts';
import { generateKeyPair } from './key-pair.ts';

export interface EmbeddedFleetOptions {
  /** Names, or how many: then they are called web01, web02 and so on. */
  readonly hosts: number | readonly string[];
  /** Holds one directory for each host, and is kept. Default: a new one, removed at the stop. */
  readonly directory?: string | undefined;
}

const HOST_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
// An inventory, an ssh option and a known_hosts path each quote in their own way: a path without need of quotes serves all three.
const PLAIN_PATH = /^[A-Za-z0-9_@%+=:,./-]+$/;

/**
 * A fleet of {@link EmbeddedServer}s in this process, hundreds if need be: one key logs in to all of them, each has a host key and a
 * directory of its own. The same warning holds: on loopback only, for its own key only, but **commands run as you, on this machine**.
 *
 * @example
 * ```ts
 * await using fleet = await EmbeddedFleet.start({ hosts: 8 });
 * // sshoal -i <fleet.inventoryFile> run all -- uptime
 * fleet.host('web03').kill();
 * ```
 */
export class EmbeddedFleet implements AsyncDisposable {
  /** By name, in the order they were asked for. */
  readonly hosts: ReadonlyMap<string, EmbeddedServer>;
  /** The inventory as text, in Ansible's INI format. */
  readonly inventory: string;
  /** The same in a file, beside the key and the known_hosts it names. */
  readonly inventoryFile: string;
  readonly privateKeyFile: string;
  readonly knownHostsFile: string;
  readonly #directory: string;

  private constructor(directory: string, hosts: ReadonlyMap<string, EmbeddedServer>) {
    this.#directory = directory;
    this.hosts = hosts;
    this.privateKeyFile = path.join(directory, 'client-key');
    this.knownHostsFile = path.join(directory, 'known_hosts');
    this.inventoryFile = path.join(directory, 'inventory.ini');
    this.inventory = inventoryOf(hosts, this.privateKeyFile, this.knownHostsFile);
  }

  /**
   * @throws EmbeddedError EMBEDDED_BAD_HOSTS, EMBEDDED_BAD_DIRECTORY, EMBEDDED_NO_SHELL; errors of node:fs about the directory.
   *   Nothing is left of a fleet that could not start.
   */
  static async start({ hosts, directory }: EmbeddedFleetOptions): Promise<EmbeddedFleet> {
    const names = namesOf(hosts);
    const own = await mkdtemp(path.join(os.tmpdir(), 'sshoal-fleet-'));
    try {
      checkPath(own);
      return await startIn(directory ?? path.join(own, 'hosts'), names, (servers) => new EmbeddedFleet(own, servers));
    } catch (error) {
      await rm(own, { recursive: true, force: true });
      throw error;
    }
  }

  /** @throws EmbeddedError EMBEDDED_NO_SUCH_HOST. */
  host(name: string): EmbeddedServer {
    const host = this.hosts.get(name);
    if (host !== undefined) return host;
    throw new EmbeddedError('EMBEDDED_NO_SUCH_HOST', `The fleet has no host ${name}`, {
      where: name,
      fix: `Its hosts are ${[...this.hosts.keys()].join(', ')}`,
    });
  }

  /** Ends everything: connections, commands and what they left behind, servers, keys and files. A second call is harmless. */
  async stop(): Promise<void> {
    await EmbeddedServer.stopAll(this.hosts.values());
    await rm(this.#directory, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

async function startIn(
  directory: string,
  names: readonly string[],
  build: (hosts: ReadonlyMap<string, EmbeddedServer>) => EmbeddedFleet,
): Promise<EmbeddedFleet> {
  const clientKey = generateKeyPair('sshoal-embedded');
  const starts = names.map((name) => EmbeddedServer.start({ directory: path.join(directory, name), clientKey }));
  const outcomes = await Promise.allSettled(starts);
  const servers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  try {
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    const fleet = build(new Map(names.map((name, index) => [name, servers[index] as EmbeddedServer])));
    await writeFile(fleet.privateKeyFile, clientKey.privateKey, { mode: 0o600 });
    await writeFile(fleet.knownHostsFile, servers.map((server) => `${server.knownHostsLine}\n`).join(''), { mode: 0o600 });
    await writeFile(fleet.inventoryFile, fleet.inventory);
    return fleet;
  } catch (error) {
    await EmbeddedServer.stopAll(servers);
    throw error;
  }
}

function namesOf(hosts: number | readonly string[]): readonly string[] {
  if (typeof hosts === 'number') {
    if (!Number.isInteger(hosts) || hosts < 1) throw badHosts(`A fleet has a whole number of hosts from 1 up, not ${hosts}`);
    const digits = Math.max(2, String(hosts).length);
    return Array.from({ length: hosts }, (_, index) => `web${String(index + 1).padStart(digits, '0')}`);
  }
  if (hosts.length === 0) throw badHosts('A fleet has at least one host');
  const twice = hosts.find((name, index) => hosts.indexOf(name) !== index);
  if (twice !== undefined) throw badHosts(`The host ${twice} is named twice`);
  const bad = hosts.find((name) => !HOST_NAME.test(name));
  if (bad !== undefined) throw badHosts(`\`${bad}\` cannot be the name of a host`);
  return hosts;
}

function badHosts(message: string): EmbeddedError {
  return new EmbeddedError('EMBEDDED_BAD_HOSTS', message, { where: 'hosts', fix: 'Give a number such as 8, or names such as web01, db-1' });
}

function checkPath(directory: string): void {
  if (PLAIN_PATH.test(directory)) return;
  throw new EmbeddedError('EMBEDDED_BAD_DIRECTORY', `The key of a fleet cannot lie in ${directory}: an inventory could not name it`, {
    where: directory,
    fix: 'Let TMPDIR be a path of letters, digits, dashes and slashes',
  });
}

function inventoryOf(hosts: ReadonlyMap<string, EmbeddedServer>, privateKeyFile: string, knownHostsFile: string): string {
  const lines = [...hosts].map(
    ([name, { host, port, user }]) =>
      `${name} ansible_host=${host} ansible_port=${port} ansible_user=${user} ansible_ssh_private_key_file=${privateKeyFile}`,
  );
  return `${lines.join('\n')}\n\n[all:vars]\nansible_ssh_common_args='-o UserKnownHostsFile=${knownHostsFile}'\n`;
}
