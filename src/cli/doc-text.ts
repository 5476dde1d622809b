// Descriptions of modules as text and as JSON, for `sshoal doc`. It reads no file and runs no module.
import { formatPosition } from '../base/position.ts';
import { didYouMean } from '../base/suggest.ts';
import { neutralise } from '../base/terminal.ts';
import { type Describable, describeModule, type ModuleDescription, type ParamDescription } from '../modules/docs/description.ts';
import { type Found, firstFault, type ModuleSpace } from '../modules/library/module-space.ts';
import { styleOf } from '../report/style.ts';
import { type Context, withColour } from './context.ts';
import { UsageError } from './errors.ts';
import type { Flags } from './flags.ts';

/** One name and what stands behind it. */
export type DocEntry =
  | {
      readonly kind: 'described';
      readonly name: string;
      readonly description: ModuleDescription;
      /** Undefined for what is built in. */
      readonly file: string | undefined;
      /** What else has this name, and is not reached by it. */
      readonly hides: readonly string[];
    }
  | Extract<Found, { kind: 'refused' }>;

/** Modules and actions in the order of their names. */
export function entriesOf(space: ModuleSpace, actions: Iterable<Describable>): DocEntry[] {
  const modules = space.found.map((found): DocEntry => {
    if (found.kind === 'refused') return found;
    const { name } = found.module;
    const { files, isBuiltIn } = space.hiddenBehind(name);
    return described(found.module, found.file, [...files, ...(isBuiltIn ? [`ansible.builtin.${name}`] : [])]);
  });
  // An action is never hidden: a module of its name is not reached, as in Ansible.
  const own = [...actions].map((action) =>
    described(
      action,
      undefined,
      modules.flatMap((one) => (one.name === action.name ? [fileOf(one)] : [])),
    ),
  );
  const names = new Set(own.map(({ name }) => name));
  return [...modules.filter(({ name }) => !names.has(name)), ...own].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function described(module: Describable, file: string | undefined, hides: readonly string[]): DocEntry {
  return { kind: 'described', name: module.name, description: describeModule(module), file, hides };
}

function fileOf(entry: DocEntry): string {
  return entry.file ?? entry.name;
}

/** @throws UsageError `BAD_ARGUMENT` on a name that nothing has; what is wrong with a file that was asked for by its name. */
export function chosen(words: readonly string[], entries: readonly DocEntry[]): DocEntry[] {
  return words.map((word) => {
    const name = word.replace(/^ansible\.(?:builtin|legacy)\./, '');
    const entry = entries.find((one) => one.name === name);
    if (entry?.kind === 'refused') throw entry.error;
    if (entry !== undefined) return entry;
    const names = entries.map((one) => one.name);
    throw new UsageError('BAD_ARGUMENT', `There is no module \`${word}\``, {
      where: word,
      fix: didYouMean(name, names, 'List them: sshoal doc'),
    });
  });
}

/** @param how - A line each, or all there is to say. */
export function entriesText(entries: readonly DocEntry[], how: 'list' | 'whole', flags: Flags, context: Context): string {
  if (flags.output === 'json') return `${JSON.stringify(entries.map(entryData), null, 2)}\n`;
  if (flags.output === 'jsonl') return entries.map((entry) => `${JSON.stringify(entryData(entry))}\n`).join('');
  const { bold, dim, error } = styleOf(withColour(context, flags.color).stdout.colour);
  if (how === 'whole') return entries.map((entry) => (entry.kind === 'described' ? wholeText(entry, bold, dim) : '')).join('\n');
  const width = Math.max(...entries.map(({ name }) => name.length)) + 2;
  const lines = entries.map((entry) => {
    const name = entry.name.padEnd(width);
    if (entry.kind === 'refused')
      return `${name}${error(clean(`cannot be used: ${firstFault(entry.error).message}`))}  ${dim(clean(entry.file))}`;
    return `${bold(name)}${clean(entry.description.summary)}${entry.file === undefined ? '' : `  ${dim(clean(entry.file))}`}`;
  });
  return `${lines.join('\n')}\n`;
}

function entryData(entry: DocEntry): unknown {
  if (entry.kind === 'described') {
    const { description, file, hides } = entry;
    return { ...description, file: file ?? null, hides };
  }
  const { code, message, where, fix } = firstFault(entry.error);
  const place = where === undefined || typeof where === 'string' ? where : formatPosition(where);
  return { name: entry.name, file: entry.file, error: { code, message, where: place, fix } };
}

type Paint = (text: string) => string;

function wholeText(entry: Extract<DocEntry, { kind: 'described' }>, bold: Paint, dim: Paint): string {
  const { name, summary, notes, params, refused, freeForm, checkMode, diff, returns, examples } = entry.description;
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', bold(title), ...lines.map((line) => `  ${line}`.trimEnd())];
  const returned = Object.entries(returns).map(([key, { type = 'str', description }]) => [key, type, description] as const);
  const parts = [
    `${bold(name)}  ${dim(clean(entry.file ?? 'built in'))}`,
    `  ${clean(summary)}.`,
    ...notes.flatMap((note) => ['', `  ${clean(note)}`]),
    ...section('hides', entry.hides.map(clean)),
    ...section('parameters', params === undefined ? ['any names and values'] : columns(params.map((param) => paramRow(param, freeForm)))),
    ...section('refused', columns(Object.entries(refused).map(([key, instead]) => [key, clean(instead)]))),
    ...section('registers', columns(returned.map((row) => row.map(clean)))),
    ...section('check mode', [
      checkMode === 'inspects' ? 'says what it would change, and changes nothing' : 'does nothing, and is skipped',
    ]),
    ...section('differences', [diff ? 'are shown with --diff' : 'are not shown']),
    ...section('examples', examples.split('\n').map(clean)),
  ];
  return `${parts.join('\n')}\n`;
}

function paramRow(
  { name, type, description, required, default: otherwise, choices, aliases, elements }: ParamDescription,
  freeForm: string | undefined,
): string[] {
  const notes = [
    ...(required ? ['required'] : []),
    ...(otherwise === undefined || otherwise === null ? [] : [`default ${JSON.stringify(otherwise)}`]),
    ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
    ...(aliases === undefined ? [] : [`also ${aliases.join(', ')}`]),
    ...(name === freeForm ? ['free-form'] : []),
  ];
  const about = notes.length === 0 ? description : `${description} (${notes.join('; ')})`.trim();
  return [name, elements === undefined ? type : `${type} of ${elements}`, about].map(clean);
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0))) ?? [];
  return rows.map((row) => row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join('  '));
}

/** Files of others are shown: nothing of them may move the cursor. */
function clean(text: string): string {
  return neutralise(text);
}
