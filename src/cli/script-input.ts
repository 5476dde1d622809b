// What scripts read from stdin: a file, or what is piped into this program, kept where every host can read all of it anew.
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { unlessAborted } from '../base/abort.ts';
import type { InstructionInput } from '../fleet/events.ts';
import type { Context } from './context.ts';
import { UsageError } from './errors.ts';
import type { Flags } from './flags.ts';

/** More than that goes to a file. */
const SMALL_BYTES = 1024 * 1024;

/** The input that the flags ask for. Disposing of it takes away what was kept. */
export class ScriptInput implements AsyncDisposable {
  readonly #source: string | undefined;
  readonly #context: Context;
  #directory: string | undefined;

  /** @throws UsageError BAD_FLAG where stdin is asked for twice, or is a terminal. */
  constructor({ stdin, input, script }: Pick<Flags, 'stdin' | 'input' | 'script'>, context: Context) {
    const takers = [stdin && '--stdin', input === '-' && '--input -', script === '-' && '--script -'].filter((taker) => taker !== false);
    const [taker] = takers;
    if (stdin && input !== undefined && input !== '-')
      throw new UsageError('BAD_FLAG', '--stdin and --input both say what is read', { where: '--input', fix: 'Give one of them' });
    if (takers.length > 1)
      throw new UsageError('BAD_FLAG', `${takers.join(' and ')} both read stdin`, { where: taker, fix: 'Give a file to one of them' });
    if (taker !== undefined && context.stdin.isTTY === true)
      throw new UsageError('BAD_FLAG', `${taker} reads what is piped into sshoal, and stdin is a terminal`, {
        where: taker,
        fix: 'Pipe something into it, or give a file with --input',
      });
    this.#source = stdin ? '-' : input;
    this.#context = context;
  }

  /**
   * Reads stdin to its end, where that is asked for. A file is left where it is.
   *
   * @returns Undefined when there is no input.
   * @throws UsageError BAD_LOCAL_PATH; InterruptedError on Ctrl-C; errors of the system where the temporary file cannot be written.
   */
  async read(): Promise<InstructionInput | undefined> {
    if (this.#source === undefined) return undefined;
    if (this.#source === '-') return await this.#keep(this.#context.stdin as AsyncIterable<Buffer | string>);
    const file = path.resolve(this.#context.cwd, this.#source);
    const found = await stat(file).catch(() => undefined);
    if (found === undefined || found.isDirectory()) throw notReadable(this.#source, file, '--input');
    // A pipe, such as <(command), can be read once.
    return found.isFile() ? { kind: 'file', path: file } : await this.#keep(createReadStream(file));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true });
  }

  async #keep(source: AsyncIterable<Buffer | string>): Promise<InstructionInput> {
    const small: Uint8Array[] = [];
    let bytes = 0;
    const chunks = chunksOf(source, this.#context.signal);
    for await (const chunk of chunks) {
      small.push(chunk);
      bytes += chunk.byteLength;
      if (bytes > SMALL_BYTES) return await this.#keepInFile(small, chunks);
    }
    return { kind: 'bytes', bytes: Buffer.concat(small) };
  }

  async #keepInFile(first: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>): Promise<InstructionInput> {
    // Only we may enter it.
    this.#directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-input-'));
    const file = path.join(this.#directory, 'input');
    await using kept = await open(file, 'wx', 0o600);
    for (const chunk of first) await kept.appendFile(chunk);
    for await (const chunk of rest) await kept.appendFile(chunk);
    return { kind: 'file', path: file };
  }
}

/**
 * Reads a script as --script names it: a file, or `-` for stdin.
 *
 * @param most - How many bytes it may have.
 * @throws UsageError BAD_LOCAL_PATH; InterruptedError on Ctrl-C.
 */
export async function readScript(script: string, most: number, { stdin, cwd, signal }: Context): Promise<Uint8Array> {
  const file = path.resolve(cwd, script);
  const source = script === '-' ? (stdin as AsyncIterable<Buffer | string>) : createReadStream(file);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of chunksOf(source, signal)) {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes > most) break;
    }
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw notReadable(script, file, '--script', cause);
  }
  if (bytes <= most) return Buffer.concat(chunks);
  throw new UsageError('BAD_LOCAL_PATH', `${script} is too large to be sent as a script: it may have ${most / 1024 / 1024} MiB`, {
    where: '--script',
    fix: 'Send it with sshoal put, and run it there',
  });
}

/** As bytes, and not beyond an abort: a pipe may be silent for ever. */
async function* chunksOf(source: AsyncIterable<Buffer | string>, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = source[Symbol.asyncIterator]();
  for (;;) {
    const next = await unlessAborted(chunks.next(), signal);
    if (next.done === true) return;
    yield Buffer.from(next.value as Buffer);
  }
}

function notReadable(name: string, where: string, flag: string, cause?: unknown): UsageError {
  return new UsageError('BAD_LOCAL_PATH', `${name} is no file that ${flag} can read`, {
    where,
    fix: 'Check the path; it starts in the current directory',
    cause,
  });
}
