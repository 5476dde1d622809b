// What came of one command, whole: small output in memory, large output in a file without a name. It runs nothing.
import type { Execution } from './channel/execution.ts';
import { Spool } from './channel/spool.ts';
import type { CommandExit } from './channel/wire-channel.ts';

export interface ResultOptions {
  /** What of each stream is kept in memory; more goes to a temporary file. Default 16 MiB. */
  readonly memoryBytes?: number | undefined;
}

export interface CommandResult {
  readonly exit: CommandExit;
  /** Whether it ended with code 0. */
  readonly ok: boolean;
  readonly stdout: CommandOutput;
  readonly stderr: CommandOutput;
  /** Variables that the server did not take. */
  readonly refusedEnvironment: readonly string[];
  /** Whether something it started in the background still runs there. */
  readonly leftRunning: boolean;
}

const MEMORY_BYTES = 16 * 1024 * 1024;

/** All output of one stream. It can be read once more and once more as long as it is in memory; from a file once. */
export class CommandOutput implements AsyncIterable<Buffer> {
  readonly sizeBytes: number;
  readonly #spool: Spool;
  #whole: Buffer | undefined;

  constructor(spool: Spool) {
    this.sizeBytes = spool.sizeBytes;
    this.#spool = spool;
  }

  /** @throws RangeError when it is larger than a string can be: iterate over it then. */
  async text(encoding: BufferEncoding = 'utf8'): Promise<string> {
    return (await this.bytes()).toString(encoding);
  }

  async bytes(): Promise<Buffer> {
    if (this.#whole !== undefined) return this.#whole;
    const chunks: Buffer[] = [];
    for await (const chunk of this) chunks.push(chunk);
    this.#whole = Buffer.concat(chunks);
    return this.#whole;
  }

  /** Piece by piece, each piece once. */
  async *[Symbol.asyncIterator](): AsyncIterator<Buffer> {
    if (this.#whole !== undefined) {
      yield this.#whole;
      return;
    }
    for (let chunk = await this.#spool.read(); chunk !== undefined; chunk = await this.#spool.read()) yield chunk;
  }
}

/** Reads both streams to their ends. @throws what `exit` rejects with. */
export async function collect(execution: Execution, { memoryBytes = MEMORY_BYTES }: ResultOptions): Promise<CommandResult> {
  const gather = async (stream: AsyncIterable<Buffer>): Promise<Spool> => {
    const spool = new Spool(memoryBytes);
    for await (const chunk of stream) await spool.write(chunk);
    return spool;
  };
  const [stdout, stderr, exit] = await Promise.all([gather(execution.stdout), gather(execution.stderr), execution.exit]);
  return {
    exit,
    ok: exit.kind === 'code' && exit.code === 0,
    stdout: new CommandOutput(stdout),
    stderr: new CommandOutput(stderr),
    refusedEnvironment: execution.refusedEnvironment,
    leftRunning: execution.leftRunning,
  };
}
