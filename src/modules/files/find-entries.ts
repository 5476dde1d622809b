// What a host listed, and which of it is wanted: the choices of the module find. It opens no file.
import { posix } from 'node:path';
import { Float, type Value } from '../../base/value.ts';
import { isOn, textOf, textsOf } from '../parameters/params.ts';
import { matchesGlob } from '../regex/glob.ts';
import { pythonRegex } from '../regex/python-regex.ts';
import type { Params } from '../seam.ts';
import { statFlags, statKinds } from './stat-bits.ts';

/** One thing below a directory. */
export interface Entry {
  /** As Python's `normpath` writes it. */
  readonly path: string;
  readonly mode: number;
  readonly size: number;
  readonly times: { readonly atime: number; readonly mtime: number; readonly ctime: number };
  /** The further keys of the result. */
  readonly values: Readonly<Record<string, Value>>;
}

/** Reads lines `PATH//TOKEN MODE UID GID SIZE NLINK INODE DEV ATIME MTIME CTIME USER GROUP`; a path may hold newlines. */
export function readListing(text: string, token: string): Entry[] {
  return [...text.matchAll(new RegExp(`([\\s\\S]*?)//${token} ([^\\n]*)\\n`, 'g'))].map(([, path = '', fields = '']) => {
    const [mode = '', uid, gid, size, nlink, inode, dev, atime, mtime, ctime, user, group] = fields.split(' ');
    const bits = Number.parseInt(mode, 16);
    const times = { atime: Number(atime), mtime: Number(mtime), ctime: Number(ctime) };
    const named = (name: string | undefined): string => (name === undefined || name === 'UNKNOWN' ? '' : name);
    return {
      path: posix.normalize(path),
      mode: bits,
      size: Number(size),
      times,
      values: {
        mode: (bits & 0o7777).toString(8).padStart(4, '0'),
        ...statKinds(bits),
        ...statFlags(bits),
        ...{ uid: Number(uid), gid: Number(gid), size: Number(size), inode: Number(inode), dev: Number(dev), nlink: Number(nlink) },
        ...{ atime: new Float(times.atime), mtime: new Float(times.mtime), ctime: new Float(times.ctime) },
        ...{ gr_name: named(group), pw_name: named(user) },
      },
    };
  });
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const BYTES: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** Seconds, negative for "at most"; undefined when it cannot be read. */
export function readAge(text: string): number | undefined {
  return readAmount(text, SECONDS);
}

/** Bytes, negative for "at most"; undefined when it cannot be read. */
export function readSize(text: string): number | undefined {
  return readAmount(text, BYTES);
}

function readAmount(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, amount, unit = ''] = /^(-?\d+)([a-z]?)$/.exec(text.toLowerCase()) ?? [];
  const factor = unit === '' ? 1 : units[unit];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}

/** Those that the parameters ask for, except what would have to be opened. */
export function choose(entries: readonly Entry[], params: Params, nowSeconds: number): Entry[] {
  const matches = nameMatcher(params);
  const [age, size] = [readAge(textOf(params, 'age') ?? ''), readSize(textOf(params, 'size') ?? '')];
  const stamp = (textOf(params, 'age_stamp') ?? 'mtime') as 'atime' | 'mtime' | 'ctime';
  const wanted = textOf(params, 'file_type');
  return entries.filter(({ path, mode, size: bytes, times }) => {
    const name = posix.basename(path);
    const { isreg, isdir, islnk } = statKinds(mode);
    const isKind = wanted === 'any' || (wanted === 'file' && isreg) || (wanted === 'directory' && isdir) || (wanted === 'link' && islnk);
    if (!isKind || (name.startsWith('.') && !isOn(params, 'hidden')) || !matches(name)) return false;
    return isBeyond(nowSeconds - times[stamp], age) && (!isreg || isBeyond(bytes, size));
  });
}

// As Ansible: a negative bound is "at most" of its absolute value.
function isBeyond(value: number, bound: number | undefined): boolean {
  if (bound === undefined) return true;
  return bound >= 0 ? value >= bound : value <= -bound;
}

function nameMatcher(params: Params): (name: string) => boolean {
  const [patterns, excludes] = [textsOf(params, 'patterns') ?? [], textsOf(params, 'excludes') ?? []];
  const one = isOn(params, 'use_regex') ? beginsWith : (pattern: string) => (name: string) => matchesGlob(name, pattern);
  const [wanted, unwanted] = [patterns.map(one), excludes.map(one)];
  return (name) => (wanted.length === 0 || wanted.some((test) => test(name))) && !unwanted.some((test) => test(name));
}

function beginsWith(pattern: string): (text: string) => boolean {
  const { source, flags } = pythonRegex(pattern, { isText: true });
  return (text) => new RegExp(source, `${flags}y`).test(text);
}

/** Whether a line of the text begins with the pattern; with `isWhole`, whether the text holds it anywhere. */
export function holds(text: string, pattern: string, isWhole: boolean): boolean {
  // As Python reads text: bytes that are not UTF-8 make it no text at all, and every line end is a newline.
  if (/[\udc80-\udcff]/u.test(text)) return false;
  const unified = text.replace(/\r\n?/g, '\n');
  if (isWhole) return pythonRegex(pattern, { isText: true }).test(unified);
  const test = beginsWith(pattern);
  return (unified.match(/[^\n]*\n|[^\n]+$/g) ?? []).some(test);
}
