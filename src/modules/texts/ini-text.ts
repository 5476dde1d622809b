// Sections and options in the lines of an INI file, decided on the controller. It knows no host.

/** What to look for and what to put there. */
export interface IniEdit {
  readonly section: string | undefined;
  readonly option: string | undefined;
  readonly values: readonly string[];
  readonly isPresent: boolean;
  readonly exclusive: boolean;
  /** `a=b` rather than `a = b`. */
  readonly noExtraSpaces: boolean;
  /** Lines that differ in blanks around the sign are the same. */
  readonly ignoreSpaces: boolean;
  readonly allowNoValue: boolean;
  /** A commented option is taken for the option itself, and gets active. */
  readonly modifyInactive: boolean;
}

export interface EditedIni {
  readonly text: string;
  readonly changed: boolean;
  readonly msg: string;
}

/**
 * The text with the option, the section, or without them. As community.general 8: comments and order stay, a new option goes after
 * the last option of its section, options without a section stand before the first one.
 */
export function editIni(text: string, edit: IniEdit): EditedIni {
  // An empty file has one empty line in front, as there.
  const lines = text === '' ? ['\n'] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
  const isEnded = lines.at(-1)?.endsWith('\n') === true;
  if (!isEnded) lines.push(`${lines.pop() ?? ''}\n`);
  const [start, end] = sectionRange(lines, edit.section);
  if (start === undefined) return withoutSection(lines, edit, !isEnded);
  const section = new Section(lines.slice(start, end), edit);
  section.apply();
  const changed = section.msg !== 'OK' || !isEnded;
  return { text: [...lines.slice(0, start), ...section.lines, ...lines.slice(end)].join(''), changed, msg: section.msg };
}

/** From the header of the section to the next one; without a section, everything before the first. */
function sectionRange(lines: readonly string[], name: string | undefined): readonly [start: number | undefined, end: number] {
  const next = (from: number): number => {
    const found = lines.findIndex((line, index) => index >= from && line.startsWith('['));
    return found < 0 ? lines.length : found;
  };
  if (name === undefined) return [0, next(0)];
  const header = new RegExp(`^\\[\\s*${escaped(name.trim())}\\s*\\]`);
  let start = lines.findIndex((line) => header.test(line));
  if (start < 0) return [undefined, 0];
  // Of sections of one name that follow one another the last one counts, as there.
  while (header.test(lines[next(start + 1)] ?? '')) start = next(start + 1);
  return [start, next(start + 1)];
}

function withoutSection(lines: readonly string[], edit: IniEdit, isCompleted: boolean): EditedIni {
  if (!edit.isPresent) return { text: lines.join(''), changed: isCompleted, msg: 'OK' };
  const added = newLines(edit);
  const text = [...lines, `[${edit.section ?? ''}]\n`, ...added].join('');
  return { text, changed: true, msg: added.length > 0 ? 'section and option added' : 'only section added' };
}

/** The lines that say the option, where none does. */
function newLines(edit: IniEdit): string[] {
  if (edit.option === undefined) return [];
  if (edit.values.length > 0) return edit.values.map((value) => assignment(edit, value));
  return edit.allowNoValue ? [`${edit.option}\n`] : [];
}

function assignment({ option = '', noExtraSpaces }: IniEdit, value: string): string {
  return noExtraSpaces ? `${option}=${value}\n` : `${option} = ${value}\n`;
}

/** One section, while it is edited. */
class Section {
  readonly #edit: IniEdit;
  readonly #pattern: RegExp;
  readonly #settled = new Set<number>();
  lines: string[];
  msg = 'OK';

  constructor(lines: readonly string[], edit: IniEdit) {
    this.lines = [...lines];
    this.#edit = edit;
    this.#pattern = new RegExp(`^[ \\t]*([#;]?)[ \\t]*${escaped(edit.option ?? '')}[ \\t]*(?:=[ \\t]*(.*)|)$`);
  }

  apply(): void {
    const { option, isPresent } = this.#edit;
    if (option !== undefined && isPresent) this.#putOption();
    else if (option !== undefined) this.#takeOptionOut();
    else if (!isPresent && this.lines.length > 0) {
      this.lines = [];
      this.msg = 'section removed';
    }
  }

  /** What a line says of the option: its value, or nothing. Comments count where they may be brought to life. */
  #valueIn(line: string, withComments = this.#edit.modifyInactive): string | undefined {
    const match = this.#pattern.exec(line.replace(/\n$/, ''));
    return match === null || (match[1] !== '' && !withComments) ? undefined : (match[2] ?? '');
  }

  #putOption(): void {
    const { exclusive, allowNoValue } = this.#edit;
    const missing = [...this.#edit.values];
    const hasBareLine = this.#settleEqualLines(missing);
    if (exclusive && !allowNoValue) {
      this.#overwriteOthers(missing);
      this.#dropOthers();
    }
    this.#insert(missing.length > 0 || hasBareLine ? missing.map((value) => assignment(this.#edit, value)) : this.#bareLine());
  }

  /** Lines that already have one of the values are written as they should be, and their value is no longer missing. */
  #settleEqualLines(missing: string[]): boolean {
    const { option = '', allowNoValue } = this.#edit;
    let hasBareLine = false;
    for (const [index, line] of this.lines.entries()) {
      const value = this.#valueIn(line);
      if (value === undefined) continue;
      if (missing.includes(value)) {
        const isBare = value === '' && allowNoValue;
        hasBareLine ||= isBare;
        this.#setLine(index, isBare ? `${option}\n` : assignment(this.#edit, value));
        missing.splice(missing.indexOf(value), 1);
      } else if (missing.length === 0 && allowNoValue) {
        this.#setLine(index, `${option}\n`);
        return true;
      }
    }
    return hasBareLine;
  }

  #overwriteOthers(missing: string[]): void {
    for (const [index, line] of this.lines.entries()) {
      if (missing.length === 0) return;
      if (!this.#settled.has(index) && this.#valueIn(line) !== undefined)
        this.#setLine(index, assignment(this.#edit, missing.shift() ?? ''));
    }
  }

  #dropOthers(): void {
    const kept = this.lines.filter((line, index) => this.#settled.has(index) || this.#valueIn(line, false) === undefined);
    if (kept.length < this.lines.length) this.msg = 'option changed';
    this.lines = kept;
  }

  #bareLine(): string[] {
    return this.#edit.allowNoValue && this.#edit.values.length === 0 ? [`${this.#edit.option ?? ''}\n`] : [];
  }

  #insert(added: readonly string[]): void {
    if (added.length === 0) return;
    // Blank lines and comments at the end belong to what comes after.
    const last = this.lines.findLastIndex((line) => !/^[ \t]*(?:[#;].*)?$/.test(line.replace(/\n$/, '')));
    this.lines.splice(last + 1, 0, ...added);
    this.msg = 'option added';
  }

  #takeOptionOut(): void {
    const { exclusive, values } = this.#edit;
    const kept = this.lines.filter((line) => {
      const value = this.#valueIn(line, false);
      return value === undefined || (!exclusive && !values.includes(value));
    });
    if (kept.length < this.lines.length) this.msg = 'option changed';
    this.lines = kept;
  }

  #setLine(index: number, line: string): void {
    const old = this.lines[index] ?? '';
    const isComment = /^[ \t]*[#;]/.test(old);
    const isSame = old === line || (this.#edit.ignoreSpaces && !isComment && this.#valueIn(old) === this.#valueIn(line));
    this.#settled.add(index);
    if (isSame) return;
    this.lines[index] = line;
    this.msg = 'option changed';
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
