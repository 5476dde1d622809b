// The table of file systems as text: one line set or taken out. It knows no host.
import { linesOf } from '../script/text.ts';

export interface FstabEntry {
  readonly src: string;
  /** Where it is mounted. */
  readonly name: string;
  readonly fstype: string;
  readonly opts: string;
  readonly dump: string;
  readonly passno: string;
}

/** The table with this entry in place of the one of its mount point, or at the end. As ansible.posix 1.5. */
export function setEntry(text: string, entry: FstabEntry): string {
  const wanted = `${[entry.src, entry.name, entry.fstype, entry.opts].map(escaped).join(' ')} ${entry.dump} ${entry.passno}`;
  let isThere = false;
  const lines = linesOf(text).map((line) => {
    const fields = fieldsOf(line);
    if (fields === undefined || !isOf(fields, entry.name, entry.src)) return line;
    isThere = true;
    const [src, name, fstype, opts, dump = '0', passno = '0'] = fields;
    // A line that says the same in other blanks is the same.
    return [src, name, fstype, opts, dump, passno].join(' ') === wanted ? line : wanted;
  });
  return ended(isThere ? lines : [...lines, wanted], text);
}

/** The table without the entry of a mount point; of swap, which has none, without that of a device. */
export function withoutEntry(text: string, name: string, src: string | undefined): string {
  const kept = linesOf(text).filter((line) => {
    const fields = fieldsOf(line);
    return fields === undefined || !isOf(fields, name, src);
  });
  return ended(kept, text);
}

/** A field as it stands in the table, and in the kernel's list of mounts. */
function escaped(field: string): string {
  return field.replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('&', '\\046').replaceAll('\t', '\\011');
}

// Lines that are no entry stay as they are.
function fieldsOf(line: string): readonly string[] | undefined {
  if (line.trimStart().startsWith('#')) return undefined;
  const fields = line.trim().split(/\s+/);
  return fields.length >= 4 && fields.length <= 6 ? fields : undefined;
}

function isOf([fieldSrc, fieldName, fstype]: readonly string[], name: string, src: string | undefined): boolean {
  if (fieldName !== escaped(name)) return false;
  return src === undefined || fieldName !== 'none' || fstype !== 'swap' || fieldSrc === escaped(src);
}

/** Where no line differs the end of the last one is none of our business. */
function ended(lines: readonly string[], before: string): string {
  return lines.join('\n') === linesOf(before).join('\n') ? before : lines.map((line) => `${line}\n`).join('');
}
