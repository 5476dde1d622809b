// The ini dialect of Python's configparser, that of ansible.cfg and of many programs. It does not know what the keys mean.
import { Faults, type SshoalError } from './errors.ts';
import { type Position, positionOf } from './position.ts';

/** A value as it was written, its lines joined, and where its key stands. */
export interface IniEntry {
  readonly section: string;
  /** In lower case, unless the dialect keeps the case. */
  readonly key: string;
  /** Null for a key that stands alone. */
  readonly value: string | null;
  readonly where: Position;
}

/** What differs between programs. */
export interface IniDialect {
  /** Whether `;` after a blank begins a comment. Default false. */
  readonly inlineComments?: boolean;
  /** Whether a key may stand alone. Default false. */
  readonly loneKeys?: boolean;
  /** Whether `Key` and `key` are two keys. Default false. */
  readonly caseSensitive?: boolean;
  /** The error of a fault. */
  readonly fault: (message: string, where: Position, fix: string) => SshoalError;
}

interface OpenEntry extends Omit<IniEntry, 'value'> {
  /** Undefined for a key that stands alone. */
  readonly lines: string[] | undefined;
}

/** What Python's `str.strip` and `isspace` call blank, and JavaScript's `\s` does not, or the other way round. */
const BLANK = String.raw`[\s\x1c-\x1f\x85]`;
const EDGES = new RegExp(`^${BLANK}+|${BLANK}+$`, 'g');
/** Its values hold in every section that has none of its own. */
const DEFAULT_SECTION = 'DEFAULT';

/**
 * Reads a text as `configparser.ConfigParser` of CPython 3.11 does, without interpolation: keys with `=` or `:`, comments with `#`
 * and `;`, values that go on in deeper lines, `[DEFAULT]`.
 *
 * @returns The entries in the order of the text; those of `[DEFAULT]` as entries of that section.
 * @throws What `dialect.fault` makes, all of them at once.
 */
export function parseIni(text: string, file: string, dialect: IniDialect): IniEntry[] {
  const parser = new IniParser(text, file, dialect);
  for (const [index, line] of text.split('\n').entries()) parser.line(line, index + 1);
  return parser.finish();
}

/** The value of a key in a section, or in `[DEFAULT]`. */
export function iniEntry(entries: readonly IniEntry[], section: string, key: string): IniEntry | undefined {
  const named = (name: string): IniEntry | undefined => entries.find((entry) => entry.section === name && entry.key === key);
  // configparser has no default values for a section that is not there; that one is never asked for what it lacks.
  return named(section) ?? (entries.some((entry) => entry.section === section) ? named(DEFAULT_SECTION) : undefined);
}

class IniParser {
  readonly #text: string;
  readonly #file: string;
  readonly #dialect: IniDialect;
  readonly #faults = new Faults();
  readonly #entries: OpenEntry[] = [];
  readonly #sections = new Set<string>();
  #section: string | undefined;
  #open: OpenEntry | undefined;
  #indent = 0;
  #missing = false;

  constructor(text: string, file: string, dialect: IniDialect) {
    this.#text = text;
    this.#file = file;
    this.#dialect = dialect;
  }

  line(raw: string, number: number): void {
    const comment = commentStart(raw, this.#dialect.inlineComments ?? false);
    const content = strip(raw.slice(0, comment));
    if (content === '') {
      // An empty line belongs to a value that may go on; a comment does not.
      if (comment === undefined) this.#open?.lines?.push('');
      return;
    }
    const indent = raw.search(new RegExp(BLANK.replace('[', '[^')));
    if (this.#open !== undefined && indent > this.#indent) {
      // Where a key stands alone, Python has no list to add the line to, and fails.
      if (this.#open.lines === undefined)
        this.#fault('A line goes on that has no value', positionOf(this.#file, this.#text, number, indent + 1), 'Write key = value');
      this.#open.lines?.push(content);
      return;
    }
    this.#indent = indent;
    const where = positionOf(this.#file, this.#text, number, indent + 1);
    const section = /^\[(.+)\]/.exec(content)?.[1];
    if (section !== undefined) this.#begin(section, where);
    else this.#entry(content, where);
  }

  finish(): IniEntry[] {
    this.#faults.throwIfAny();
    return this.#entries.map(({ lines, ...entry }) => ({
      ...entry,
      value: lines?.join('\n').replace(new RegExp(`${BLANK}+$`), '') ?? null,
    }));
  }

  #begin(section: string, where: Position): void {
    if (this.#sections.has(section) && section !== DEFAULT_SECTION)
      this.#fault(`The section [${section}] stands twice`, where, 'Put both together');
    this.#sections.add(section);
    this.#section = section;
    this.#open = undefined;
  }

  #entry(content: string, where: Position): void {
    const pair = /^(.*?)\s*[=:]\s*(.*)$/s.exec(content);
    const lone = pair === null && this.#dialect.loneKeys === true;
    const [, name = '', value] = lone ? [content, content] : (pair ?? []);
    if (this.#section === undefined) {
      // Every line before the first section is wrong for the same reason.
      if (!this.#missing) this.#fault('There is no section yet', where, 'Begin with [section]');
      this.#missing = true;
      return;
    }
    if ((value === undefined && !lone) || name === '') {
      this.#fault('This is neither a section nor a setting', where, 'Write key = value');
      return;
    }
    const key = this.#dialect.caseSensitive === true ? strip(name) : strip(name).toLowerCase();
    const section = this.#section;
    if (this.#entries.some((entry) => entry.section === section && entry.key === key))
      this.#fault(`\`${key}\` stands twice in [${section}]`, where, 'Remove one of the two');
    this.#open = { section, key, where, lines: value === undefined ? undefined : [strip(value)] };
    this.#entries.push(this.#open);
  }

  #fault(message: string, where: Position, fix: string): void {
    this.#faults.add(this.#dialect.fault(message, where, fix));
  }
}

/** Where a comment begins: `#` only as the first sign of a line, `;` after a blank too where the dialect says so. */
function commentStart(line: string, inline: boolean): number | undefined {
  if (/^[#;]/.test(strip(line))) return 0;
  if (!inline) return undefined;
  const start = line.search(new RegExp(`(?:^|(?<=${BLANK}));`));
  return start === -1 ? undefined : start;
}

function strip(text: string): string {
  return text.replace(EDGES, '');
}
