// Instructions that do not depend on the files of one controller, and large ones kept once for many hosts. It does not know who does them.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Instruction } from '../fleet/events.ts';
import { EngineError } from './errors.ts';
import { circumstances, type What } from './messages.ts';
import type { Line } from './redis.ts';
import type { Sealer } from './seal.ts';

/** What a file may have that goes along with an instruction: Redis keeps it in memory. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Below it an instruction is sent to each host rather than fetched by it. */
const KEPT_FROM_BYTES = 4 * 1024;

/** A file that goes along takes the place of its path. */
interface Packed {
  readonly bytes: Uint8Array;
  readonly mode: number;
}
type WithFile = Instruction & { readonly packed?: Packed };

/**
 * The instruction, with the files of this machine in it.
 *
 * @throws EngineError `ENGINE_UNSUPPORTED` for what brings files back, copies directories, or carries more than 16 MiB.
 */
export async function packed(instruction: Instruction): Promise<Instruction> {
  switch (instruction.kind) {
    case 'script': {
      const { input } = instruction;
      if (input?.kind !== 'file') return instruction;
      return { ...instruction, input: { kind: 'bytes', bytes: (await readSmall(input.path)).bytes } };
    }
    case 'put':
      return { ...instruction, packed: await readSmall(instruction.localPath) } as WithFile;
    case 'get':
    case 'get-tree':
      throw unsupported('Files cannot be fetched by workers', 'Fetch them without --engine: sshoal get');
    case 'put-tree':
      throw unsupported('Directories cannot be sent by workers', 'Send them without --engine: sshoal put -r');
    case 'ping':
    case 'disconnect':
      return instruction;
  }
}

/** The same at a worker: what came along is a file again, for as long as it is needed. */
export async function unpacked(given: Instruction): Promise<AsyncDisposable & { readonly instruction: Instruction }> {
  const { packed: file, ...instruction } = given as WithFile;
  if (file === undefined || instruction.kind !== 'put')
    return { instruction: given, [Symbol.asyncDispose]: async () => await Promise.resolve() };
  const directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-engine-'));
  const localPath = path.join(directory, 'file');
  await writeFile(localPath, file.bytes, { mode: file.mode });
  return {
    instruction: { ...instruction, mode: instruction.mode ?? file.mode, localPath },
    [Symbol.asyncDispose]: async () => await rm(directory, { recursive: true, force: true }),
  };
}

/** Keeps large instructions of one term in Redis, each once however many hosts do it. */
export class Bodies {
  readonly #line: Line;
  readonly #sealer: Sealer;
  readonly #run: string;
  readonly #term: number;
  readonly #known = new WeakMap<Instruction, Promise<What>>();
  #count = 0;

  constructor(line: Line, sealer: Sealer, run: string, term: number) {
    this.#line = line;
    this.#sealer = sealer;
    this.#run = run;
    this.#term = term;
  }

  /** @param isShared - Whether other hosts may be given the very same instruction. @throws as {@link packed}. */
  async whatOf(instruction: Instruction, isShared: boolean): Promise<What> {
    if (!isShared) return { kind: 'instruction', instruction: await packed(instruction) };
    const known = this.#known.get(instruction) ?? this.#keep(instruction);
    this.#known.set(instruction, known);
    return await known;
  }

  async #keep(given: Instruction): Promise<What> {
    const instruction = await packed(given);
    this.#count += 1;
    const body = this.#count;
    const sealed = this.#sealer.seal(instruction, circumstances.body(this.#run, this.#term, body));
    if (sealed.length < KEPT_FROM_BYTES) return { kind: 'instruction', instruction };
    await this.#line.ask(async (redis) => await redis.hset(bodiesOf(this.#run, this.#term), String(body), sealed));
    return { kind: 'kept', body };
  }

  async forget(): Promise<void> {
    await this.#line.ask(async (redis) => await redis.del(bodiesOf(this.#run, this.#term)));
  }
}

/** @throws EngineError `ENGINE_FORGED`, also where it is gone. */
export async function readBody(line: Line, sealer: Sealer, run: string, term: number, body: number): Promise<Instruction> {
  const sealed = await line.ask(async (redis) => await redis.hgetBuffer(bodiesOf(run, term), String(body)));
  return sealer.open(sealed ?? Buffer.alloc(0), circumstances.body(run, term, body)) as Instruction;
}

function bodiesOf(run: string, term: number): string {
  return `sshoal:run:${run}:bodies:${term}`;
}

async function readSmall(file: string): Promise<Packed> {
  const { size, mode } = await stat(file);
  if (size > MOST_BYTES)
    throw unsupported(`${file} has ${size} bytes, and ${MOST_BYTES} may go along`, 'Send large files without --engine: sshoal put');
  return { bytes: await readFile(file), mode: mode & 0o777 };
}

function unsupported(message: string, fix: string): EngineError {
  return new EngineError('ENGINE_UNSUPPORTED', message, { where: '--engine', fix });
}
