// The events that docs/jsonl.md lists, as data. It does not know who writes them.
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The events of one section with their fields; optional ones end with `?`. */
export function documentedEvents(section: string): Map<string, string[]> {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../../docs/jsonl.md'), 'utf8');
  const found = text.split('\n## ').find((part) => part.startsWith(`${section}\n`));
  if (found === undefined) throw new Error(`docs/jsonl.md has no section ${section}`);
  const events = found.split('\n### ').slice(1);
  return new Map(
    events.map((event) => {
      const rows = [...event.matchAll(/^\| `(\w+)` \| [^|]*?(\??) \|/gm)];
      return [/^`([\w-]+)`/.exec(event)?.[1] ?? '', rows.map((row) => `${row[1]}${row[2]}`)];
    }),
  );
}

/** The events and fields of lines that were written, those apart that every line has. */
export function writtenEvents(
  lines: readonly (Readonly<Record<string, unknown>> & { readonly event: string })[],
): Map<string, Set<string>> {
  const written = new Map<string, Set<string>>();
  for (const { event, ...fields } of lines) {
    const known = written.get(event) ?? new Set();
    written.set(event, known);
    for (const field of Object.keys(fields)) if (field !== 'v' && field !== 'at') known.add(field);
  }
  return written;
}
