// An error as people read it: what, where, what to do. The one look errors have everywhere; it does not know where they are printed.
import { FaultsError, type SshoalError, type Where } from '../base/errors.ts';
import { excerpt, formatPosition } from '../base/position.ts';
import { neutralise } from '../base/terminal.ts';
import type { Style } from './style.ts';

const LABEL_WIDTH = 7;

/**
 * Renders an error, and all faults of a {@link FaultsError} with an empty line between them.
 *
 * @returns Lines such as
 * ```text
 * error  There is no task keyword `whn`   [UNKNOWN_KEYWORD]
 * where  site.yml:3:7
 *        3 |       whn: true
 *          |       ^
 * fix    Did you mean `when`?
 * ```
 */
export function errorLines(error: SshoalError, style: Style): string[] {
  if (error instanceof FaultsError) {
    const blocks = error.faults.map((fault) => errorLines(fault, style));
    return blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]));
  }
  const lines = labelled(style.error('error'), 'error', `${neutralise(error.message)}   ${style.dim(`[${neutralise(error.code)}]`)}`);
  if (error.where !== undefined) lines.push(...labelled(style.dim('where'), 'where', whereText(error.where)));
  if (error.fix !== undefined) lines.push(...labelled(style.fix('fix'), 'fix', neutralise(error.fix)));
  return lines;
}

/** A place as one line: `10.0.3.7:22`, `site.yml:3:7`. */
export function placeOf(where: Where): string {
  return typeof where === 'string' ? where : formatPosition(where);
}

function whereText(where: Where): string {
  const pointer = typeof where === 'string' ? '' : excerpt(where);
  return neutralise(pointer === '' ? placeOf(where) : `${placeOf(where)}\n${pointer}`);
}

function labelled(painted: string, label: string, text: string): string[] {
  const [first = '', ...rest] = text.split('\n');
  return [`${painted}${' '.repeat(LABEL_WIDTH - label.length)}${first}`, ...rest.map((line) => ' '.repeat(LABEL_WIDTH) + line)];
}
