// What lint found, for people: what is alike stands together, so that a large repository gives a list that can be read. It reads no playbook.

import type { SshoalError } from '../base/errors.ts';
import { neutralise } from '../base/terminal.ts';
import type { Gap, LintReport } from '../playbook/lint.ts';
import { errorLines, placeOf } from '../report/error-text.ts';
import type { Style } from '../report/style.ts';

const MOST_PLACES = 5;
const MOST_NAMES = 5;
/** So many gaps with one remedy become a table. */
const MANY = 4;

/**
 * @returns Faults, each kind once with its first place shown; gaps by their remedy; and a line of counts, such as
 * `412/430 tasks supported in 3 playbooks; unsupported: community.x.y (3), win_copy (1); 2 faults`.
 */
export function lintText(report: LintReport, style: Style): string {
  const faults = together(report.faults, ({ code, message, fix }) => `${code}\n${message}\n${fix ?? ''}`);
  const gaps = together(report.gaps, (gap) => fixesOf(gap).join('\n'));
  const blocks = [
    ...faults.map((alike) => faultLines(alike, style)),
    ...gaps.flatMap((alike) => (alike.length < MANY ? alike.map((gap) => gapLines(gap, style)) : [gapTable(alike, style)])),
  ];
  return `${[...blocks.flatMap((block) => [...block, '']), neutralise(summaryOf(report))].join('\n')}\n`;
}

/** Groups in the order of their first members. */
function together<T>(list: readonly T[], keyOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function faultLines([first, ...rest]: readonly SshoalError[], style: Style): string[] {
  if (first === undefined) return [];
  const also = placesOf(rest).map((place, index) => (index === 0 ? `${style.dim('also')}   ${place}` : `       ${place}`));
  return [...errorLines(first, style), ...also];
}

function gapLines(gap: Gap, style: Style): string[] {
  const [first = '', ...rest] = placesOf(gap.uses);
  return [
    `${style.bold('unsupported')}  ${neutralise(gap.name)} (${gap.uses.length})`,
    `${style.dim('where')}        ${first}`,
    ...rest.map((place) => `             ${place}`),
    ...fixLines(gap, style),
  ];
}

function gapTable(gaps: readonly Gap[], style: Style): string[] {
  const uses = gaps.reduce((sum, gap) => sum + gap.uses.length, 0);
  const digits = String(Math.max(...gaps.map((gap) => gap.uses.length))).length;
  const width = Math.max(...gaps.map(({ name }) => neutralise(name).length));
  const [first] = gaps;
  return [
    `${style.bold('unsupported')}  ${gaps.length} names in ${uses} places, each with its first`,
    ...gaps.map(
      (gap) =>
        `             ${String(gap.uses.length).padStart(digits)}  ${neutralise(gap.name).padEnd(width)}  ${style.dim(placesOf(gap.uses)[0] ?? '')}`,
    ),
    ...(first === undefined ? [] : fixLines(first, style)),
  ];
}

function fixesOf({ uses }: Gap): string[] {
  return [...new Set(uses.flatMap(({ fix }) => fix ?? []))];
}

function fixLines(gap: Gap, style: Style): string[] {
  return fixesOf(gap).map((fix) => `${style.fix('fix')}          ${neutralise(fix)}`);
}

function placesOf(errors: readonly SshoalError[]): string[] {
  const places = errors.slice(0, MOST_PLACES).map(({ where }) => neutralise(where === undefined ? '' : placeOf(where)));
  return errors.length > places.length ? [...places, `and ${errors.length - places.length} more`] : places;
}

function summaryOf({ playbooks, tasks, supported, gaps, faults }: LintReport): string {
  const files = playbooks.length === 1 ? '1 playbook' : `${playbooks.length} playbooks`;
  const parts = [`${supported}/${tasks} tasks supported in ${files}`];
  const names = gaps.slice(0, MOST_NAMES).map(({ name, uses }) => `${name} (${uses.length})`);
  const more = gaps.length > names.length ? ` and ${gaps.length - names.length} more` : '';
  if (gaps.length > 0) parts.push(`unsupported: ${names.join(', ')}${more}`);
  parts.push(faults.length === 0 ? 'no faults' : faults.length === 1 ? '1 fault' : `${faults.length} faults`);
  return parts.join('; ');
}
