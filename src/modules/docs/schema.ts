// The JSON Schema of modules' arguments, for editors and other programs. It knows no keyword of tasks.
import type { ParamSpec } from '../seam.ts';
import type { ModuleDescription, ParamDescription } from './description.ts';

export type Schema = Readonly<Record<string, unknown>>;

/** Text with a template in it stands for a value of any type. */
export const TEMPLATED: Schema = { type: 'string', pattern: String.raw`\{\{|\{%` };

const SCALAR = ['string', 'number', 'boolean', 'null'];
// As Ansible reads them: numbers from text, lists from text with commas, maps from `a=1 b=2`; null counts as not given.
const TYPES: Readonly<Record<ParamSpec['type'], Schema>> = {
  str: { type: SCALAR },
  path: { type: SCALAR },
  source: { type: SCALAR },
  int: { type: ['integer', 'null', 'string'] },
  float: { type: ['number', 'null', 'string'] },
  bool: { type: ['boolean', 'null', 'string', 'integer'] },
  list: { type: ['array', 'null', 'string', 'number'] },
  dict: { type: ['object', 'null', 'string'] },
  mode: { type: ['string', 'integer', 'null'] },
  raw: {},
};

/** The schema, draft 2020-12, of an object with one module and its arguments; `$defs` has the arguments of each. */
export function modulesSchema(modules: readonly ModuleDescription[]): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:sshoal:modules',
    title: 'Modules of sshoal',
    description: 'A module with its arguments, as a task names it.',
    type: 'object',
    minProperties: 1,
    maxProperties: 1,
    additionalProperties: false,
    properties: moduleProperties(modules),
    $defs: moduleDefinitions(modules),
  };
}

/** Under which names tasks call modules, each leading to its arguments. */
export function moduleProperties(modules: readonly ModuleDescription[]): Schema {
  const names = modules.flatMap(({ name }) =>
    [name, `ansible.builtin.${name}`, `ansible.legacy.${name}`].map((written) => [written, { $ref: `#/$defs/${name}` }]),
  );
  return Object.fromEntries(names) as Schema;
}

export function moduleDefinitions(modules: readonly ModuleDescription[]): Schema {
  return Object.fromEntries(modules.map((module) => [module.name, argumentsSchema(module)]));
}

function argumentsSchema({ summary, params, freeForm }: ModuleDescription): Schema {
  if (params === undefined) return { description: summary, type: ['object', 'string', 'null'] };
  const properties = params.flatMap((param) => [param.name, ...(param.aliases ?? [])].map((name) => [name, paramSchema(param)] as const));
  const required = params.filter((param) => param.required && param.name !== freeForm);
  const complete = { allOf: required.map(({ name, aliases = [] }) => oneOfThem([name, ...aliases])) };
  return {
    description: summary,
    type: ['object', 'string', 'null'],
    properties: Object.fromEntries(properties),
    additionalProperties: false,
    // A line of text is free-form, or k=v; where there is nothing, `args` may bring what is required.
    ...(required.length === 0 ? {} : { anyOf: [{ type: ['string', 'null'] }, complete] }),
  };
}

function oneOfThem(names: readonly string[]): Schema {
  return { anyOf: names.map((name) => ({ required: [name] })) };
}

function paramSchema({ type, description, choices, default: otherwise }: ParamDescription): Schema {
  const shape = choices === undefined ? TYPES[type] : choicesSchema(type, choices);
  return { description, ...shape, ...(otherwise === undefined ? {} : { default: otherwise }) };
}

// YAML reads `yes` and `no` as truth; where one of them is a choice it was meant.
function choicesSchema(type: ParamSpec['type'], choices: readonly string[]): Schema {
  const words = choices.some((choice) => /^(?:yes|no|on|off|true|false)$/.test(choice))
    ? [...choices, true, false, null]
    : [...choices, null];
  const one = { anyOf: [{ enum: words }, TEMPLATED] };
  return type === 'list' ? { anyOf: [{ type: 'array', items: one }, { type: ['string', 'null'] }] } : one;
}
