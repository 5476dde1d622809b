// What documentation says of a module, as plain JSON: the one source of pages, schemas and `sshoal doc`. It does not know how it is shown.
import { toJson } from '../../base/value.ts';
import type { Module, ModuleDocs, ParamSpec, ParamSpecs } from '../seam.ts';
import { BUILT_IN_DOCS } from './built-in.ts';

/** A parameter as it is documented. */
export interface ParamDescription {
  readonly name: string;
  readonly type: ParamSpec['type'];
  readonly description: string;
  readonly required: boolean;
  readonly default?: unknown;
  readonly choices?: readonly string[];
  readonly aliases?: readonly string[];
  readonly elements?: ParamSpec['elements'];
}

/** A module, or an action of the controller, as it is documented. */
export interface ModuleDescription {
  readonly name: string;
  /** One sentence without a full stop. */
  readonly summary: string;
  readonly notes: readonly string[];
  /** Undefined where any names and values are taken. */
  readonly params: readonly ParamDescription[] | undefined;
  /** What Ansible has and sshoal refuses, with what to do instead. */
  readonly refused: Readonly<Record<string, string>>;
  readonly freeForm: string | undefined;
  /** What it does in check mode: `inspects` says what would change, `skips` does nothing. */
  readonly checkMode: Module['checkMode'];
  readonly diff: boolean;
  readonly returns: NonNullable<ModuleDocs['returns']>;
  /** YAML: a list of tasks. */
  readonly examples: string;
}

/** What a module and an action have in common. */
export interface Describable {
  readonly name: string;
  readonly summary: string;
  readonly params: ParamSpecs | undefined;
  readonly freeForm?: string;
  /** Actions run in check mode too: they change no host. */
  readonly checkMode?: Module['checkMode'];
  readonly docs?: ModuleDocs;
}

export function describeModule(module: Describable): ModuleDescription {
  const { name, summary, params, freeForm, checkMode = 'inspects', docs = BUILT_IN_DOCS[name] ?? {} } = module;
  const specs = Object.entries(params ?? {});
  const known = specs.filter(([, spec]) => spec.unsupported === undefined).map(([param, spec]) => describeParam(param, spec));
  return {
    name,
    summary: summary.charAt(0).toUpperCase() + summary.slice(1),
    notes: docs.notes ?? [],
    params: params === undefined ? undefined : known,
    refused: Object.fromEntries(specs.flatMap(([param, { unsupported }]) => (unsupported === undefined ? [] : [[param, unsupported]]))),
    freeForm,
    checkMode,
    diff: docs.diff ?? false,
    returns: docs.returns ?? {},
    examples: docs.examples?.trim() ?? exampleOf(name, known),
  };
}

function describeParam(name: string, spec: ParamSpec): ParamDescription {
  const { type, description, required = false, choices, aliases, elements } = spec;
  return {
    name,
    type,
    description,
    required,
    ...(spec.default === undefined ? {} : { default: toJson(spec.default) }),
    ...(choices === undefined ? {} : { choices }),
    ...(aliases === undefined || aliases.length === 0 ? {} : { aliases }),
    ...(elements === undefined ? {} : { elements }),
  };
}

const SAMPLES: Readonly<Record<ParamSpec['type'], string>> = {
  str: 'text',
  int: '1',
  float: '1.5',
  bool: 'true',
  list: '[one, two]',
  dict: '{key: value}',
  path: '/path/on/the/host',
  raw: 'anything',
  mode: "'0644'",
  source: 'file-beside-the-playbook',
};

/** A task with what must be given, where nobody has written an example. */
function exampleOf(name: string, params: readonly ParamDescription[]): string {
  const lines = params.filter(({ required }) => required).map((param) => `    ${param.name}: ${param.choices?.[0] ?? SAMPLES[param.type]}`);
  return [`- ${name}:`, ...lines].join('\n');
}
