// validate_argument_spec: whether the variables of a role are those that its argument_specs ask for.
import { type Dict, dict, Float, isDict, typeName, type Value } from '../../base/value.ts';
import type { Action } from './seam.ts';

export const validateArgumentSpec: Action = {
  name: 'validate_argument_spec',
  summary: 'check variables against a specification',
  params: {
    argument_spec: { type: 'dict', required: true, description: 'Options by name, as in meta/argument_specs.yml of a role' },
    provided_arguments: { type: 'dict', description: 'Values; those not given are taken from the variables of the host' },
    validate_args_context: { type: 'dict', description: 'Of what it is, for the result' },
  },
  expressions: new Set(['argument_spec']),
  run: ({ args, variable }) => {
    const spec = dictOf(args.get('argument_spec'));
    const provided: Dict = new Map();
    for (const name of spec.keys()) {
      const value = variable(String(name));
      if (value !== undefined) provided.set(name, value);
    }
    for (const [name, value] of dictOf(args.get('provided_arguments'))) provided.set(name, value);
    const errors = faultsOf(spec, provided, '');
    const values = dict({ validate_args_context: args.get('validate_args_context') ?? new Map() });
    if (errors.length === 0) return { result: { changed: false, failed: false, msg: 'The arg spec validation passed', values } };
    values.set('argument_errors', errors);
    values.set('argument_spec_data', spec);
    return { result: { changed: false, failed: true, msg: `Validation of arguments failed:\n${errors.join('\n')}`, values } };
  },
};

function faultsOf(spec: Dict, given: Dict, path: string): string[] {
  const inside = path === '' ? '' : ` found in ${path}`;
  const missing = [...spec]
    .filter(([name, option]) => isDict(option) && isYes(option.get('required')) && !given.has(name))
    .map(([name]) => String(name));
  return [
    ...(missing.length === 0 ? [] : [`missing required arguments: ${missing.sort().join(', ')}${inside}`]),
    ...[...spec].flatMap(([name, option]) => {
      const value = given.get(name);
      return isDict(option) && value !== undefined && value !== null ? faultsOfOption(String(name), option, value, path) : [];
    }),
  ];
}

function faultsOfOption(name: string, option: Dict, value: Value, path: string): string[] {
  const at = path === '' ? name : `${path} -> ${name}`;
  const type = text(option.get('type'), 'str');
  if (!isOf(type, value)) return [`argument '${name}' is of type ${typeName(value)} and we were unable to convert to ${type}`];
  const choices = option.get('choices');
  const elements = text(option.get('elements'), '');
  const items = type === 'list' ? listOf(value) : [value];
  const wrong = Array.isArray(choices) ? items.filter((item) => !choices.some((choice) => plain(choice) === plain(item))) : [];
  if (wrong.length > 0 && Array.isArray(choices))
    return [
      `value of ${name} must be one ${type === 'list' ? 'or more ' : ''}of: ${choices.map(plain).join(', ')}, got: ${wrong.map(plain).join(', ')}${path === '' ? '' : ` found in ${path}`}`,
    ];
  if (elements !== '') {
    const bad = items.find((item) => !isOf(elements, item));
    if (bad !== undefined)
      return [`Elements value for option '${name}' is of type ${typeName(bad)} and we were unable to convert to ${elements}`];
  }
  const options = option.get('options');
  return isDict(options) ? items.flatMap((item) => (isDict(item) ? faultsOf(options, item, at) : [])) : [];
}

// As loosely as ansible's own argument types: numbers may be text, a list may be text with commas.
function isOf(type: string, value: Value): boolean {
  switch (type) {
    case 'int':
      return typeof value === 'number' || typeof value === 'bigint' || (typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value));
    case 'float':
      return (
        typeof value === 'number' ||
        value instanceof Float ||
        (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
      );
    case 'bool':
      return typeof value === 'boolean' || /^(?:yes|no|true|false|on|off|y|n|t|f|0|1)$/i.test(plain(value));
    case 'list':
      return Array.isArray(value) || typeof value === 'string' || typeof value === 'number';
    case 'dict':
      return isDict(value) || (typeof value === 'string' && (value.startsWith('{') || value.includes('=')));
    case 'path':
      return typeof value === 'string';
    default:
      return true;
  }
}

function listOf(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [value];
}

function plain(value: Value): string {
  return value instanceof Float ? String(value.value) : String(value as string);
}

function text(value: Value | undefined, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

function dictOf(value: Value | undefined): Dict {
  return isDict(value) ? value : new Map();
}

function isYes(value: Value | undefined): boolean {
  return value === true || value === 'yes' || value === 'true';
}
