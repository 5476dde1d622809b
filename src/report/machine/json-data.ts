// Outcomes, errors and results as plain JSON data, masked. It does not know which document they stand in.
import type { SshoalError } from '../../base/errors.ts';
import { FaultsError } from '../../base/errors.ts';
import { decodeExactly } from '../../base/exact-bytes.ts';
import { neutraliseJson } from '../../base/terminal.ts';
import { type Dict, toJson } from '../../base/value.ts';
import type { Outcome } from '../../fleet/events.ts';
import type { RecapCounts, TaskLabel } from '../../playbook/events.ts';
import { placeOf } from '../error-text.ts';
import type { Layout } from '../seam.ts';
import { changeData } from '../text/transfer-changes.ts';

/** The version of the events and of the document; it changes when a field changes its meaning or goes. */
export const JSON_VERSION = 1;

type Mask = (text: string) => string;
/** One JSON object. A field that is undefined is left out of the text. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** How a host ended. */
export function outcomeData(outcome: Outcome, mask: Mask): JsonObject {
  const { exit, error } = outcome;
  return {
    status: outcome.status,
    exitCode: exit?.kind === 'code' ? exit.code : undefined,
    signal: exit?.kind === 'signal' ? exit.signal : undefined,
    ...streamData('stdout', outcome.stdout, mask),
    ...streamData('stderr', outcome.stderr, mask),
    truncated: outcome.truncated,
    bytes: outcome.bytes,
    localPath: outcome.localPath,
    remotePath: outcome.remotePath,
    resumedBytes: outcome.resumedBytes,
    files: outcome.files,
    unchanged: outcome.unchanged,
    removed: outcome.removed,
    dryRun: outcome.dryRun,
    changes: outcome.changes === undefined ? undefined : changeData(outcome.changes),
    error: error === undefined ? undefined : errorData(error),
    connectMs: outcome.connectedAtMs === undefined ? undefined : outcome.connectedAtMs - outcome.startedAtMs,
    durationMs: outcome.endedAtMs - outcome.startedAtMs,
  };
}

/** Bytes under a name; what is not UTF-8 is base64 and says so: `stdoutEncoding: "base64"`. */
export function streamData(name: string, bytes: Uint8Array | undefined, mask: Mask): JsonObject {
  if (bytes === undefined) return {};
  const { data, encoding } = decodeExactly(bytes, mask);
  return encoding === 'utf8' ? { [name]: data } : { [name]: data, [`${name}Encoding`]: encoding };
}

export function errorData(error: SshoalError): JsonObject {
  return {
    code: error.code,
    message: error.message,
    where: error.where === undefined ? undefined : placeOf(error.where),
    fix: error.fix,
    faults: error instanceof FaultsError ? error.faults.map(errorData) : undefined,
  };
}

export function taskData({ id, name, module, position, handler }: TaskLabel): JsonObject {
  return { id, name, module, file: position.file, line: position.line, column: position.column, handler };
}

export function resultData(result: Dict): unknown {
  return toJson(result);
}

/** What set_stats kept, by host. */
export function customData(custom: ReadonlyMap<string, Dict> | undefined): unknown {
  return custom && toJson(new Map(custom));
}

/** Of a drift check the hosts that differ; undefined of any other run. */
export function driftData(recap: ReadonlyMap<string, RecapCounts>, layout: Layout | undefined): readonly string[] | undefined {
  return layout?.drift === true ? [...recap].flatMap(([host, { changed }]) => (changed > 0 ? [host] : [])) : undefined;
}

/** JSON text with every secret gone: in texts, in keys, and in numbers that spell one; safe to look at in a terminal. */
export function maskedJson(data: unknown, mask: Mask, indent?: number): string {
  const text = JSON.stringify(
    data,
    (_key, value: unknown) => {
      if (typeof value === 'string') return mask(value);
      if (typeof value === 'number') return mask(String(value)) === String(value) ? value : mask(String(value));
      return isPlainObject(value) ? maskedKeys(value, mask) : value;
    },
    indent,
  );
  return neutraliseJson(text);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function maskedKeys(object: Record<string, unknown>, mask: Mask): Record<string, unknown> {
  if (Object.keys(object).every((key) => mask(key) === key)) return object;
  const masked: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of Object.entries(object)) masked[mask(key)] = value;
  return masked;
}
