// How scripts travel down a long-lived shell, and how their output is told apart on the way back. It knows text and bytes only.
import { shellQuote } from '../base/quote.ts';

/**
 * The command that starts a framed shell: it first marks both streams, so that the chatter of login files ends there, says which
 * process group it is, so that the whole group can be ended, and then reads scripts from stdin.
 *
 * @param mark - The nonce of this shell.
 */
export function shellCommand(mark: string): string {
  const begin = (number: string): string => `printf "\\036${mark} %s\\n" ${number}; printf "\\036${mark} \\n" >&2; exec /bin/sh`;
  // /proc is asked first: it costs no process, and minimal hosts have no ps. No newline and no `!`: the login shell may be csh.
  const group =
    'if read -r l 2>/dev/null </proc/$$/stat; then l=${l##*) }; set -- $l; g=$3; else g=$(ps -o pgid= -p $$ 2>/dev/null); fi; ' +
    // Servers other than OpenSSH start every command in the group of their own: to end it would end the connection.
    `case $\{g:-$$} in $$) ;; *) if command -v setsid >/dev/null 2>&1; then exec setsid /bin/sh -c ${shellQuote(begin('$$'))}; fi ;; esac; ` +
    begin('${g:-$$}');
  return `/bin/sh -c ${shellQuote(group)}`;
}

/**
 * One script as a shell reads it from stdin: in a subshell, so that neither `exit` nor `cd` nor a syntax error touches the next
 * one; with stdin from /dev/null, so that it cannot swallow the next one; ended by the mark on both streams.
 */
export function frameScript(script: string, mark: string): string {
  return `(eval ${quoteAlways(script)}) </dev/null; r=$?; ${endMarks(mark)}\n`;
}

/** The word by which a shell says that it has read the script and nothing more: all that comes now is the script's input. */
export const READY = 'ready';

/**
 * The last script of a shell, which reads the shell's own stdin. The shell may have read ahead, so the input must wait for
 * {@link READY}; and it never reads again, so that no input that the script left over is taken for a command.
 */
export function frameReadingScript(script: string, mark: string): string {
  return `{ printf '\\036${mark} ${READY}\\n'; (eval ${quoteAlways(script)}); r=$?; ${endMarks(mark)}; exit "$r"; }\n`;
}

function endMarks(mark: string): string {
  return `printf '\\036${mark} %s\\n' "$r"; printf '\\036${mark} \\n' >&2`;
}

function quoteAlways(script: string): string {
  return `'${script.replaceAll("'", `'\\''`)}'`;
}

/** A piece of one stream: bytes of the script's output, or the end of it with the word after the mark. */
export type FramePart = { readonly kind: 'bytes'; readonly bytes: Uint8Array } | { readonly kind: 'end'; readonly word: string };

// Begins every mark: a byte that hardly ever ends a chunk of real output, so that next to nothing is held back.
const RECORD_SEPARATOR = 0x1e;

/** Splits one stream of a framed shell into the outputs of its scripts, wherever the chunks are cut. */
export class FrameSplitter {
  readonly #delimiter: Buffer;
  #held: Buffer = Buffer.alloc(0);

  constructor(mark: string) {
    this.#delimiter = Buffer.from(`\x1e${mark} `, 'latin1');
  }

  /** @returns The parts that are certain now; what could be the beginning of a mark is held back. */
  push(chunk: Uint8Array): FramePart[] {
    const parts: FramePart[] = [];
    let rest = this.#held.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.concat([this.#held, chunk]);
    for (;;) {
      const start = rest.indexOf(this.#delimiter);
      if (start === -1) break;
      const wordStart = start + this.#delimiter.length;
      const end = rest.indexOf(0x0a, wordStart);
      if (start > 0) parts.push({ kind: 'bytes', bytes: rest.subarray(0, start) });
      if (end === -1) {
        this.#held = rest.subarray(start);
        return parts;
      }
      parts.push({ kind: 'end', word: rest.toString('latin1', wordStart, end) });
      rest = rest.subarray(end + 1);
    }
    const certain = rest.length - this.#openTail(rest);
    if (certain > 0) parts.push({ kind: 'bytes', bytes: rest.subarray(0, certain) });
    this.#held = rest.subarray(certain);
    return parts;
  }

  /** What was held back when the stream ended in the middle of a script. */
  flush(): Uint8Array {
    const held = this.#held;
    this.#held = Buffer.alloc(0);
    return held;
  }

  // How many bytes at the end could be the start of a delimiter.
  #openTail(bytes: Buffer): number {
    const separator = bytes.lastIndexOf(RECORD_SEPARATOR);
    const length = bytes.length - separator;
    if (separator === -1 || length >= this.#delimiter.length) return 0;
    return bytes.subarray(separator).equals(this.#delimiter.subarray(0, length)) ? length : 0;
  }
}
