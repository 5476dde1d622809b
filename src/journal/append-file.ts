// A file that only grows, on a disk that may be full. It does not know what its lines mean.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

/** What waits for room on the disk; beyond it the rest is given up, since the memory is needed for the run. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024;

/** Nothing it does throws once it is open: what could not be written is tried again with the next lines, in order. */
export class AppendFile {
  readonly #handle: FileHandle;
  #waiting: Buffer[] = [];
  /** Each write waits for the one before, or lines would change places. */
  #turn: Promise<void> = Promise.resolve();
  /** Gone when a later write succeeds, since that began with what was left. */
  #writeFault: unknown;
  /** Stays: after it nobody knows what of the file the disk has. */
  #syncFault: unknown;
  #isGivenUp = false;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Makes the file, which only its owner may read. @throws as `open`: EEXIST where it is there already. */
  static async create(file: string): Promise<AppendFile> {
    const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY } = constants;
    const handle = await open(file, O_APPEND | O_CREAT | O_EXCL | O_WRONLY, 0o600);
    await syncDirectory(path.dirname(file));
    return new AppendFile(handle);
  }

  /** Why it has not everything, where it has not. */
  get fault(): unknown {
    return this.#writeFault ?? this.#syncFault;
  }

  /** Keeps lines for the next {@link flush}. */
  add(lines: string): void {
    if (this.#isGivenUp || lines === '') return;
    this.#waiting.push(Buffer.from(lines));
  }

  /** Gives what waits to the system: no crash of this process loses it then. */
  async flush(): Promise<void> {
    this.#turn = this.#turn.then(async () => await this.#write());
    await this.#turn;
  }

  /** Gives what waits to the disk: no crash of the machine loses it then. */
  async sync(): Promise<void> {
    await this.flush();
    try {
      await this.#handle.datasync();
    } catch (error) {
      this.#syncFault ??= error;
    }
  }

  /** @throws as `close`, which no disk but that of a network does. */
  async close(): Promise<void> {
    await this.flush();
    await this.#handle.close();
  }

  async #write(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    let done = 0;
    try {
      while (done < bytes.length) done += (await this.#handle.write(bytes, done)).bytesWritten;
      this.#writeFault = undefined;
    } catch (error) {
      this.#writeFault = error;
    }
    const rest = bytes.subarray(done);
    this.#isGivenUp = rest.length > MOST_WAITING_BYTES;
    if (this.#isGivenUp) this.#waiting = [];
    else if (rest.length > 0) this.#waiting.unshift(rest);
  }
}

/** Makes the name of a new file last. Windows has no such thing, and some file systems refuse it. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}
