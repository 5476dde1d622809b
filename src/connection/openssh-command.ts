// How a command of the system's ssh ended: ssh tells no signals, and says 255 both for a command's own and for a lost line.
import os from 'node:os';
import { Transform, type TransformCallback } from 'node:stream';
import { shellQuote } from '../base/quote.ts';
import { FrameSplitter } from './frame.ts';
import type { Exit } from './seam.ts';

/**
 * The same command, with its own end told at last on stderr, after the mark.
 *
 * The shell that tells it keeps silent otherwise: dash and bash would say `Killed`.
 */
export function tellingItsExit(command: string, mark: string): string {
  const script = `exec 3>&2 2>/dev/null; (exec 2>&3 3>&-; ${command}); printf "\\036${mark} %s\\n" "$?" >&3`;
  // exec, so that no login shell stands in between; no newline and no `!`, since that may be csh.
  return `exec /bin/sh -c ${shellQuote(script)}`;
}

/** stderr of such a command, without the mark. */
export class ExitMark extends Transform {
  /** Resolves when the mark has come; it may never do. */
  readonly exit: Promise<Exit>;
  readonly #splitter: FrameSplitter;
  #resolve: (exit: Exit) => void = () => {};
  #tail = '';

  constructor(mark: string) {
    super();
    this.#splitter = new FrameSplitter(mark);
    this.exit = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** The end of what was said so far. */
  get tail(): string {
    return this.#tail;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    for (const part of this.#splitter.push(chunk)) {
      if (part.kind === 'bytes') this.#pass(part.bytes);
      else this.#resolve(exitOf(Number(part.word)));
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#pass(this.#splitter.flush());
    done();
  }

  #pass(bytes: Uint8Array): void {
    this.#tail = (this.#tail + Buffer.from(bytes).toString()).slice(-1_024);
    this.push(bytes);
  }
}

/** A shell's `$?`: above 128, or above 256 in ksh93, it was a signal. */
function exitOf(status: number): Exit {
  const number = status > 256 ? status - 256 : status - 128;
  const found = Object.entries(os.constants.signals).find(([, value]) => value === number);
  return found === undefined ? { kind: 'code', code: status } : { kind: 'signal', signal: found[0] };
}
