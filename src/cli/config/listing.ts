// The configuration as text and as JSON, for `sshoal config`. It reads nothing, and shows no password.
import type { Context } from '../context.ts';
import type { Flags } from '../flags.ts';
import type { Configuration, Origin, Resolved } from './configuration.ts';
import type { Place } from './find-config.ts';
import { SECRET_VARIABLES } from './settings.ts';

const MASK = '********';
/** In text: what nobody has set, and the program leaves to somebody else. */
const NOTHING = '-';

interface Row {
  readonly setting: string;
  readonly value: ReturnType<Resolved['setting']['kind']['show']> | null;
  readonly from: string;
}

/** Every setting; with `all` also what is set for Ansible and does nothing here. */
export function settingsText(
  { resolved, ineffective, refusals }: Configuration,
  { all, output }: Pick<Flags, 'all' | 'output'>,
  { env }: Pick<Context, 'env'>,
): string {
  const settings = [...[...resolved.values()].map(rowOf), ...secretRows(env)];
  const refused = refusals.map(({ error }) => ({ name: error.message, where: placeOf(error.where) }));
  const unused = all ? ineffective.map(({ name, origin, reason }) => ({ name, from: originText(origin), reason })) : [];
  if (output === 'json') return `${JSON.stringify({ settings, refused, ...(all ? { unused } : {}) }, null, 2)}\n`;
  if (output === 'jsonl') return settings.map((row) => `${JSON.stringify(row)}\n`).join('');
  const parts = [
    columns([['setting', 'value', 'from'], ...settings.map(({ setting, value, from }) => [setting, shown(value), from])]),
    ...(refused.length === 0 ? [] : [columns([['refused', 'from'], ...refused.map(({ name, where }) => [name, where])])]),
    ...(unused.length === 0
      ? []
      : [columns([['not used', 'why', 'from'], ...unused.map(({ name, reason, from }) => [name, reason, from])])]),
  ];
  return parts.join('\n');
}

/** Where the files were looked for, in the order in which the first one counts. */
export function placesText(places: readonly Place[], output: Flags['output']): string {
  if (output === 'json') return `${JSON.stringify(places, null, 2)}\n`;
  if (output === 'jsonl') return places.map((place) => `${JSON.stringify(place)}\n`).join('');
  return columns(places.map(({ file, state, from }) => [state, from === undefined ? file : `${file}  (${from})`]));
}

function rowOf({ setting, value, origins }: Resolved): Row {
  const from = origins.map(originText).join(', ');
  return { setting: setting.key, value: value === undefined ? null : setting.kind.show(value), from };
}

function secretRows(env: Context['env']): Row[] {
  return [...SECRET_VARIABLES].flatMap(([setting, variable]) =>
    env[variable] === undefined ? [] : [{ setting, value: MASK, from: variable }],
  );
}

function originText(origin: Origin): string {
  if (origin.kind === 'default') return 'default';
  return origin.kind === 'environment' ? origin.variable : `${origin.where.file}:${origin.where.line}`;
}

function placeOf(where: Configuration['refusals'][number]['error']['where']): string {
  return typeof where === 'object' ? originText({ kind: 'file', where }) : (where ?? '');
}

function shown(value: Row['value']): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object') return value === null || value.length === 0 ? NOTHING : value.join(', ');
  return String(value);
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join('');
}
