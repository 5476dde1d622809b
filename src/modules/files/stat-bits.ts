// What the bits of st_mode say, under the names Ansible gives them. It does not know whose they are.

const KIND_MASK = 0o170000;
const KINDS = {
  isdir: 0o040000,
  ischr: 0o020000,
  isblk: 0o060000,
  isreg: 0o100000,
  isfifo: 0o010000,
  islnk: 0o120000,
  issock: 0o140000,
};
const FLAGS = {
  rusr: 0o400,
  wusr: 0o200,
  xusr: 0o100,
  rgrp: 0o040,
  wgrp: 0o020,
  xgrp: 0o010,
  roth: 0o004,
  woth: 0o002,
  xoth: 0o001,
  isuid: 0o4000,
  isgid: 0o2000,
};

/** Which kind of file it is: one of `isdir`, `isreg`, `islnk`... is true. */
export function statKinds(mode: number): Record<keyof typeof KINDS, boolean> {
  return mapped(KINDS, (bits) => (mode & KIND_MASK) === bits);
}

/** Who may do what: `rusr`, `wgrp`, `xoth`, `isuid`... */
export function statFlags(mode: number): Record<keyof typeof FLAGS, boolean> {
  return mapped(FLAGS, (bit) => (mode & bit) !== 0);
}

function mapped<K extends string>(table: Readonly<Record<K, number>>, test: (bits: number) => boolean): Record<K, boolean> {
  return Object.fromEntries(Object.entries<number>(table).map(([name, bits]) => [name, test(bits)])) as Record<K, boolean>;
}
