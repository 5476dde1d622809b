// Building blocks of every script in POSIX sh: words, bodies, the report. It does not know any module.
//
// Scripts run under dash, bash, busybox sh and ksh with `set -u`: no `local`, no octal constants (ksh reads them as decimal), no
// here-documents (they would need a temporary file). Functions take positional parameters and set plain variables.
import { shellQuote } from '../../base/quote.ts';
import type { ModuleContext } from '../seam.ts';
import { openingMark, type Script } from './answer.ts';
import { encodeText, isByteText } from './text.ts';

/**
 * A script that reports: the opening mark, the functions, the parts, the closing mark.
 *
 * Tools run with LC_ALL=C, so that their words are the ones this code reads; `as_written` gives a person's own command the
 * host's locale back.
 *
 * @param paths - Variables to set to paths, before any variable of ours could be taken for one of the host's environment.
 * @param parts - Functions and statements, in order.
 */
export function reportingScript(context: ModuleContext, paths: Readonly<Record<string, string>>, ...parts: readonly string[]): Script {
  return [
    ...Object.entries(paths).map(([name, path]) => `${name}=${pathWord(path)}`),
    'set -u',
    'unset CDPATH',
    'locale_was=${LC_ALL-} locale_set=${LC_ALL+yes}',
    'LC_ALL=C; export LC_ALL',
    `${flag('check', context.checkMode)} ${assign('token', context.token)}`,
    REPORT,
    `printf '%s\\000' ${shellQuote(openingMark(context.token))}`,
    ...parts,
    'finish',
    '',
  ];
}

const REPORT = `changed=false nl='
'
# A record: a name, and a value without NUL.
report() { printf '%s=%s\\000' "$1" "$2"; }
# The bytes of a file, announced by their number.
send_body() {
  length=$(($(wc -c <"$1")))
  report body "$length"
  if [ "$length" -gt 0 ]; then dd bs="$length" count=1 <"$1" 2>/dev/null; fi
  printf '\\000'
}
finish() { report changed "$changed"; printf 'end=\\000'; exit 0; }
fail() { report failed "$1"; printf 'end=\\000'; exit 1; }
# Runs what changes the host, except in check mode. The first argument says what it is for, should it fail.
change() {
  changed=true
  if [ "$check" ]; then return 0; fi
  what=$1 st_path=''; shift
  trouble=$("$@" 2>&1) || fail "$what: $trouble"
}
# Runs a person's own command in the host's own locale.
as_written() {
  if [ "$locale_set" ]; then LC_ALL=$locale_was; else unset LC_ALL; fi
  "$@"
}`;

/**
 * One word that the shell sees as exactly this text, bytes that are no UTF-8 included.
 *
 * @throws RangeError on a NUL.
 */
export function word(text: string): string {
  if (!isByteText(text)) return shellQuote(text);
  // A substitution drops newlines at the end, so none of them goes into one.
  return text
    .split(/(\n+)/)
    .filter((part) => part !== '')
    .map((part) => (isByteText(part) ? `"$(printf ${shellQuote(octal(encodeText(part)))})"` : shellQuote(part)))
    .join('');
}

/** Sets a variable to exactly this text; nothing when it is undefined. */
export function assign(name: string, text: string | undefined): string {
  return `${name}=${text === undefined || text === '' ? "''" : isByteText(text) ? word(text) : `'${text.replaceAll("'", "'\\''")}'`}`;
}

/** Sets a variable to `yes` or to nothing, so that `[ "$name" ]` asks for it. */
export function flag(name: string, isSet: boolean): string {
  return assign(name, isSet ? 'yes' : '');
}

/**
 * A word for a path: an {@link argumentWord} that no tool takes for an option, nor `find` for an operator.
 */
export function pathWord(path: string): string {
  return argumentWord(neverOption(path));
}

/**
 * A word in which the remote shell expands what Python's `expanduser` and `expandvars` would: `~`, `~user` and `$NAME`,
 * `${NAME}`, names that are not set staying as they are. Only an assignment expands `~user`.
 */
export function argumentWord(text: string): string {
  const tilde = tildePrefix(text);
  return tilde + expandingWord(text.slice(tilde.length)) || "''";
}

function tildePrefix(text: string): string {
  return /^~[A-Za-z0-9_.-]*(?=\/|$)\/?/.exec(text)?.[0] ?? '';
}

function neverOption(path: string): string {
  return /^[-(!]/.test(path) ? `./${path}` : path;
}

const VARIABLE = /(\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*\})/;

function expandingWord(text: string): string {
  return text
    .split(VARIABLE)
    .map((part, index) => (index % 2 === 1 ? variable(part) : part === '' ? '' : word(part)))
    .join('');
}

function variable(written: string): string {
  const name = written.replace(/[${}]/g, '');
  return `"\${${name}-${written.replace(/[$}]/g, '\\$&')}}"`;
}

/**
 * Words that the shell expands as a glob, as Python's `glob.glob`: only `*`, `?` and `[...]` are special; `~` and `$NAME` are
 * expanded as in an {@link argumentWord}.
 */
export function globWords(pattern: string): string {
  const safe = neverOption(pattern);
  const tilde = tildePrefix(safe);
  const parts = safe.slice(tilde.length).split(/([*?]|\[[!^]?[\w.-]+\])/);
  return tilde + parts.map((part, index) => (index % 2 === 1 ? part : expandingWord(part))).join('') || "''";
}

/**
 * A command that writes exactly these bytes to its output, with the shell's own printf: no base64, no temporary file, and no
 * argument so long that a printf which is a program could not take it.
 */
export function writeBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return ':';
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    let end = Math.min(at + CHUNK_BYTES, bytes.length);
    // Never through the middle of a character, so that text stays readable as text.
    while (end < bytes.length && end > at + CHUNK_BYTES - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
    lines.push(writeChunk(bytes.subarray(at, end)));
    at = end;
  }
  return lines.join('\n');
}
const CHUNK_BYTES = 8 * 1024;

function writeChunk(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  // Control characters are spelled out: a terminal on the way could act on them.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  const isPlain = Buffer.from(text).equals(bytes) && !/[\0-\x08\x0b-\x1f\x7f]/.test(text);
  return isPlain ? `printf %s ${shellQuote(text)}` : `printf ${shellQuote(octal(bytes))}`;
}

/** A format for printf that stands for these bytes. */
function octal(bytes: Uint8Array): string {
  let format = '';
  for (const byte of bytes) {
    // Digits too: they would become part of an escape before them. A dash in front would be an option.
    const isPlain = (byte >= 0x3a && byte <= 0x7e && byte !== 0x5c) || byte === 0x20 || byte === 0x2f || byte === 0x2e;
    format += isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return format;
}
