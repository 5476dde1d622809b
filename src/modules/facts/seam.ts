// What gathers one subject's facts: what to look at on the host, and how to read it. It knows no subject.
import type { Value } from '../../base/value.ts';

/** What the probe found; every question has an answer, an empty one where the host has nothing. */
export interface Found {
  /** What the kernel calls itself: Linux, FreeBSD, Darwin. */
  readonly system: string;
  /** What a `report` or `stream` of a script said; '' when it said nothing. */
  readonly record: (name: string) => string;
  /** All records whose names begin so, by the rest of the name. */
  readonly records: (prefix: string) => ReadonlyMap<string, string>;
  /** A file without the white space around it; undefined when it is missing, unreadable or empty. */
  readonly file: (path: string) => string | undefined;
  /** Every file that was read, with a path that matches: the groups of the match, and the text. */
  readonly files: (pattern: RegExp) => readonly { readonly match: RegExpExecArray; readonly text: string }[];
  readonly exists: (path: string) => boolean;
  /** Where a symbolic link points, as it is written. */
  readonly link: (path: string) => string | undefined;
  /** Every link with a path that matches. */
  readonly links: (pattern: RegExp) => readonly { readonly match: RegExpExecArray; readonly target: string }[];
  readonly hasProgram: (name: string) => boolean;
  /** Lines that a slow part said under a word. */
  readonly slow: (word: string) => readonly string[];
  /** Whether the slow parts were cut off at their deadline. */
  readonly isLate: boolean;
}

/** Facts without their prefix; undefined ones are left out. */
export type Facts = Readonly<Record<string, Value | undefined>>;

/** A part of the probe that may hang: it runs beside the rest, and is given up at the deadline. */
export interface SlowPart {
  /** The sh function to call. It says lines, `say WORD LINES`, and runs what may hang with `ask COMMAND`. */
  readonly call: string;
  readonly script: string;
}

/** The facts of one subject. Names and fact names are what `gather_subset` may ask for, as ansible 2.14. */
export interface Collector {
  readonly name: string;
  /** Further names in `gather_subset` for this collector. */
  readonly factIds?: readonly string[];
  /** Collectors whose facts this one reads. */
  readonly needs?: readonly string[];
  /** Files to read, as sh words: globs work. */
  readonly files?: readonly string[];
  /** Paths to look for, as sh words. */
  readonly paths?: readonly string[];
  /** Symbolic links to look at, as sh words. */
  readonly links?: readonly string[];
  readonly programs?: readonly string[];
  /** Quick sh that reports records. Its input is not its own: whatever reads must be given one. */
  readonly script?: string;
  readonly slow?: readonly SlowPart[];
  /** Reads what was found; `earlier` are the facts of the collectors it needs. */
  readonly read: (found: Found, earlier: Facts) => Facts;
}
