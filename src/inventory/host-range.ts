// Host names with ranges: web[01:10], db[a:c], n[0:8:2]. It knows no inventory.
import { parseAddress } from './address.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** A slip of the pen must not fill the memory. */
const MOST_HOSTS = 1_000_000;

/** A range that makes no sense; the caller says where it stands. */
export class RangeFault extends Error {}

/**
 * Expands every `[begin:end]` or `[begin:end:step]` of a name, both ends included, the leftmost slowest, as ansible 2.14.
 *
 * @throws {@link RangeFault} on a missing end, a begin behind its end (of numbers, Ansible makes no host of it), numbers of
 * different width where one is padded, and brackets that are no range.
 */
export function expandHostRange(name: string): string[] {
  if (!name.includes('[')) return [name];
  const match = /^([^[\]|]*)\[([^[\]|]*)\]([^|]*)$/s.exec(name);
  if (match === null) throw new RangeFault('A bracket of this host is never closed, or never opened');
  const [, head = '', range = '', tail = ''] = match;
  const begins = sequence(range);
  const ends = expandHostRange(tail);
  limit(begins.length * ends.length);
  return begins.flatMap((item) => ends.map((end) => head + item + end));
}

function sequence(range: string): string[] {
  const bounds = range.split(':');
  const [begin = '', end = '', stepText = '1'] = bounds;
  if (bounds.length < 2 || bounds.length > 3) throw new RangeFault('A host range is begin:end or begin:end:step');
  if (end === '') throw new RangeFault('A host range must have an end');
  const step = /^\d+$/.test(stepText) ? Number(stepText) : 0;
  if (step < 1) throw new RangeFault(`The step of a host range must be a number from 1 up, not \`${stepText}\``);
  if (/^[a-zA-Z]$/.test(begin) && /^[a-zA-Z]$/.test(end)) return letters(begin, end, step);
  const [from, to] = [begin === '' ? '0' : begin, end];
  if (!/^\d+$/.test(from) || !/^\d+$/.test(to))
    throw new RangeFault(`A host range goes from a number to a number, or from a letter to a letter, not from \`${begin}\` to \`${end}\``);
  const width = from.length > 1 && from.startsWith('0') ? from.length : 0;
  if (width > 0 && from.length !== to.length) throw new RangeFault('host range must specify equal-length begin and end formats');
  if (Number(from) > Number(to)) throw new RangeFault('host range must have begin <= end');
  const count = Math.floor((Number(to) - Number(from)) / step) + 1;
  limit(count);
  return Array.from({ length: count }, (_, i) => String(Number(from) + i * step).padStart(width, '0'));
}

function letters(begin: string, end: string, step: number): string[] {
  const [from, to] = [LETTERS.indexOf(begin), LETTERS.indexOf(end)];
  if (from > to) throw new RangeFault('host range must have begin <= end');
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => LETTERS[from + i * step] ?? '');
}

function limit(count: number): void {
  if (count > MOST_HOSTS) throw new RangeFault(`A range of ${count} hosts is surely a slip`);
}

/** A host as an inventory writes it: a name, perhaps with ranges, perhaps with a port. */
export interface HostAddress {
  readonly names: readonly string[];
  readonly port: number | undefined;
}

/**
 * Splits `web[01:10]:2222` and `[2001:db8::1]:22` as ansible 2.14: a number behind the last colon is a port only where the rest
 * is an address.
 *
 * @throws {@link RangeFault} also on an empty name.
 */
export function parseHostAddress(text: string): HostAddress {
  if (text === '') throw new RangeFault('A host needs a name');
  // Most hosts are plain names, and there may be many of them.
  if (!/[:[]/.test(text)) return { names: [text], port: undefined };
  const { host, port } = parseAddress(text) ?? { host: text, port: undefined };
  return { names: expandHostRange(host), port };
}
