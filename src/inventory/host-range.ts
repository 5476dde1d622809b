// Host names with ranges: web[01:10], db[a:c], n[0:8:2]. It knows no inventory.

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A range that makes no sense; the caller says where it stands. */
export class RangeFault extends Error {}

/**
 * Expands every `[begin:end]` or `[begin:end:step]` of a name, both ends included, the leftmost slowest, as ansible 2.14.
 *
 * @throws {@link RangeFault} on a missing end, a begin behind its end, and numbers of different width where one is padded.
 */
export function expandHostRange(name: string): string[] {
  const match = /^([^[]*)\[([^\]]*:[^\]]*)\](.*)$/s.exec(name);
  if (match === null) return [name];
  const [, head = '', range = '', tail = ''] = match;
  return sequence(range).flatMap((item) => expandHostRange(head + item + tail));
}

function sequence(range: string): string[] {
  const bounds = range.split(':');
  const [begin = '', end = '', stepText = '1'] = bounds;
  if (bounds.length > 3) throw new RangeFault('A host range is begin:end or begin:end:step');
  if (end === '') throw new RangeFault('A host range must have an end');
  const step = Number(stepText);
  if (!Number.isInteger(step) || step < 1) throw new RangeFault(`The step of a host range must be a number from 1 up, not \`${stepText}\``);
  if (/^[a-zA-Z]$/.test(begin) && /^[a-zA-Z]$/.test(end)) return letters(begin, end, step);
  const [from, to] = [begin === '' ? '0' : begin, end];
  if (!/^\d+$/.test(from) || !/^\d+$/.test(to))
    throw new RangeFault(`A host range goes from a number to a number, or from a letter to a letter, not from \`${begin}\` to \`${end}\``);
  const width = from.length > 1 && from.startsWith('0') ? from.length : 0;
  if (width > 0 && from.length !== to.length) throw new RangeFault('host range must specify equal-length begin and end formats');
  if (Number(from) > Number(to)) throw new RangeFault('host range must have begin <= end');
  const count = Math.floor((Number(to) - Number(from)) / step) + 1;
  if (count > 1_000_000) throw new RangeFault(`A range of ${count} hosts is surely a slip`);
  return Array.from({ length: count }, (_, i) => String(Number(from) + i * step).padStart(width, '0'));
}

function letters(begin: string, end: string, step: number): string[] {
  const [from, to] = [LETTERS.indexOf(begin), LETTERS.indexOf(end)];
  if (from > to) throw new RangeFault('host range must have begin <= end');
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => LETTERS[from + i * step] ?? '');
}

/** A host as an inventory writes it: a name, perhaps with ranges, perhaps with a port. */
export interface HostAddress {
  readonly names: readonly string[];
  readonly port: number | undefined;
}

/** Splits `web[01:10]:2222` and `[2001:db8::1]:22` as Ansible does. @throws {@link RangeFault}. */
export function parseHostAddress(text: string): HostAddress {
  const v6 = /^\[([\da-fA-F:.]*:[\da-fA-F:.]*:[\da-fA-F:.]*)\](?::(\d+))?$/.exec(text);
  if (v6 !== null) return { names: [v6[1] ?? ''], port: v6[2] === undefined ? undefined : Number(v6[2]) };
  const outside = text.replace(/\[[^\]]*\]/g, '');
  if (/[[\]]/.test(outside)) throw new RangeFault('A bracket of this host is never closed, or never opened');
  const withPort = /^(.*):(\d+)$/s.exec(text);
  if (withPort !== null && outside.split(':').length === 2) return { names: expandHostRange(withPort[1] ?? ''), port: Number(withPort[2]) };
  return { names: expandHostRange(text), port: undefined };
}
