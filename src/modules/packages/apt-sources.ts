// The lines of apt's lists of repositories, as files hold them: one repository in a line, or a comment. It does not know where files are.

/** A line of a list. */
interface SourceLine {
  readonly isSource: boolean;
  readonly isEnabled: boolean;
  readonly source: string;
  readonly comment: string;
}

const TYPES = ['deb', 'deb-src'];

/** Files by their names, each with its text. */
export type SourceFiles = ReadonlyMap<string, string>;

/** A repository written as apt compares it: one blank between words; undefined when it is none, or only a comment. */
export function sourceOfText(text: string): string | undefined {
  const { isSource, isEnabled, source } = parseLine(text);
  return isSource && isEnabled ? source : undefined;
}

/** The name of a file that a repository goes into, without its directory: as ansible 2.14 chooses it. */
export function fileNameOf(source: string): string {
  const [where = ''] = source
    .replace(/\[[^\]]+\]/g, '')
    .replace(/\w+:\/\//g, '')
    .split(/\s+/)
    .filter((word) => word !== '' && !TYPES.includes(word));
  const bare = where.includes('@') ? where.slice(where.indexOf('@') + 1) : where;
  return `${bare
    .replace(/[^a-zA-Z0-9]/g, ' ')
    .trim()
    .split(/\s+/)
    .join('_')}.list`;
}

/** The files that differ once a repository is there: enabled where a file holds it, or added to `newFile`. */
export function addSource(files: SourceFiles, source: string, newFile: string): SourceFiles {
  const changed = new Map<string, string>();
  let isFound = false;
  for (const [name, text] of files) {
    const lines = linesOf(text);
    if (!lines.some((line) => line.isSource && line.source === source)) continue;
    isFound = true;
    if (lines.some((line) => line.isSource && line.source === source && !line.isEnabled)) {
      changed.set(name, textOf(lines.map((line) => (line.isSource && line.source === source ? { ...line, isEnabled: true } : line))));
    }
  }
  if (isFound) return changed;
  const before = files.get(newFile);
  const line = { isSource: true, isEnabled: true, source, comment: '' };
  return changed.set(newFile, textOf([...(before === undefined ? [] : linesOf(before)), line]));
}

/** The files that differ once a repository is gone; one that holds nothing any more has an empty text. */
export function removeSource(files: SourceFiles, source: string): SourceFiles {
  const changed = new Map<string, string>();
  for (const [name, text] of files) {
    const lines = linesOf(text);
    const kept = lines.filter((line) => !(line.isSource && line.isEnabled && line.source === source));
    if (kept.length < lines.length) changed.set(name, textOf(kept));
  }
  return changed;
}

function linesOf(text: string): SourceLine[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map(parseLine);
}

function parseLine(written: string): SourceLine {
  const trimmed = written.trim();
  const isEnabled = !trimmed.startsWith('#');
  const line = isEnabled ? trimmed : trimmed.slice(1);
  const at = line.indexOf('#');
  const [source, comment] = at > 0 ? [line.slice(0, at).trim(), line.slice(at + 1).trim()] : [line.trim(), ''];
  const words = source.split(/\s+/);
  const isSource = TYPES.includes(words[0] ?? '');
  return { isSource, isEnabled, source: isSource ? words.join(' ') : source, comment };
}

function textOf(lines: readonly SourceLine[]): string {
  return lines
    .map(({ isEnabled, source, comment }) => `${isEnabled ? '' : '# '}${source}${comment === '' ? '' : ` # ${comment}`}\n`)
    .join('');
}
