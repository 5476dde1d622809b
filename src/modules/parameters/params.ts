// Raw arguments of a task -> typed parameters, or everything that is wrong with them at once. It does not know where they were written.
import { didYouMean } from '../../base/suggest.ts';
import { type Dict, Float, isDict, type Key, typeName, type Value } from '../../base/value.ts';
import { isMode } from '../files/mode.ts';
import { scalarText } from '../script/text.ts';
import type { Module, ParamSpec, Params, ParamType, Source, SourceFile, SourceTree } from '../seam.ts';
import { RAW_PARAMS } from './key-value.ts';

/** One thing wrong with a task's arguments. */
export interface ParamFault {
  /** The argument as it was written (an alias stays one), or undefined when the fault is of all of them. */
  readonly param: string | undefined;
  /** One sentence without a full stop. */
  readonly message: string;
  readonly fix?: string | undefined;
}

/** What a caller passes: a value, or a file of the controller it has already read. */
export type RawArguments = ReadonlyMap<Key, Value | Source>;

export interface ReadOptions {
  /**
   * Whether a value is still a template, or holds one. Such values are taken to be right, left out of `params`, and named to the module's
   * own check. Default: none is.
   */
  readonly isTemplated?: (value: Value) => boolean;
}

export interface ReadParams {
  /** Typed, with defaults; complete only when there are no faults. */
  readonly params: Params;
  readonly faults: readonly ParamFault[];
}

/**
 * Reads the arguments of a task, with the coercions of ansible 2.14: bool words, numbers from text, lists from text with
 * commas, aliases. `null` counts as not given. Modes become octal or symbolic text; paths keep their `~` for the remote shell.
 *
 * A `source` parameter stays the text it is until the caller puts a {@link SourceFile} in its place.
 *
 * @param module - Whose parameters.
 * @param raw - As written, `_raw_params` being the free-form text.
 * @returns Every fault, not only the first.
 */
export function readParams(module: Module, raw: RawArguments, options: ReadOptions = {}): ReadParams {
  const isTemplated = options.isTemplated ?? (() => false);
  const faults: ParamFault[] = [];
  const given = new Map<string, { readonly written: string; readonly value: Value | Source }>();
  for (const [key, value] of raw) {
    const written = String(key);
    const name = canonicalName(module, written);
    const twin = name === undefined ? undefined : given.get(name);
    if (name === undefined) faults.push(unknownParam(module, written));
    else if (twin !== undefined) faults.push({ param: written, message: `\`${written}\` and \`${twin.written}\` are the same parameter` });
    else if (value !== null) given.set(name, { written, value });
  }
  const params: Record<string, Value | Source> = {};
  const templated = new Set<string>();
  for (const [name, spec] of Object.entries(module.params)) {
    const entry = given.get(name);
    if (entry === undefined) {
      if (spec.required === true) faults.push(missingParam(module, name));
      if (spec.default !== undefined) params[name] = spec.default;
      continue;
    }
    if (!isSource(entry.value) && isTemplated(entry.value)) {
      templated.add(name);
      continue;
    }
    const reading = readParam(spec, entry.value);
    if (reading.kind === 'value') params[name] = reading.value;
    else faults.push({ param: entry.written, message: `\`${entry.written}\` ${reading.message}`, fix: reading.fix });
  }
  if (faults.length === 0) faults.push(...certainFaults(module, params, templated).map((message) => ({ param: undefined, message })));
  return { params, faults };
}

/** What is wrong whatever the templates turn out to be: each may be a value, or `omit`, and then the default holds. */
function certainFaults({ params: specs, check }: Module, params: Params, templated: ReadonlySet<string>): readonly string[] {
  const faults = check?.(params, templated) ?? [];
  if (faults.length === 0 || templated.size === 0) return faults;
  const defaults = Object.fromEntries([...templated].map((name) => [name, specs[name]?.default]));
  const withoutThem = check?.({ ...params, ...defaults }, new Set()) ?? [];
  return faults.filter((fault) => withoutThem.includes(fault));
}

/** A {@link SourceFile} rather than a value. */
export function isSourceFile(value: Value | Source | undefined): value is SourceFile {
  return typeof value === 'object' && value !== null && 'sha1' in value;
}

/** A {@link SourceTree} rather than a value. */
export function isSourceTree(value: Value | Source | undefined): value is SourceTree {
  // A dict has a method of this name.
  return typeof value === 'object' && value !== null && 'entries' in value && typeof value.entries === 'object';
}

/** Files of the controller rather than a value. */
export function isSource(value: Value | Source | undefined): value is Source {
  return isSourceFile(value) || isSourceTree(value);
}

/** A text parameter, or undefined when it was not given. */
export function textOf(params: Params, name: string): string | undefined {
  const value = params[name];
  return typeof value === 'string' ? value : undefined;
}

/** A whole number, or undefined when it was not given. */
export function integerOf(params: Params, name: string): number | undefined {
  const value = params[name];
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
}

/** A boolean parameter; false when it was not given. */
export function isOn(params: Params, name: string): boolean {
  return params[name] === true;
}

/** The texts of a list parameter, or undefined when it was not given. */
export function textsOf(params: Params, name: string): readonly string[] | undefined {
  const value = params[name];
  return Array.isArray(value) ? value.map((item) => scalarText(item)) : undefined;
}

type Reading =
  | { readonly kind: 'value'; readonly value: Value | Source }
  | { readonly kind: 'fault'; readonly message: string; readonly fix?: string };

function readParam(spec: ParamSpec, value: Value | Source): Reading {
  if (spec.unsupported !== undefined) {
    if (value === false || value === '') return { kind: 'value', value };
    return { kind: 'fault', message: 'is not supported by sshoal', fix: spec.unsupported };
  }
  if (isSourceTree(value) && spec.directories !== true) return { kind: 'fault', message: 'is a directory, and a file was expected' };
  if (isSource(value)) {
    return spec.type === 'source' ? { kind: 'value', value } : { kind: 'fault', message: 'does not take a file of the controller' };
  }
  const reading = readTyped(spec.type, meantChoice(spec, value));
  if (reading.kind === 'fault') return reading;
  const typed = reading.value as Value;
  if (Array.isArray(typed) && spec.elements !== undefined) return readElements(spec, spec.elements, typed);
  return badChoice(spec, typed) ?? reading;
}

function readElements(spec: ParamSpec, elements: ParamType, list: readonly Value[]): Reading {
  const items: Value[] = [];
  for (const [index, item] of list.entries()) {
    const reading = readTyped(elements, item);
    const fault = reading.kind === 'fault' ? reading : badChoice(spec, reading.value as Value);
    if (fault?.kind === 'fault') return { ...fault, message: `has an item ${index + 1} that ${fault.message}` };
    if (reading.kind === 'value') items.push(reading.value as Value);
  }
  return { kind: 'value', value: items };
}

// YAML has read `yes` as true; where a choice is one of those words, and the only one, it was meant. As ansible 2.14.
function meantChoice(spec: ParamSpec, value: Value): Value {
  if (typeof value !== 'boolean' || spec.type !== 'str') return value;
  const meant = spec.choices?.filter((choice) => (value ? TRUE_WORDS : FALSE_WORDS).includes(choice)) ?? [];
  return meant.length === 1 ? (meant[0] ?? value) : value;
}

function badChoice(spec: ParamSpec, value: Value): Reading | undefined {
  if (spec.choices === undefined || (typeof value === 'string' && spec.choices.includes(value))) return undefined;
  const text = isDict(value) || Array.isArray(value) ? typeName(value) : scalarText(value);
  return { kind: 'fault', message: `cannot be \`${text}\``, fix: didYouMean(text, spec.choices) };
}

const TRUE_WORDS = ['y', 'yes', 'on', '1', 'true', 't', '1.0'];
const FALSE_WORDS = ['n', 'no', 'off', '0', 'false', 'f', '0.0'];

function readTyped(type: ParamType, value: Value): Reading {
  switch (type) {
    case 'raw':
      return ok(value);
    case 'str':
    case 'path':
    case 'source':
      if (isDict(value) || Array.isArray(value)) return wrong('text', value);
      if (type !== 'str' && value === '') return { kind: 'fault', message: 'is empty, and must be a path' };
      return scalarText(value).includes('\0') ? { kind: 'fault', message: 'holds a NUL character' } : ok(scalarText(value));
    case 'bool':
      return readBool(value);
    case 'int':
      if (typeof value === 'number' || typeof value === 'bigint') return ok(value);
      if (typeof value === 'string' && /^\s*[-+]?\d+(?:_\d+)*\s*$/.test(value)) return ok(Number(value.replaceAll('_', '')));
      return wrong('a whole number', value);
    case 'float':
      if (value instanceof Float) return ok(value);
      if (typeof value === 'number' || typeof value === 'bigint') return ok(new Float(Number(value)));
      if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))) return ok(new Float(Number(value)));
      return wrong('a number', value);
    case 'list':
      if (Array.isArray(value)) return ok(value);
      if (typeof value === 'string') return ok(value.split(','));
      if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float) return ok([scalarText(value)]);
      return wrong('a list', value);
    case 'dict':
      return readDict(value);
    case 'mode':
      return readMode(value);
  }
}

function readBool(value: Value): Reading {
  if (typeof value === 'boolean') return ok(value);
  const word = isDict(value) || Array.isArray(value) ? undefined : scalarText(value).toLowerCase().trim();
  if (word !== undefined && TRUE_WORDS.includes(word)) return ok(true);
  if (word !== undefined && FALSE_WORDS.includes(word)) return ok(false);
  return wrong('true or false', value);
}

function readDict(value: Value): Reading {
  if (isDict(value)) return ok(value);
  if (typeof value !== 'string') return wrong('a dict', value);
  const fields = value.split(/[,\s]+/).filter((field) => field !== '');
  if (fields.length === 0 || !fields.every((field) => field.includes('='))) return wrong('a dict', value);
  const dict: Dict = new Map(fields.map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]));
  return ok(dict);
}

// YAML has already read 0644 as octal, so a number is the mode itself; text is what people write.
function readMode(value: Value): Reading {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0o7777) {
    return ok(`0${value.toString(8).padStart(3, '0')}`);
  }
  if (typeof value === 'string' && isMode(value)) return ok(value);
  const fix = "Write it in quotes: '0644', 'u=rw,g=r,o=r', or 'preserve' where there is a source";
  return { kind: 'fault', message: `is no file mode${typeof value === 'string' ? `: \`${value}\`` : ''}`, fix };
}

function ok(value: Value): Reading {
  return { kind: 'value', value };
}

function wrong(wanted: string, value: Value): Reading {
  const shown = isDict(value) || Array.isArray(value) ? `a ${typeName(value)}` : `\`${scalarText(value)}\``;
  return { kind: 'fault', message: `must be ${wanted}, and is ${shown}` };
}

function canonicalName(module: Module, written: string): string | undefined {
  if (written === RAW_PARAMS) return module.freeForm;
  if (Object.hasOwn(module.params, written)) return written;
  return Object.entries(module.params).find(([, spec]) => spec.aliases?.includes(written))?.[0];
}

function unknownParam(module: Module, written: string): ParamFault {
  if (written === RAW_PARAMS) return { param: undefined, message: `\`${module.name}\` takes no free-form text`, fix: 'Write key=value' };
  const known = Object.entries(module.params).flatMap(([name, spec]) => (spec.unsupported === undefined ? [name] : []));
  return { param: written, message: `\`${module.name}\` has no parameter \`${written}\``, fix: didYouMean(written, known) };
}

function missingParam(module: Module, name: string): ParamFault {
  return {
    param: undefined,
    message: `\`${module.name}\` needs \`${name}\``,
    fix: `Give ${name}: ${module.params[name]?.description ?? ''}`,
  };
}
