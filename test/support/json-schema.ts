// As much of JSON Schema as docs/jsonl.schema.json needs. It does not know that schema, and refuses keywords it does not know.

type Schema = Readonly<Record<string, unknown>>;
type Json = Readonly<Record<string, unknown>>;

const ANNOTATIONS = new Set(['$schema', '$defs', 'title', 'format']);

/**
 * What is wrong with a value.
 *
 * @param root - Where `$ref` leads into.
 * @returns A line for each fault, starting with the path: `/error/code: not a string`.
 */
export function schemaFaults(schema: Schema, value: unknown, root: Schema = schema, path = ''): string[] {
  return Object.entries(schema).flatMap(([keyword, wanted]) => {
    if (ANNOTATIONS.has(keyword)) return [];
    const check = CHECKS[keyword];
    if (check === undefined) throw new Error(`The keyword ${keyword} is not known here`);
    return check(wanted, value, root, path);
  });
}

type Check = (wanted: unknown, value: unknown, root: Schema, path: string) => string[];

const CHECKS: Readonly<Record<string, Check>> = {
  type: (wanted, value, _root, path) => (typeOf(value).includes(String(wanted)) ? [] : [`${path}: not of type ${String(wanted)}`]),
  const: (wanted, value, _root, path) => (value === wanted ? [] : [`${path}: not ${JSON.stringify(wanted)}`]),
  enum: (wanted, value, _root, path) => ((wanted as unknown[]).includes(value) ? [] : [`${path}: not one of ${JSON.stringify(wanted)}`]),
  minimum: (wanted, value, _root, path) => (typeof value !== 'number' || value >= Number(wanted) ? [] : [`${path}: too small`]),
  required: (wanted, value, _root, path) =>
    (wanted as string[]).filter((name) => isObject(value) && !(name in value)).map((name) => `${path}/${name}: missing`),
  properties: (wanted, value, root, path) =>
    Object.entries(wanted as Record<string, Schema>).flatMap(([name, schema]) =>
      isObject(value) && name in value ? schemaFaults(schema, value[name], root, `${path}/${name}`) : [],
    ),
  additionalProperties: (wanted, value, root, path) =>
    isObject(value) ? Object.entries(value).flatMap(([name, one]) => schemaFaults(wanted as Schema, one, root, `${path}/${name}`)) : [],
  items: (wanted, value, root, path) =>
    Array.isArray(value) ? value.flatMap((one: unknown, index) => schemaFaults(wanted as Schema, one, root, `${path}/${index}`)) : [],
  $ref: (wanted, value, root, path) => {
    const name = /^#\/\$defs\/(.+)$/.exec(String(wanted))?.[1] ?? '';
    const schema = (root.$defs as Record<string, Schema>)[name];
    if (schema === undefined) throw new Error(`There is no ${String(wanted)}`);
    return schemaFaults(schema, value, root, path);
  },
  oneOf: (wanted, value, root, path) => {
    const faults = (wanted as Schema[]).map((schema) => schemaFaults(schema, value, root, path));
    const fitting = faults.filter((list) => list.length === 0).length;
    if (fitting === 1) return [];
    // Those of the nearest shape say most.
    return fitting > 1 ? [`${path}: fits ${fitting} shapes`] : (faults.toSorted((a, b) => a.length - b.length)[0] ?? []);
  },
};

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string[] {
  if (value === null) return ['null'];
  if (Array.isArray(value)) return ['array'];
  return Number.isInteger(value) ? ['number', 'integer'] : [typeof value];
}
