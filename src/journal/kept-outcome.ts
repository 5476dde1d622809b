// Outcomes and errors as data and back, without secrets, with the last part of long output. It does not know which line they stand in.
import { FaultsError, type SshoalError, type Where } from '../base/errors.ts';
import { decodeExactly, maskBytes } from '../base/exact-bytes.ts';
import { fromJson, toJson } from '../base/value.ts';
import type { Outcome } from '../fleet/events.ts';
import { RecordedError } from './errors.ts';
import { keepValue, readValue } from './kept-value.ts';

/** How much is kept of each stream of a host: its end, where errors are told. */
export const KEPT_BYTES = 64 * 1024;

type Mask = (text: string) => string;
interface ErrorData {
  readonly code: string;
  readonly message: string;
  readonly where?: Where | undefined;
  readonly fix?: string | undefined;
  readonly faults?: readonly ErrorData[] | undefined;
}
interface StreamData {
  readonly data: string;
  readonly encoding?: 'base64' | undefined;
}
type Plain = Omit<Outcome, 'stdout' | 'stderr' | 'error' | 'changes'>;
export type OutcomeData = Plain & {
  readonly stdout?: StreamData | undefined;
  readonly stderr?: StreamData | undefined;
  readonly error?: ErrorData | undefined;
  readonly changes?: unknown;
};

export function keepOutcome(outcome: Outcome, mask: Mask): OutcomeData {
  const { localPath, remotePath, error, changes, ...rest } = outcome;
  const [stdout, stderr] = [keepStream(outcome.stdout, mask), keepStream(outcome.stderr, mask)];
  const masked = (text: string | undefined): string | undefined => (text === undefined ? undefined : mask(text));
  return {
    ...rest,
    localPath: masked(localPath),
    remotePath: masked(remotePath),
    stdout: stdout?.data,
    stderr: stderr?.data,
    // Names and texts of files may hold secrets, and be many.
    changes: changes === undefined ? undefined : keepValue(fromJson(JSON.parse(JSON.stringify(changes))), mask).data,
    truncated: stdout?.isCut === true || stderr?.isCut === true || outcome.truncated,
    error: error === undefined ? undefined : keepError(error, mask),
  };
}

export function outcomeOf(data: OutcomeData): Outcome {
  const { stdout, stderr, error, changes } = data;
  return {
    // Not what is left of it: of a million outcomes, taking four fields away would cost more than to read them.
    ...(data as Plain),
    stdout: streamOf(stdout),
    stderr: streamOf(stderr),
    error: error === undefined ? undefined : errorOf(error),
    changes: changes === undefined ? undefined : (toJson(readValue(changes)) as NonNullable<Outcome['changes']>),
  };
}

export function keepError(error: SshoalError, mask: Mask): ErrorData {
  const { code, message, where, fix } = error;
  return {
    code,
    message: mask(message),
    where: where === undefined ? undefined : typeof where === 'string' ? mask(where) : { ...where, lineText: mask(where.lineText ?? '') },
    fix: fix === undefined ? undefined : mask(fix),
    faults: error instanceof FaultsError ? error.faults.map((fault) => keepError(fault, mask)) : undefined,
  };
}

export function errorOf({ code, message, faults, ...details }: ErrorData): SshoalError {
  return faults === undefined ? new RecordedError(code, message, details) : new FaultsError(faults.map(errorOf));
}

function keepStream(bytes: Uint8Array | undefined, mask: Mask): { readonly data: StreamData; readonly isCut: boolean } | undefined {
  if (bytes === undefined) return undefined;
  // Masked before it is cut: half a secret would not be known for one.
  const clean = maskBytes(bytes, mask);
  const { data, encoding } = decodeExactly(lastPart(clean), mask);
  return { data: encoding === 'base64' ? { data, encoding } : { data }, isCut: clean.length > KEPT_BYTES };
}

function streamOf(stream: StreamData | undefined): Uint8Array | undefined {
  return stream === undefined ? undefined : Buffer.from(stream.data, stream.encoding ?? 'utf8');
}

/** The end that is kept, from where a line begins, or at least a character. */
function lastPart(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= KEPT_BYTES) return bytes;
  const tail = bytes.subarray(bytes.length - KEPT_BYTES);
  const line = tail.indexOf(0x0a) + 1;
  if (line > 0 && line < tail.length) return tail.subarray(line);
  const start = tail.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return start > 3 || start < 0 ? tail : tail.subarray(start);
}
