// An SFTP version 3 server on one channel: requests in, answers out, one after the other. It does not know what the requests do.
import type { Duplex } from 'node:stream';
import { SftpError } from '../ssh/sftp/errors.ts';
import { FieldReader, frame, PACKET, PacketSplitter, SFTP_VERSION, STATUS, string, uint32 } from '../ssh/sftp/wire.ts';
import { type Answer, EXTENSIONS, Refusal, SftpFiles } from './sftp-files.ts';

// As OpenSSH's server turns errno into version 3's few words; whatever is not here is a "failure".
const STATUS_OF: Readonly<Record<string, number>> = {
  ENOENT: STATUS.NO_SUCH_FILE,
  ENOTDIR: STATUS.NO_SUCH_FILE,
  EBADF: STATUS.NO_SUCH_FILE,
  ELOOP: STATUS.NO_SUCH_FILE,
  EPERM: STATUS.PERMISSION_DENIED,
  EACCES: STATUS.PERMISSION_DENIED,
  EINVAL: STATUS.BAD_MESSAGE,
  ENAMETOOLONG: STATUS.BAD_MESSAGE,
};

/**
 * Serves the local file system until the channel ends or `signal` says that it has.
 *
 * @param directory - Where relative paths start; absolute ones reach everything this user may reach.
 * @returns When the channel has ended and every file is closed. A client that breaks the protocol just loses its channel.
 */
export async function serveSftp(channel: Duplex, directory: string, signal: AbortSignal): Promise<void> {
  const splitter = new PacketSplitter();
  const files = new SftpFiles(directory);
  try {
    for await (const chunk of channel) {
      for (const packet of splitter.push(chunk as Buffer)) {
        if (signal.aborted) return;
        await send(channel, await reply(files, new FieldReader(packet)), signal);
      }
    }
  } catch (error) {
    const ended = error instanceof SftpError || (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!ended) throw error;
  } finally {
    await files.close();
    channel.end();
  }
}

async function reply(files: SftpFiles, fields: FieldReader): Promise<Buffer> {
  const type = fields.uint8();
  if (type === PACKET.INIT) {
    const extensions = Object.entries(EXTENSIONS).flatMap(([name, version]) => [string(name), string(version)]);
    return frame(PACKET.VERSION, uint32(SFTP_VERSION), ...extensions);
  }
  const id = fields.uint32();
  const answer = await files.answer(type, fields).catch(refusal);
  return frame(answer.type, uint32(id), ...answer.fields);
}

/** What the file system refuses is an answer; a packet that cannot be read, or a bug, is not. */
function refusal(error: unknown): Answer {
  if (error instanceof Refusal) return status(error.status, error.message);
  if (error instanceof SftpError && error.code === 'EINVAL') return status(STATUS.BAD_MESSAGE, error.message);
  if (error instanceof Error && 'code' in error && 'syscall' in error) {
    return status(STATUS_OF[String(error.code)] ?? STATUS.FAILURE, error.message);
  }
  throw error;
}

function status(code: number, message: string): Answer {
  return { type: PACKET.STATUS, fields: [uint32(code), string(message), string('')] };
}

/** Holds the next request back while the client does not read. */
async function send(channel: Duplex, packet: Buffer, signal: AbortSignal): Promise<void> {
  if (channel.write(packet) || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      channel.off('drain', go);
      signal.removeEventListener('abort', go);
      resolve();
    };
    channel.on('drain', go);
    signal.addEventListener('abort', go);
  });
}
