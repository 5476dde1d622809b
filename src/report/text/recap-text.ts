// The table at the end of a play run, in Ansible's columns. It does not know what the tasks were.
import type { Dict } from '../../base/value.ts';
import { type RecapCounts, WHOLE_RUN } from '../../playbook/events.ts';
import { Fold } from '../fold.ts';
import type { Style } from '../style.ts';
import type { Page } from './page.ts';
import { valueLines } from './value-text.ts';

const COLUMNS = ['ok', 'changed', 'unreachable', 'failed', 'skipped', 'rescued', 'ignored'] as const;

/** One line for each set of hosts with the same counts; columns aligned. */
export function recapLines(hosts: ReadonlyMap<string, RecapCounts>, page: Page): string[] {
  const { style } = page;
  const fold = new Fold<RecapCounts>();
  for (const [host, counts] of hosts) fold.add(COLUMNS.map((column) => counts[column]).join(), host, counts);
  const rows = fold.inOrderOf([...hosts.keys()]).map(({ hosts: names, sample }) => ({
    name: names.length === 1 ? page.foreign(names[0] ?? '') : `${page.names(names)} (${names.length})`,
    counts: sample,
  }));
  const nameWidth = rows.reduce((most, row) => Math.max(most, row.name.length), 0);
  const widths = COLUMNS.map((column) => rows.reduce((most, row) => Math.max(most, String(row.counts[column]).length), 0));
  return rows.map(({ name, counts }) => {
    const cells = COLUMNS.map((column, index) => cell(column, counts[column], widths[index] ?? 0, style));
    return `${paintHost(counts, style)(name.padEnd(nameWidth))} : ${cells.join('  ')}`.trimEnd();
  });
}

/** What set_stats kept, of each host and of the run as a whole. */
export function customLines(custom: ReadonlyMap<string, Dict>, page: Page): string[] {
  return [...custom].flatMap(([host, figures]) => {
    const name = host === WHOLE_RUN ? 'the whole run' : page.foreign(host);
    return [name, ...valueLines(figures).map((line) => `  ${page.foreign(line)}`)];
  });
}

function cell(column: (typeof COLUMNS)[number], count: number, width: number, style: Style): string {
  const text = `${column}=${String(count).padEnd(width)}`;
  if (count === 0) return style.dim(text);
  switch (column) {
    case 'ok':
    case 'changed':
    case 'unreachable':
    case 'failed':
    case 'skipped':
      return style.status(column)(text);
    case 'rescued':
    case 'ignored':
      return style.status('changed')(text);
  }
}

function paintHost(counts: RecapCounts, style: Style): (text: string) => string {
  if (counts.failed > 0 || counts.unreachable > 0) return style.status('failed');
  return style.status(counts.changed > 0 ? 'changed' : 'ok');
}
