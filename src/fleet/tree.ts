// A directory copied to or from one host, and what its outcome says. It does not know how a connection copies it.
import { formatSize } from '../base/units.ts';
import { TransferError } from '../connection/errors.ts';
import type { Connection, PlannedEntry, TreeResult } from '../connection/seam.ts';
import type { Instruction, Outcome } from './events.ts';

type TreeInstruction = Extract<Instruction, { readonly kind: 'put-tree' | 'get-tree' }>;

// An error is for people: whoever wants the thousandth line too has mended the first hundred before.
const TOLD_ERRORS = 100;

/**
 * @returns `ok` when all of it was copied; `failed` with TREE_INCOMPLETE when some entries could not be, and the settings say to go on.
 * @throws TransferError SFTP_UNSUPPORTED where the connection copies no directories; as `Connection.putTree`.
 */
export async function copyTree(
  connection: Connection,
  { kind, localPath, remotePath, settings, timeoutMs }: TreeInstruction,
  signal: AbortSignal,
  onBytes: (doneBytes: number, totalBytes: number | undefined) => void,
): Promise<Omit<Outcome, 'host' | 'startedAtMs' | 'endedAtMs'>> {
  const onProgress = (progress: { readonly doneBytes: number; readonly totalBytes: number | undefined }): void =>
    onBytes(progress.doneBytes, progress.totalBytes);
  const options = { ...settings, timeoutMs, signal, onProgress };
  const result =
    kind === 'put-tree'
      ? await connection.putTree?.(localPath, remotePath, options)
      : await connection.getTree?.(remotePath, localPath, options);
  if (result === undefined) {
    throw new TransferError('SFTP_UNSUPPORTED', 'This kind of connection copies no directories', {
      where: connection.address,
      fix: 'Use the connection kind ssh',
    });
  }
  const { bytes, files, plan } = result;
  const copied = { bytes, files, localPath: result.localPath, remotePath: result.remotePath };
  const planned = plan === undefined ? {} : { dryRun: true, stdout: Buffer.from(plan.map(lineOf).join('')) };
  const error = incomplete(result);
  return { status: error === undefined ? 'ok' : 'failed', ...copied, ...planned, error };
}

/** The error of a file that turns out to be a directory says how to have all of it. @throws always. */
export function ofDirectory(error: unknown): never {
  if (!(error instanceof TransferError) || error.code !== 'EISDIR') throw error;
  const fix = 'Name a file; a directory is copied with all that is in it by --recursive';
  throw new TransferError(error.code, error.message, { where: error.where, fix, cause: error });
}

function incomplete({ errors, files }: TreeResult): TransferError | undefined {
  const [first] = errors;
  if (first === undefined) return undefined;
  const head = `${errors.length} ${errors.length === 1 ? 'entry was' : 'entries were'} not copied, ${files} files were`;
  const lines = errors.slice(0, TOLD_ERRORS).map(({ path, error }) => `${path}: ${error.message} [${error.code}]`);
  const more = errors.length > TOLD_ERRORS ? [`and ${errors.length - TOLD_ERRORS} more`] : [];
  return new TransferError('TREE_INCOMPLETE', [head, ...lines, ...more].join('\n'), { fix: first.error.fix, cause: first.error });
}

function lineOf({ action, path, bytes }: PlannedEntry): string {
  const size = bytes === undefined ? '' : ` (${formatSize(bytes)})`;
  return `${action} ${path.replaceAll('\n', '\\n')}${size}\n`;
}
