// Arguments written on one line, `path=/x mode=0644` or free-form, as Ansible splits them. It does not know which parameters a module has.
import { ModuleError } from '../errors.ts';

/** The key under which {@link parseKeyValue} puts what is no `key=value`. */
export const RAW_PARAMS = '_raw_params';

/** On a free-form line only these are parameters; any other `a=b` belongs to the command. */
const FREE_FORM_KEYS = new Set(['creates', 'removes', 'chdir', 'executable', 'warn', 'stdin', 'stdin_add_newline', 'strip_empty_ends']);

/**
 * Reads `key=value` arguments as ansible 2.14's `parse_kv`.
 *
 * @param text - The line: `src=a.conf dest="/etc/my app.conf" mode=0644`, `ls -l chdir=/tmp`.
 * @param freeForm - Whether the module takes a command: then only `creates`, `chdir` and their like are keys. Default false.
 * @returns The values without their quotes; everything else, joined as it was written, under `_raw_params`.
 * @throws {@link ModuleError} BAD_ARGUMENTS on a quote or a `{{` that is never closed.
 */
export function parseKeyValue(text: string, freeForm = false): Map<string, string> {
  const values = new Map<string, string>();
  let raw = '';
  const keep = (word: string): void => {
    raw += raw === '' || raw.endsWith('\n') ? word : ` ${word}`;
  };
  for (const written of splitArguments(text)) {
    const word = decodeEscapes(written);
    const equals = word.search(/(?<=[^\\])=/);
    if (!word.includes('=')) keep(written);
    else if (equals < 0) keep(word.replaceAll('\\=', '='));
    else if (freeForm && !FREE_FORM_KEYS.has(word.slice(0, equals))) keep(written);
    else values.set(word.slice(0, equals).trim(), unquote(word.slice(equals + 1).trim()));
  }
  if (raw !== '') values.set(RAW_PARAMS, raw);
  return values;
}

const BLOCKS = [
  ['{{', '}}'],
  ['{%', '%}'],
  ['{#', '#}'],
] as const;

/**
 * Splits at blanks and newlines, as ansible 2.14's `split_args`: quoted parts and `{{ }}`, `{% %}`, `{# #}` stay whole, quotes
 * stay on, and the blanks and newlines that follow a word stay at its end, so that a command can be put together again.
 *
 * @throws {@link ModuleError} BAD_ARGUMENTS on a quote or block that is never closed.
 */
export function splitArguments(text: string): string[] {
  const words: string[] = [];
  const append = (more: string): void => {
    const last = words.pop();
    if (last !== undefined) words.push(last + more);
  };
  let quote: string | undefined;
  const depths = [0, 0, 0];
  const lines = text.split('\n');
  lines.forEach((line, lineNumber) => {
    const tokens = line.split(' ');
    let continued = false;
    tokens.forEach((token, index) => {
      if (token === '' && index !== 0) {
        append(' ');
        return;
      }
      if (token === '\\' && quote === undefined) {
        continued = true;
        return;
      }
      const wasQuoted = quote !== undefined;
      const wasInBlock = depths.some((depth) => depth > 0);
      quote = quoteAfter(token, quote);
      BLOCKS.forEach(([open, close], block) => {
        depths[block] = Math.max(0, (depths[block] ?? 0) + count(token, open) - count(token, close));
      });
      if (wasQuoted || wasInBlock) {
        // The newline before a quoted token is already there (added below); inside a block alone on its line it is not.
        if (wasQuoted && index === 0) append(token);
        else if (tokens.length > 1) append(index > 0 ? ` ${token}` : token);
        else append(`\n${token}`);
      } else if (token !== '') {
        words.push(token);
      }
    });
    if (lineNumber < lines.length - 1 && !continued) append('\n');
  });
  if (quote !== undefined || depths.some((depth) => depth > 0)) {
    throw new ModuleError('BAD_ARGUMENTS', `A quote or a {{ is never closed in \`${text}\``, {
      fix: 'Close it, or write the parameters as a YAML mapping',
    });
  }
  return words;
}

function quoteAfter(token: string, before: string | undefined): string | undefined {
  let quote = before;
  for (let at = 0; at < token.length; at++) {
    const char = token[at];
    if ((char !== '"' && char !== "'") || token[at - 1] === '\\') continue;
    if (quote === undefined) quote = char;
    else if (quote === char) quote = undefined;
  }
  return quote;
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

function unquote(text: string): string {
  const first = text[0];
  const isQuoted = text.length > 1 && (first === '"' || first === "'") && text.endsWith(first) && text.at(-2) !== '\\';
  return isQuoted ? text.slice(1, -1) : text;
}

const SINGLE_ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function decodeEscapes(text: string): string {
  return text.replace(/\\(?:U([\da-fA-F]{8})|u([\da-fA-F]{4})|x([\da-fA-F]{2})|([\\'"abfnrtv]))/g, (_all, ...found: string[]) => {
    const hex = found[0] ?? found[1] ?? found[2];
    if (hex === undefined) return SINGLE_ESCAPES[found[3] ?? ''] ?? found[3] ?? '';
    return String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff));
  });
}
