// Every event of the JSON lines with every field: the one table behind docs/jsonl.schema.json. It does not know who writes them.

/** A part of a JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One field of an event; one that is not `optional` is there each time. */
interface Field {
  readonly schema: JsonSchema;
  readonly optional: boolean;
}
type Fields = Readonly<Record<string, Field>>;

const is = (schema: JsonSchema): Field => ({ schema, optional: false });
const maybe = ({ schema }: Field): Field => ({ schema, optional: true });
const oneOf = (...words: readonly string[]): Field => is({ enum: words });
const record = (fields: Fields): Field => is(objectSchema(fields));
const listOf = ({ schema }: Field): Field => is({ type: 'array', items: schema });
const mapOf = ({ schema }: Field): Field => is({ type: 'object', additionalProperties: schema });

const text = is({ type: 'string' });
const flag = is({ type: 'boolean' });
const count = is({ type: 'integer', minimum: 0 });
/** A clock that was set back makes a duration negative. */
const milliseconds = is({ type: 'number' });
const hosts = listOf(text);
const stream = oneOf('stdout', 'stderr');
const base64 = maybe(oneOf('base64'));

/** `faults` holds errors again. */
const error = is({ $ref: '#/$defs/error' });
const taskStatus = oneOf('ok', 'changed', 'skipped', 'failed', 'unreachable', 'cancelled');
const result = is({ type: 'object' });
const change = record({
  action: oneOf('make directory', 'copy file', 'make link', 'change mode', 'remove'),
  path: text,
  bytes: maybe(count),
  replaces: maybe(flag),
  mode: maybe(record({ before: text, after: text })),
  diff: maybe(text),
});
const tunnel = { host: text, tunnel: count } as const;
const road = { side: oneOf('local', 'remote'), listen: text, target: text } as const;
const tasksByStatus = { ok: count, changed: count, unreachable: count, failed: count, skipped: count, rescued: count, ignored: count };

/** Shapes that events refer to. */
const SHARED: Readonly<Record<string, Fields>> = {
  error: { code: maybe(text), message: text, where: maybe(text), fix: maybe(text), faults: maybe(listOf(error)) },
};

/** By name, in the order of docs/jsonl.md. */
export const EVENTS = {
  'run-started': { verb: oneOf('run', 'put', 'get', 'ping', 'play', 'tunnel'), subject: text, hosts },
  'host-started': { host: text },
  output: { host: text, stream, data: text, dataEncoding: base64 },
  progress: { host: text, doneBytes: count, totalBytes: maybe(count), doneFiles: maybe(count), totalFiles: maybe(count) },
  'host-finished': {
    host: text,
    status: oneOf('ok', 'failed', 'unreachable', 'timed-out', 'cancelled'),
    exitCode: maybe(count),
    signal: maybe(text),
    stdout: maybe(text),
    stdoutEncoding: base64,
    stderr: maybe(text),
    stderrEncoding: base64,
    truncated: maybe(flag),
    bytes: maybe(count),
    localPath: maybe(text),
    remotePath: maybe(text),
    resumedBytes: maybe(count),
    files: maybe(count),
    unchanged: maybe(count),
    removed: maybe(count),
    dryRun: maybe(flag),
    changes: maybe(listOf(change)),
    error: maybe(error),
    connectMs: maybe(milliseconds),
    durationMs: milliseconds,
  },
  'play-started': { play: text, hosts },
  'task-started': {
    task: record({ id: count, name: text, module: text, file: text, line: count, column: count, handler: flag }),
    hosts,
  },
  'task-output': { task: count, host: text, stream, data: text, dataEncoding: base64 },
  'item-finished': { task: count, host: text, item: text, status: taskStatus, ignored: flag, delegate: maybe(text), result },
  'task-finished': {
    task: count,
    host: text,
    status: taskStatus,
    ignored: flag,
    delegate: maybe(text),
    durationMs: milliseconds,
    result,
    error: maybe(error),
  },
  'play-finished': { play: text },
  recap: { hosts: mapOf(record(tasksByStatus)), custom: maybe(mapOf(result)), drift: maybe(hosts), durationMs: milliseconds },
  'tunnel-listening': { ...tunnel, ...road },
  'tunnel-opened': { ...tunnel, id: count, from: text, to: text },
  'tunnel-refused': { ...tunnel, id: count, from: text, to: maybe(text), error },
  'tunnel-closed': { ...tunnel, id: count, sentBytes: count, receivedBytes: count, error: maybe(error) },
  'tunnel-ended': { ...tunnel, error },
  'line-lost': { host: text },
  'line-retry': { host: text, error, waitMs: milliseconds },
  'line-restored': { host: text },
  'line-given-up': { host: text, error },
  'host-failed': { host: text, error },
  'run-finished': {
    tunnels: maybe(listOf(record({ host: text, ...road, connections: count, refused: count, sentBytes: count, receivedBytes: count }))),
  },
} as const satisfies Readonly<Record<string, Fields>>;

/** The name of an event. */
export type JsonlEvent = keyof typeof EVENTS;

/**
 * The JSON Schema (2020-12) of one line.
 *
 * Fields it does not name may come at any time, and so may events: who reads lines should pass over those that are unknown.
 *
 * @param version - Of the format, as every line carries it.
 */
export function jsonLinesSchema(version: number): JsonSchema {
  const common = { v: is({ const: version }), at: is({ type: 'string', format: 'date-time' }) };
  const events = Object.entries(EVENTS).map(([name, fields]) => [name, objectSchema({ event: is({ const: name }), ...fields })] as const);
  const shared = Object.entries(SHARED).map(([name, fields]) => [name, objectSchema(fields)] as const);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'One line of sshoal --output jsonl',
    ...objectSchema(common),
    oneOf: events.map(([name]) => ({ $ref: `#/$defs/${name}` })),
    $defs: Object.fromEntries([...shared, ...events]),
  };
}

function objectSchema(fields: Fields): JsonSchema {
  const properties = Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema]));
  const required = Object.keys(fields).filter((name) => fields[name]?.optional === false);
  return { type: 'object', required, properties };
}
