// What can be wrong with the description of a parameter that somebody wrote for a module of their own. It does not know where it stands.
import { didYouMean } from '../../base/suggest.ts';
import type { Value } from '../../base/value.ts';
import { readParams } from '../parameters/params.ts';
import type { Module, ParamSpec, ParamType, ReturnSpec } from '../seam.ts';
import { TAKEN_NAMES, VARIABLE_NAME } from './prelude.ts';

export const PARAM_TYPES: readonly ParamType[] = ['str', 'int', 'float', 'bool', 'list', 'dict', 'path', 'raw', 'mode', 'source'];
export const RETURN_TYPES: readonly NonNullable<ReturnSpec['type']>[] = ['str', 'int', 'float', 'bool', 'list', 'dict'];

interface SpecFault {
  readonly message: string;
  readonly fix: string;
}

/**
 * @param spec - As it was written; a default already as a {@link Value}.
 * @param hasSources - Whether files of the controller can be taken: shell text cannot.
 */
export function paramFaults(name: string, spec: Readonly<Record<string, unknown>>, hasSources = false): SpecFault[] {
  const types = PARAM_TYPES.filter((type) => hasSources || type !== 'source');
  const elements = types.filter((type) => type !== 'list' && type !== 'source');
  const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === 'string');
  const faults: SpecFault[] = [];
  const check = (isRight: boolean, message: string, fix: string): void => {
    if (!isRight) faults.push({ message: `\`${name}\` ${message}`, fix });
  };
  check(VARIABLE_NAME.test(name), 'cannot be the name of a parameter', 'Use small letters, digits and _, beginning with a letter');
  check(
    !TAKEN_NAMES.has(name),
    'is a variable that every script has',
    `Call the parameter otherwise; taken are ${[...TAKEN_NAMES].join(', ')}`,
  );
  check(types.includes(spec.type as ParamType), `has no type \`${String(spec.type)}\``, didYouMean(String(spec.type), types));
  check(typeof spec.description === 'string', 'has a `description` that is no text', 'Write a few words');
  check(['boolean', 'undefined'].includes(typeof spec.required), 'has a `required` that is neither true nor false', 'Write true or false');
  for (const key of ['choices', 'aliases'])
    check(spec[key] === undefined || isTexts(spec[key]), `has \`${key}\` that are no list of words`, 'Write [one, two]');
  check(
    spec.elements === undefined || (spec.type === 'list' && elements.includes(spec.elements as (typeof elements)[number])),
    'has `elements` that no list can have',
    `Give it the type list, and elements one of ${elements.join(', ')}`,
  );
  check(!(spec.required === true && spec.default !== undefined), 'is required and has a default', 'Leave one of them out');
  return faults.length > 0 || spec.default === undefined ? faults : defaultFaults(name, spec as unknown as ParamSpec);
}

function defaultFaults(name: string, spec: ParamSpec): SpecFault[] {
  const { params, faults } = readParams(moduleOf(name, spec), new Map([[name, spec.default as Value]]));
  const [fault] = faults;
  if (fault !== undefined) return [{ message: `${fault.message}, which is its default`, fix: fault.fix ?? 'Give another default' }];
  return params[name] === undefined ? [{ message: `\`${name}\` has null as its default`, fix: 'Leave the default out' }] : [];
}

/** The default as the type has it: `default: 0644` of a mode is the text `0644`. */
export function readDefault(name: string, spec: ParamSpec): ParamSpec {
  if (spec.default === undefined) return spec;
  const value = readParams(moduleOf(name, spec), new Map([[name, spec.default]])).params[name];
  return { ...spec, default: value as Value };
}

function moduleOf(name: string, { default: _default, required: _required, ...spec }: ParamSpec): Module {
  const compile = (): never => {
    throw new TypeError('Only its parameters are read');
  };
  return { name, summary: '', params: { [name]: spec }, checkMode: 'skips', compile };
}
