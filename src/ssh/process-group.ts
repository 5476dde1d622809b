// Ending what a command has started on its host, all of it: servers refuse signals for root, and shells do not pass them on.
import { shellQuote } from '../base/quote.ts';

const RECORD_SEPARATOR = '\x1e';

/** The word that stands before the number of the group, on the first line of stderr. */
export function groupMark(nonce: string): string {
  return `${RECORD_SEPARATOR}sshoal-${nonce} `;
}

/**
 * The same command, telling first which process group it is: sshd starts every command in a session of its own.
 *
 * The login shell of the account runs it in the end, as it would have without this.
 */
export function tellingItsGroup(command: string, nonce: string): string {
  const begin = (number: string): string => `printf "\\036sshoal-${nonce} %s\\n" ${number} >&2; exec "$\{SHELL:-/bin/sh}" -c "$1"`;
  // /proc is asked first: it costs no process, and minimal hosts have no ps. No newline and no `!`: the login shell may be csh.
  const script =
    'if read -r l 2>/dev/null </proc/$$/stat; then l=${l##*) }; set -- "$1" $l; g=$4; else g=$(ps -o pgid= -p $$ 2>/dev/null); fi; ' +
    // Servers other than OpenSSH start every command in the group of their own: to end it would end the connection.
    `case $\{g:-$$} in $$) ;; *) if command -v setsid >/dev/null 2>&1; then exec setsid /bin/sh -c ${shellQuote(begin('$$'))} sh "$1"; fi ;; esac; ` +
    begin('${g:-$$}');
  return `exec /bin/sh -c ${shellQuote(script)} sh ${shellQuote(command)}`;
}

/** After SIGKILL a process is gone when the kernel gets to it; one that nobody buries stays longer than it is worth waiting for. */
const BURIAL_TENTHS = 5;

/** Ends a process group: politely, then for good. Ends itself when the group is gone. */
export function killScript(group: number, graceMs: number): string {
  const whileThere = (tenths: number): string =>
    `i=0; while [ $i -lt ${tenths} ] && kill -0 -${group} 2>/dev/null; do ` +
    'i=$((i+1)); sleep 0.1 2>/dev/null || { sleep 1; i=$((i+9)); }; done; ';
  const grace = Math.max(1, Math.round(graceMs / 100));
  return `kill -TERM -${group} 2>/dev/null; ${whileThere(grace)}kill -KILL -${group} 2>/dev/null; ${whileThere(BURIAL_TENTHS)}:`;
}

/** Takes the first line of a stream away if it is the mark. */
export class GroupLine {
  readonly #mark: Buffer;
  #held: Buffer | undefined = Buffer.alloc(0);
  #group: number | undefined;

  constructor(nonce: string) {
    this.#mark = Buffer.from(groupMark(nonce), 'latin1');
  }

  /** Known once the mark has come. */
  get group(): number | undefined {
    return this.#group;
  }

  /** @returns What belongs to the command. Login files may have spoken before the mark. */
  push(chunk: Buffer): Buffer {
    if (this.#held === undefined) return chunk;
    const bytes = Buffer.concat([this.#held, chunk]);
    const start = bytes.indexOf(this.#mark);
    const end = start === -1 ? -1 : bytes.indexOf(10, start);
    if (end === -1) {
      if (start === -1 && bytes.length > 64 * 1024) {
        this.#held = undefined;
        return bytes;
      }
      this.#held = bytes;
      return Buffer.alloc(0);
    }
    this.#held = undefined;
    this.#group = Number(bytes.toString('latin1', start + this.#mark.length, end));
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end + 1)]);
  }

  /** What was held back, when nothing more comes. */
  flush(): Buffer {
    const held = this.#held ?? Buffer.alloc(0);
    this.#held = undefined;
    return held;
  }
}
