// How a module is written in TypeScript or JavaScript: the types, and the tools its code is given. It does not know where such files are found.
import { type Dict, fromJson, isDict, toJson, type Value } from '../../base/value.ts';
import { isSource } from '../parameters/params.ts';
import { failed, finished } from '../script/answer.ts';
import { word } from '../script/script.ts';
import type {
  Module,
  ModuleContext,
  ModuleDocs,
  ModuleResult,
  ParamSpec,
  ParamSpecs,
  Params,
  ParamType,
  SourceFile,
  Step,
} from '../seam.ts';
import { shellStep } from './prelude.ts';

/** A parameter; its default is plain JSON. */
export interface PlainParamSpec extends Omit<ParamSpec, 'default' | 'unsupported'> {
  readonly default?: unknown;
}
export type PlainParamSpecs = Readonly<Record<string, PlainParamSpec>>;

interface Plain {
  str: string;
  path: string;
  mode: string;
  int: number;
  float: number;
  bool: boolean;
  dict: Readonly<Record<string, unknown>>;
  raw: unknown;
  source: SourceFile;
}
type PlainOf<S extends PlainParamSpec> = S['type'] extends 'list'
  ? readonly (S['elements'] extends keyof Plain ? Plain[S['elements']] : unknown)[]
  : S extends { readonly type: 'str'; readonly choices: readonly (infer Choice)[] }
    ? Choice
    : S['type'] extends keyof Plain
      ? Plain[S['type']]
      : unknown;

/** The parameters as plain JavaScript; undefined where they are neither required nor have a default. */
export type PlainParams<S extends PlainParamSpecs> = {
  readonly [Name in keyof S]: S[Name] extends { readonly required: true } | { readonly default: unknown }
    ? PlainOf<S[Name]>
    : PlainOf<S[Name]> | undefined;
};

/** How a step of shell text ended well. */
export interface ShellResult {
  readonly changed: boolean;
  readonly msg?: string;
  /** What it registered with `result`, as `returns` types it. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** What `compile` works with besides its parameters. They come as an argument, so that a module need not find sshoal to import it. */
export interface ModuleTools {
  /**
   * Runs POSIX sh on the host, with every parameter as a variable and the words of shell modules (`changed`, `change`, `failed`,
   * `result`, `fact`, `difference`, `each`, `given`, `finish`, `"$check"`, `"$diff"`).
   *
   * @param then - What to do next. Default: the result is the module's.
   */
  readonly sh: (body: string, then?: (result: ShellResult) => Step) => Step;
  /** The end; `values` are further keys of what is registered. */
  readonly done: (changed: boolean, values?: Readonly<Record<string, unknown>>) => Step;
  /** The end of what could not be done. */
  readonly fail: (message: string, values?: Readonly<Record<string, unknown>>) => Step;
  /** A text as one word of the shell. */
  readonly quote: (text: string) => string;
}

/** A module as it is written. Its name is that of its file. */
export interface ModuleDefinition<S extends PlainParamSpecs = PlainParamSpecs> extends ModuleDocs {
  /** One sentence without a full stop. */
  readonly summary: string;
  readonly params: S;
  /** The parameter that takes free-form text. */
  readonly freeForm?: keyof S & string;
  /** Whether it runs in check mode, told so by `context.checkMode` and `"$check"`. Default `skips`. */
  readonly checkMode?: Module['checkMode'];
  /** Faults that types cannot say, one sentence each; templated parameters are undefined here. */
  readonly check?: (params: Partial<PlainParams<S>>, templated: ReadonlySet<string>) => readonly string[];
  readonly compile: (params: PlainParams<S>, context: ModuleContext, tools: ModuleTools) => Step;
}

/**
 * Gives a module its types. It returns what it is given: a file may as well export the plain object.
 *
 * @example
 * ```ts
 * export const module = defineModule({
 *   summary: 'Keeps a greeting in a file',
 *   params: { path: { type: 'path', required: true, description: 'the file' }, name: { type: 'str', default: 'world', description: 'who' } },
 *   checkMode: 'inspects',
 *   compile: (params, _context, { sh }) => sh(`
 *     if [ "$(cat "$path" 2>/dev/null)" = "hello $name" ]; then finish; fi
 *     greet() { printf 'hello %s\\n' "$name" >"$path"; }
 *     change 'Could not write it' greet`),
 * });
 * ```
 */
export function defineModule<const S extends PlainParamSpecs>(definition: ModuleDefinition<S>): ModuleDefinition<S> {
  return definition;
}

/** A module as the rest of the program knows it. What its code throws fails the task, and no more. */
export function moduleOf(name: string, definition: ModuleDefinition, params: ParamSpecs): Module {
  const { summary, freeForm, checkMode = 'skips', check, compile, notes, diff, returns = {}, examples } = definition;
  const docs = Object.fromEntries(Object.entries({ notes, diff, returns, examples }).filter(([, value]) => value !== undefined));
  return {
    name,
    summary,
    params,
    ...(freeForm === undefined ? {} : { freeForm }),
    ...(check === undefined ? {} : { check: (given, templated) => check(plainParams(given), templated) }),
    checkMode,
    docs,
    compile: (given, context) => {
      const tools: ModuleTools = {
        sh: (body, then) =>
          shellStep(
            { name, specs: shellSpecs(params), params: given, returns, body },
            context,
            then && ((result) => then(plainResult(result))),
          ),
        done: (changed, values = {}) => finished({ changed, failed: false, values: fromJson(values) as Dict }),
        fail: (message, values = {}) => failed(message, Object.fromEntries(fromJson(values) as Map<string, Value>)),
        quote: word,
      };
      return guarded(name, () => compile(plainParams(given), context, tools));
    },
  };
}

/** A file of the controller is no variable of the shell. */
function shellSpecs(specs: ParamSpecs): ParamSpecs {
  return Object.fromEntries(Object.entries(specs).filter(([, { type }]) => type !== ('source' satisfies ParamType)));
}

function plainParams(params: Params): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, value === undefined || isSource(value) ? value : toJson(value)]),
  );
}

function plainResult({ changed, msg, values }: ModuleResult): ShellResult {
  return { changed, ...(msg === undefined ? {} : { msg }), values: toJson(values) as Record<string, unknown> };
}

const KINDS: ReadonlySet<unknown> = new Set(['script', 'upload', 'finished'] satisfies Step['kind'][]);

/** A step that can be carried out, whatever the code did. */
function guarded(name: string, make: () => unknown): Step {
  try {
    const step = make() as Step | undefined;
    if (step === undefined || !KINDS.has(step.kind)) return failed(`The module ${name} gave no step`);
    if (step.kind === 'script') return { ...step, read: (answer) => guarded(name, () => step.read(answer)) };
    if (step.kind === 'upload') return { ...step, next: () => guarded(name, step.next) };
    return isDict(step.result.values) ? step : failed(`The module ${name} gave a result without values`);
  } catch (error) {
    return failed(`The module ${name} has a fault: ${error instanceof Error ? error.message : String(error)}`);
  }
}
