// Trees for the tests: written, and read back as plain data that two of them can be compared by. It copies nothing itself.
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What a tree holds: directories as objects, files as text, links as `{ link }`. */
export interface TreeSpec {
  readonly [name: string]: TreeSpec | string | { readonly link: string };
}

export function writeTree(directory: string, spec: TreeSpec): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of Object.entries(spec)) {
    const file = path.join(directory, name);
    if (typeof content === 'string') writeFileSync(file, content);
    else if (typeof content.link === 'string') symlinkSync(content.link, file);
    else writeTree(file, content as TreeSpec);
  }
}

export interface SnapshotOptions {
  readonly modes?: boolean;
  readonly times?: boolean;
}

/** One line for each entry, sorted; names as bytes, so that any name can stand in it. */
export function snapshot(directory: string, { modes = false, times = false }: SnapshotOptions = {}): string[] {
  const lines: string[] = [];
  const visit = (at: Buffer, relative: Buffer): void => {
    for (const name of readdirSync(at, { encoding: 'buffer' })) {
      const file = Buffer.concat([at, Buffer.from('/'), name]);
      const below = relative.length === 0 ? name : Buffer.concat([relative, Buffer.from('/'), name]);
      const stats = lstatSync(file);
      const what = stats.isSymbolicLink()
        ? `-> ${readlinkSync(file, { encoding: 'buffer' }).toString('latin1')}`
        : stats.isDirectory()
          ? 'directory'
          : createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16);
      const mode = modes && !stats.isSymbolicLink() ? ` ${(stats.mode & 0o7777).toString(8)}` : '';
      const time = times && !stats.isSymbolicLink() ? ` ${Math.floor(stats.mtimeMs / 1_000)}` : '';
      lines.push(`${below.toString('latin1')}: ${what}${mode}${time}`);
      if (stats.isDirectory()) visit(file, below);
    }
  };
  visit(Buffer.from(directory), Buffer.alloc(0));
  return lines.sort();
}

/** Odd in every way that a file system allows: names, sizes, modes, times, links, nothing at all. */
export function writeOddTree(directory: string): void {
  writeTree(directory, {
    'plain.txt': 'plain\n',
    empty: '',
    'with spaces and "quotes"': 'x',
    'new\nline': 'y',
    '-rf': 'dash',
    'ünï☃💥': 'wide',
    '.hidden': { '.dot': 'dot' },
    'empty directory': {},
    large: 'L'.repeat(300_000),
    edge: 'e'.repeat(32 * 1024),
    [`${'long'.repeat(30)}`]: { [`${'name'.repeat(60)}`]: 'far away' },
    links: { up: { link: '../plain.txt' }, here: { link: 'up' }, nowhere: { link: 'not there' }, tree: { link: '../.hidden' } },
    closed: { 'in closed': 'c' },
  });
  writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), Buffer.of(0x66, 0xff, 0xfe, 0x67)]), 'not UTF-8');
  chmodSync(path.join(directory, 'plain.txt'), 0o640);
  chmodSync(path.join(directory, 'empty'), 0o4755);
  chmodSync(path.join(directory, 'large'), 0o444);
  utimesSync(path.join(directory, 'plain.txt'), 1_000_000_000, 1_100_000_000);
  utimesSync(path.join(directory, 'empty directory'), 1_000_000_000, 1_200_000_000);
  utimesSync(path.join(directory, 'links'), 1_000_000_000, 1_300_000_000);
  chmodSync(path.join(directory, 'closed'), 0o555);
}
