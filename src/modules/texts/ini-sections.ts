// An INI file as Python's RawConfigParser reads and writes it: sections of options, several lines to a value. It knows no host.
import { linesOf } from '../script/text.ts';

/** Options by name, in lower case; a value of several lines holds newlines. */
export type IniOptions = ReadonlyMap<string, string>;

/** The options of one section, or undefined when it is not there. */
export function readSection(text: string, name: string): IniOptions | undefined {
  const range = rangeOf(linesOf(text), name);
  if (range === undefined) return undefined;
  const options = new Map<string, string>();
  let last: string | undefined;
  for (const line of linesOf(text).slice(range[0] + 1, range[1])) {
    const [, option, value = ''] = /^([^\s#;:=][^:=]*?)\s*[:=]\s*(.*?)\s*$/.exec(line) ?? [];
    if (option !== undefined) {
      last = option.toLowerCase();
      options.set(last, value);
    } else if (/^\s+[^\s#;]/.test(line) && last !== undefined) {
      options.set(last, `${options.get(last) ?? ''}\n${line.trim()}`);
    }
  }
  return options;
}

/** The text with this section in place of the old one, or at the end; without it when there are no options. Others stay as they are. */
export function writeSection(text: string, name: string, options: IniOptions | undefined): string {
  const lines = linesOf(text);
  const range = rangeOf(lines, name);
  const [start, end] = range ?? [lines.length, lines.length];
  const section =
    options === undefined
      ? []
      : [`[${name}]`, ...[...options].map(([option, value]) => `${option} = ${value.replaceAll('\n', '\n\t')}`), ''];
  const before = lines.slice(0, start);
  // A new section is set apart from the one before it.
  if (range === undefined && section.length > 0 && (before.at(-1) ?? '') !== '') before.push('');
  return [...before, ...section, ...lines.slice(end)].map((line) => `${line}\n`).join('');
}

/** Whether any section is left. */
export function hasSections(text: string): boolean {
  return linesOf(text).some((line) => line.startsWith('['));
}

function rangeOf(lines: readonly string[], name: string): readonly [start: number, end: number] | undefined {
  const start = lines.findIndex((line) => line.startsWith(`[${name}]`));
  if (start < 0) return undefined;
  const next = lines.findIndex((line, index) => index > start && line.startsWith('['));
  return [start, next < 0 ? lines.length : next];
}
