// A file or directory copied to or from one host, and what its outcome says. It does not know how a connection copies it.
import { formatSize } from '../../base/units.ts';
import { TransferError } from '../../connection/errors.ts';
import type { Connection, PlannedEntry, TreeProgress, TreeResult } from '../../connection/seam.ts';
import type { Instruction, Outcome } from '../events.ts';
import type { RateLimit } from './rate-limit.ts';
import { paceOf, type SharedTransfers } from './shared.ts';

export type TransferInstruction = Extract<Instruction, { readonly kind: 'put' | 'get' | 'put-tree' | 'get-tree' }>;
type TreeInstruction = Extract<Instruction, { readonly kind: 'put-tree' | 'get-tree' }>;
type FileInstruction = Exclude<TransferInstruction, TreeInstruction>;
type Done = Omit<Outcome, 'host' | 'startedAtMs' | 'connectedAtMs' | 'endedAtMs'>;

/** What surrounds one transfer. */
interface TransferGiven {
  readonly shared: SharedTransfers;
  /** That of all hosts together. */
  readonly rate: RateLimit | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** How far a transfer is; a file alone tells no files. */
export type Progress = Pick<TreeProgress, 'doneBytes' | 'totalBytes'> & Partial<TreeProgress>;

// An error is for people: whoever wants the thousandth line too has mended the first hundred before.
const TOLD_ERRORS = 100;

/**
 * Moves a file or directory.
 *
 * @returns `ok` when all of it was copied; `failed` with TREE_INCOMPLETE when some entries could not be, and the settings say to go on.
 * @throws TransferError SFTP_UNSUPPORTED where the connection copies no directories; as `Connection.put` and `Connection.putTree`.
 */
export async function transfer(
  connection: Connection,
  instruction: TransferInstruction,
  { shared, rate, signal, onProgress }: TransferGiven,
): Promise<Done> {
  const { hostBytesPerSecond, timeoutMs } = instruction;
  const options = { timeoutMs, signal, pace: paceOf(rate, hostBytesPerSecond) };
  const onBytes = (doneBytes: number, totalBytes: number | undefined): void => onProgress({ doneBytes, totalBytes });
  switch (instruction.kind) {
    case 'put':
    case 'get':
      return await moveFile(connection, instruction, shared, { ...options, onProgress: onBytes });
    case 'put-tree':
    case 'get-tree':
      return await moveTree(connection, instruction, shared, { ...options, onProgress });
  }
}

async function moveFile(
  connection: Connection,
  instruction: FileInstruction,
  { hashes }: SharedTransfers,
  given: NonNullable<Parameters<Connection['put']>[2]>,
): Promise<Done> {
  const { localPath, remotePath, verify, resume } = instruction;
  const options = { ...given, verify, resume };
  const result =
    instruction.kind === 'put'
      ? await connection.put(localPath, remotePath, { ...options, mode: instruction.mode, hashes })
      : await connection.get(remotePath, localPath, options).catch(ofDirectory);
  const { bytes, resumedBytes } = result;
  return { status: 'ok', bytes, resumedBytes, localPath: result.localPath, remotePath: result.remotePath };
}

async function moveTree(
  connection: Connection,
  { kind, localPath, remotePath, settings = {} }: TreeInstruction,
  shared: SharedTransfers,
  given: NonNullable<Parameters<NonNullable<Connection['putTree']>>[2]> & { readonly signal: AbortSignal },
): Promise<Done> {
  const options = { ...settings, ...given };
  const send = async (): Promise<TreeResult | undefined> => {
    if (connection.putTree === undefined) return undefined;
    const manifest = await shared.manifest(localPath, settings, given.signal);
    return await connection.putTree(localPath, remotePath, { ...options, manifest });
  };
  const result = await (kind === 'put-tree' ? send() : connection.getTree?.(remotePath, localPath, options));
  if (result === undefined) {
    throw new TransferError('SFTP_UNSUPPORTED', 'This kind of connection copies no directories', {
      where: connection.address,
      fix: 'Use the connection kind ssh',
    });
  }
  const { bytes, files, unchanged, removed, plan } = result;
  const copied = { bytes, files, unchanged, removed, localPath: result.localPath, remotePath: result.remotePath };
  const dryRun = settings.dryRun === true ? true : undefined;
  // A difference is data, and drawn by whoever shows it; a mere list is as good as the output of a command.
  const listed = plan === undefined || settings.diff === true ? undefined : Buffer.from(plan.map(lineOf).join(''));
  const error = incomplete(result);
  return {
    status: error === undefined ? 'ok' : 'failed',
    ...copied,
    dryRun,
    stdout: listed,
    changes: listed === undefined ? plan : undefined,
    error,
  };
}

/** The error of a file that turns out to be a directory says how to have all of it. @throws always. */
function ofDirectory(error: unknown): never {
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
