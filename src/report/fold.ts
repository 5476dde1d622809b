// Hosts with the same thing to say, gathered under it. It does not know what they say.

/** Hosts that said the same, and what the first of them said. */
export interface Group<T> {
  readonly hosts: readonly string[];
  readonly sample: T;
}

/** Gathers hosts by a key while they come in; only the first sample of each key is kept, so identical outputs cost memory once. */
export class Fold<T> {
  readonly #groups = new Map<string, { hosts: string[]; sample: T }>();

  add(key: string, host: string, sample: T): void {
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, { hosts: [host], sample });
    else group.hosts.push(host);
  }

  /** What the first host under a key said. */
  sampleOf(key: string): T | undefined {
    return this.#groups.get(key)?.sample;
  }

  /**
   * The groups, hosts and groups alike in the order of a list.
   *
   * @param order - All hosts; a host that is not in it comes last.
   */
  inOrderOf(order: readonly string[]): Group<T>[] {
    const places = new Map(order.map((host, index) => [host, index]));
    const place = (host: string | undefined): number => places.get(host ?? '') ?? order.length;
    const groups = [...this.#groups.values()].map(({ hosts, sample }) => ({
      hosts: hosts.toSorted((a, b) => place(a) - place(b)),
      sample,
    }));
    return groups.sort((a, b) => place(a.hosts[0]) - place(b.hosts[0]));
  }
}

/** Text with everything that names one host replaced by `{host}`, so that messages of many hosts can be the same. */
export function withoutHost(text: string, host: string, address?: string): string {
  const names = [host];
  const port = /^(.*):(\d+)$/.exec(address ?? '');
  if (port !== null) names.push(`[${port[1]}]:${port[2]}`, `${port[1]}:${port[2]}`, port[1] ?? '');
  else if (address !== undefined) names.push(address);
  const pattern = names
    .filter((name) => name !== '')
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|');
  return text.replace(new RegExp(`(?<![\\w.-])(?:${pattern})(?![\\w-])`, 'g'), '{host}');
}
