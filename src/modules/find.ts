// The module find: which files below some directories look like this. The host lists, the controller chooses. It changes nothing.
import { dict, type Value } from '../base/value.ts';
import { patternFaults } from './files/edit-file.ts';
import { DIGEST, INSPECT } from './files/file-script.ts';
import { choose, type Entry, holds, readAge, readListing, readSize } from './files/find-entries.ts';
import { statKinds } from './files/stat-bits.ts';
import { integerOf, isOn, textOf, textsOf } from './parameters/params.ts';
import { pythonRegex } from './regex/python-regex.ts';
import { ask, failed, finished, type Report } from './script/answer.ts';
import { assign, flag, reportingScript, word } from './script/script.ts';
import { decodeText } from './script/text.ts';
import type { Module, ModuleContext, Params, Step } from './seam.ts';

/** So much is read for `contains` at most, over all files. */
const CONTAINS_LIMIT_BYTES = 8 * 1024 * 1024;

/**
 * `find`: as ansible 2.14. One round trip; a second one for `contains` and `get_checksum`, since files are only opened when
 * everything else about them is right. `contains` reads at most 8 MiB in all, and fails rather than leave files out.
 */
export const find: Module = {
  name: 'find',
  summary: 'Lists files by name, kind, age, size and content',
  params: {
    paths: { type: 'list', elements: 'str', required: true, aliases: ['name', 'path'], description: 'the directories to look in' },
    patterns: { type: 'list', elements: 'str', default: [], aliases: ['pattern'], description: 'globs of names: one must match' },
    excludes: { type: 'list', elements: 'str', aliases: ['exclude'], description: 'globs of names: none may match' },
    use_regex: { type: 'bool', default: false, description: 'patterns and excludes are regular expressions of Python' },
    file_type: { type: 'str', default: 'file', choices: ['any', 'directory', 'file', 'link'], description: 'what is listed' },
    recurse: { type: 'bool', default: false, description: 'look in directories below, too' },
    depth: { type: 'int', description: 'so many levels at most; without recurse there is one' },
    follow: { type: 'bool', default: false, description: 'look in directories that links lead to' },
    hidden: { type: 'bool', default: false, description: 'list names that begin with a dot' },
    age: { type: 'str', description: 'at least so old, or with a minus at most: 30, 10m, 2h, 4d, -1w; a bare number is seconds' },
    age_stamp: { type: 'str', default: 'mtime', choices: ['atime', 'ctime', 'mtime'], description: 'which time age is about' },
    size: { type: 'str', description: 'at least so large, or with a minus at most: 100, 10k, 1m, -2g; a bare number is bytes' },
    contains: { type: 'str', description: 'a regular expression of Python that a line of the file must begin with' },
    read_whole_file: { type: 'bool', default: false, description: 'contains is looked for anywhere in the file' },
    get_checksum: { type: 'bool', default: false, description: 'add checksum, the SHA-1 of files' },
  },
  checkMode: 'inspects',
  check(params) {
    const faults: string[] = [];
    const [age, size] = [textOf(params, 'age'), textOf(params, 'size')];
    if (age !== undefined && readAge(age) === undefined) faults.push(`\`age\` is a number of seconds, or one with s, m, h, d or w: ${age}`);
    if (size !== undefined && readSize(size) === undefined)
      faults.push(`\`size\` is a number of bytes, or one with b, k, m, g or t: ${size}`);
    const names = isOn(params, 'use_regex') ? [...(textsOf(params, 'patterns') ?? []), ...(textsOf(params, 'excludes') ?? [])] : [];
    const contains = textOf(params, 'contains');
    const patterns = contains === undefined ? names : [...names, contains];
    return [...faults, ...patterns.flatMap((pattern) => patternFaults(() => pythonRegex(pattern, { isText: true })))];
  },
  compile(params, context) {
    const roots = textsOf(params, 'paths') ?? [];
    const script = reportingScript(
      context,
      Object.fromEntries(roots.map((root, index) => [`root_${index}`, root])),
      INSPECT,
      listing(params, context),
      ...roots.map((_root, index) => `list_root ${index} "$root_${index}"`),
    );
    return ask(script, context, (report) => look(report, roots.length, params, context));
  },
};

// A name may hold anything but NUL and a slash, so each ends with a mark that no name can hold: two slashes and the token.
function listing(params: Params, context: ModuleContext): string {
  const depth = integerOf(params, 'depth') ?? 0;
  const isDeep = isOn(params, 'recurse');
  const mark = `//${context.token}`;
  // Ansible looks one level beyond `depth` before it turns back, and counts what it saw there.
  const seen = isDeep ? (depth > 0 ? ` -maxdepth ${depth + 1}` : '') : ' -maxdepth 1';
  const listed = isDeep ? (depth > 0 ? ` -maxdepth ${depth}` : '') : ' -maxdepth 1';
  return `know_stat
case $stat_flag in
-c) about='%n${mark} %f %u %g %s %h %i %d %.9X %.9Y %.9Z %U %G' ;;
*) about='%N${mark} %Xp %u %g %z %l %i %d %Fa %Fm %Fc %Su %Sg' ;;
esac
list_root() {
  report "root_$1" "$2"
  if [ ! -d "$2" ]; then report "trouble_$1" "'$2' is not a directory"; return 0; fi
  report "examined_$1" "$(($(find ${isOn(params, 'follow') ? '-L' : '-H'} "$2" -mindepth 1${seen} -exec printf '%.0s.' '{}' + 2>/dev/null | wc -c)))"
  printf 'entries_%s=' "$1"
  # What find says goes into a variable, what it lists to our own output.
  { trouble=$(find ${isOn(params, 'follow') ? '-L' : '-H'} "$2" -mindepth 1${listed} -exec stat "$stat_flag" "$about" '{}' + 2>&1 >&3); } 3>&1
  printf '\\000'
  if [ "$trouble" ]; then report "trouble_$1" "$trouble"; fi
}
report now "$(date +%s)"`;
}

interface Found {
  readonly entries: readonly Entry[];
  readonly examined: number;
  readonly skipped: ReadonlyMap<string, string>;
}

function look({ values }: Report, roots: number, params: Params, context: ModuleContext): Step {
  const entries: Entry[] = [];
  const skipped = new Map<string, string>();
  let examined = 0;
  for (let index = 0; index < roots; index++) {
    const trouble = values.get(`trouble_${index}`);
    if (trouble !== undefined) skipped.set(values.get(`root_${index}`) ?? '', trouble);
    examined += Number(values.get(`examined_${index}`) ?? 0);
    entries.push(...readListing(values.get(`entries_${index}`) ?? '', context.token));
  }
  const found = { entries: choose(entries, params, Number(values.get('now'))), examined, skipped };
  return open(found, params, context);
}

/** The second round trip, for those whose files have to be opened. */
function open(found: Found, params: Params, context: ModuleContext): Step {
  const contains = params.file_type === 'file' ? textOf(params, 'contains') : undefined;
  const wantsSums = isOn(params, 'get_checksum') && params.file_type !== 'directory' && params.file_type !== 'link';
  const files = found.entries.filter((entry) => statKinds(entry.mode).isreg);
  if (files.length === 0 || (contains === undefined && !wantsSums)) return end(found, []);
  const total = files.reduce((sum, entry) => sum + entry.size, 0);
  if (contains !== undefined && total > CONTAINS_LIMIT_BYTES) {
    return failed(
      `\`contains\` would read ${total} bytes of ${files.length} files, more than ${CONTAINS_LIMIT_BYTES}; narrow it by patterns, age or size`,
    );
  }
  const script = reportingScript(
    context,
    {},
    DIGEST,
    `${flag('contains', contains !== undefined)} ${flag('sums', wantsSums)} ${assign('at', '0')}`,
    OPEN,
    ...files.map(({ path }) => `open_file ${word(path.startsWith('/') ? path : `./${path}`)}`),
  );
  return ask(script, context, ({ values, bodies }) => {
    let next = 0;
    const sums = new Map<Entry, string>();
    const kept = new Set<Entry>();
    for (const [index, entry] of files.entries()) {
      const sum = values.get(`sum_${index}`);
      if (sum !== undefined && sum !== '') sums.set(entry, sum);
      const body = values.has(`open_${index}`) ? bodies[next++] : undefined;
      if (contains === undefined || (body !== undefined && holds(decodeText(body), contains, isOn(params, 'read_whole_file'))))
        kept.add(entry);
    }
    const entries = found.entries.filter((entry) => !statKinds(entry.mode).isreg || kept.has(entry));
    return end({ ...found, entries }, sums);
  });
}

const OPEN = `open_file() {
  if [ -r "$1" ]; then
    if [ "$contains" ]; then report "open_$at" yes; send_body "$1"; fi
    if [ "$sums" ]; then digest sha1 "$1"; report "sum_$at" "$digest"; fi
  fi
  at=$((at + 1))
}`;

function end({ entries, examined, skipped }: Found, sums: Iterable<readonly [Entry, string]>): Step {
  const checksums = new Map(sums);
  const files: Value[] = entries.map((entry) => dict({ path: entry.path, ...entry.values, checksum: checksums.get(entry) }));
  return finished({
    changed: false,
    failed: false,
    msg: skipped.size === 0 ? 'All paths examined' : 'Not all paths examined, check warnings for details',
    values: dict({ files, matched: files.length, examined, skipped_paths: new Map<string, Value>(skipped) }),
  });
}
