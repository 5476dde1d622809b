// The engine's front door: compiles expressions and templates, once each, and evaluates them. It knows no host and no YAML file.
import type { Position } from '../base/position.ts';
import type { Value } from '../base/value.ts';
import type { Statement } from './ast.ts';
import { classicValue, keepsType, staysText } from './classic.ts';
import { type CompileContext, compileExpression, type Evaluate, type Filter, plainName, type Test } from './compile-expression.ts';
import { type CompiledTemplate, compileTemplate } from './compile-template.ts';
import { TemplateError, withPlace } from './errors.ts';
import { addressFilters } from './filters/addresses.ts';
import { chanceFilters } from './filters/chance.ts';
import { dateFilters } from './filters/dates.ts';
import { filtersOf } from './filters/define.ts';
import { dictFilters } from './filters/dicts.ts';
import { encodingFilters } from './filters/encodings.ts';
import { fileFilters } from './filters/files.ts';
import { linkFilters } from './filters/links.ts';
import { numberFilters } from './filters/numbers.ts';
import { pathFilters } from './filters/paths.ts';
import { patternFilters } from './filters/patterns.ts';
import { rowFilters } from './filters/rows.ts';
import { secretFilters } from './filters/secrets.ts';
import { selectFilters } from './filters/select.ts';
import { sequenceFilters } from './filters/sequences.ts';
import { setFilters } from './filters/sets.ts';
import { textFilters } from './filters/text.ts';
import { Frame, type Limits, Run, type Scope } from './frame.ts';
import { GLOBALS } from './globals.ts';
import { type LexerOptions, tokenizeExpression } from './lexer.ts';
import { type Machine, thisMachine } from './machine.ts';
import { capture } from './output.ts';
import { parseExpression, parseTuple } from './parse-expression.ts';
import { parseTemplate } from './parse-template.ts';
import type { Source } from './place.ts';
import { buildTests } from './tests.ts';
import { Tokens } from './tokens.ts';
import { type Any, data, isTruthy } from './values.ts';

export interface EnvironmentOptions {
  /** Further functions and values, by name. */
  readonly globals?: ReadonlyMap<string, Any> | undefined;
  /** Further filters, by name. */
  readonly filters?: ReadonlyMap<string, Filter> | undefined;
  /** Default true, as in Ansible. */
  readonly trimBlocks?: boolean | undefined;
  /** Default false. */
  readonly lstripBlocks?: boolean | undefined;
  /** Default true, as in Ansible. */
  readonly keepTrailingNewline?: boolean | undefined;
  /** What the filters and tests of files look at. Default: the machine that runs this process, as in Ansible. */
  readonly machine?: Machine | undefined;
  /** Finds a template for include, import and extends. Default: there are none. */
  readonly loadTemplate?: ((name: string) => { readonly text: string; readonly file: string } | undefined) | undefined;
  /**
   * How a template becomes a value. `native` (default, as ansible-core 2.19): exactly one `{{ }}` gives that very value. `classic` (as
   * ansible 2.14): everything is text, and text that looks like a list, a dict, True or False is read back as one.
   */
  readonly results?: 'native' | 'classic' | undefined;
  /** Most steps of one evaluation. Default 5 million. */
  readonly maxSteps?: number | undefined;
  /** Most characters one evaluation may write. Default 64 Mi. */
  readonly maxOutput?: number | undefined;
  /** Most characters that one evaluation may make on its way; an item of a list counts as eight. Default 1 Gi. */
  readonly maxMade?: number | undefined;
  /** Longest time that one evaluation may spend in patterns which can take exponentially long. Default 2000. */
  readonly maxPatternMs?: number | undefined;
}

/** A compiled expression, such as a `when`. */
export interface Expression {
  /** Variables it reads. */
  readonly names: ReadonlySet<string>;
  /** @throws UndefinedError when it comes to nothing; TemplateError, BudgetError. */
  readonly evaluate: (scope: Scope) => Value;
  /** Its truth, as Python sees it. @param onOther - Is told of what is neither true nor false. @throws as `evaluate`. */
  readonly test: (scope: Scope, onOther?: (value: Value) => void) => boolean;
}

/** A compiled template. */
export interface Template {
  readonly names: ReadonlySet<string>;
  /** True when there is nothing to template: it stands for itself. */
  readonly isPlain: boolean;
  /** As text. @throws UndefinedError, TemplateError, BudgetError, with their place. */
  readonly render: (scope: Scope) => string;
  /** As a value: a template that is exactly one `{{ }}` gives that very value, any other one text. */
  readonly evaluate: (scope: Scope) => Value;
}

const CACHE_SIZE = 10_000;
const PLAIN = /\{[{%#]/;

/**
 * @example
 * ```ts
 * const jinja = new Environment();
 * jinja.compileTemplate('{{ names | join(", ") }}').render({ get: (name) => vars.get(name) });
 * ```
 */
export class Environment {
  readonly #options: EnvironmentOptions;
  readonly #filters: Map<string, Filter>;
  readonly #tests: Map<string, Test>;
  readonly #globals: ReadonlyMap<string, Any>;
  readonly #limits: Limits;
  readonly #expressions = new Map<string, Expression>();
  readonly #templates = new Map<string, Template>();
  readonly #loaded = new Map<string, CompiledTemplate>();

  constructor(options: EnvironmentOptions = {}) {
    this.#options = options;
    this.#limits = {
      steps: options.maxSteps ?? 5_000_000,
      output: options.maxOutput ?? 64 * 1024 * 1024,
      made: options.maxMade ?? 1024 * 1024 * 1024,
      patternMs: options.maxPatternMs ?? 2_000,
    };
    this.#globals = new Map([...GLOBALS, ...(options.globals ?? [])]);
    const find =
      <T>(table: () => ReadonlyMap<string, T>, what: string) =>
      (name: string): T => {
        const found = table().get(plainName(name));
        if (found === undefined) throw new TemplateError(`No ${what} named '${name}'`);
        return found;
      };
    const machine = options.machine ?? thisMachine;
    const lookup = { machine, filter: find(() => this.#filters, 'filter'), test: find(() => this.#tests, 'test') };
    this.#filters = filtersOf(
      [
        textFilters,
        linkFilters,
        sequenceFilters,
        setFilters,
        rowFilters,
        dictFilters,
        selectFilters,
        chanceFilters,
        numberFilters,
        dateFilters,
        patternFilters,
        pathFilters,
        fileFilters,
        addressFilters,
        encodingFilters,
        secretFilters,
      ],
      lookup,
    );
    for (const [name, filter] of options.filters ?? []) this.#filters.set(name, filter);
    this.#tests = buildTests(this.#filters, machine);
  }

  /** Names of all filters. */
  get filterNames(): readonly string[] {
    return [...this.#filters.keys()];
  }

  /** Names of all tests. */
  get testNames(): readonly string[] {
    return [...this.#tests.keys()];
  }

  /**
   * Compiles a bare expression.
   *
   * @param at - Where the text stands, for errors.
   * @throws JinjaSyntaxError.
   */
  compileExpression(text: string, at?: Position): Expression {
    return cached(this.#expressions, `${text}\0${placeKey(at)}`, () => {
      const source: Source = { text, file: at?.file ?? '<expression>', at };
      return compiling(source, () => {
        const tokens = new Tokens(tokenizeExpression(source), source);
        const tree = parseTuple(tokens, parseExpression);
        if (tokens.current.kind !== 'end') throw tokens.unexpected('The end of the expression expected');
        const names = new Set<string>();
        const evaluate = compileExpression(tree, this.#compileContext(source, names));
        return {
          names,
          evaluate: (scope) => this.#run(scope, source, (frame) => data(evaluate(frame))),
          test: (scope, onOther) =>
            this.#run(scope, source, (frame) => {
              const value = evaluate(frame);
              if (onOther !== undefined && typeof value !== 'boolean') onOther(data(value));
              return isTruthy(value);
            }),
        };
      });
    });
  }

  /**
   * Compiles a template.
   *
   * @param at - Where its first character stands, for errors: a file begins at line 1, column 1.
   * @param options.literalBackslashes - For values of a playbook: there a backslash in a string stands for itself, as ansible 2.14
   * has it (`regex_replace('(a)', '\\1')` needs no doubling). Default false, as in template files.
   * @throws JinjaSyntaxError.
   */
  compileTemplate(text: string, at?: Position, options: { readonly literalBackslashes?: boolean } = {}): Template {
    const literal = options.literalBackslashes ?? false;
    return cached(this.#templates, `${text}\0${placeKey(at)}\0${literal}`, () => this.#template(text, at, literal));
  }

  #template(text: string, at: Position | undefined, literalBackslashes: boolean): Template {
    if (!PLAIN.test(text)) return { names: new Set(), isPlain: true, render: () => text, evaluate: () => text };
    const { source, options } = withoutHeader({ text, file: at?.file ?? '<template>', at });
    return compiling(source, () => {
      const body = parseTemplate(source, { ...this.#lexerOptions(), ...options, literalBackslashes });
      const names = new Set<string>();
      const context = this.#compileContext(source, names);
      const compiled = compileTemplate(body, { ...context, load: (name) => this.#load(name) });
      const render = (scope: Scope): string =>
        this.#run(scope, source, (frame) => capture((inner, out) => compiled.execute(inner, out, new Map()), frame));
      return { names, isPlain: false, render, evaluate: this.#evaluate(body, context, render) };
    });
  }

  #evaluate(body: readonly Statement[], context: CompileContext, render: (scope: Scope) => string): (scope: Scope) => Value {
    const [only] = body;
    const isClassic = this.#options.results === 'classic';
    const classic = staysText(body) ? render : (scope: Scope): Value => classicValue(render(scope));
    if (body.length !== 1 || only?.kind !== 'output') return isClassic ? classic : render;
    const evaluate: Evaluate = compileExpression(only.value, context);
    const native = (scope: Scope): Value => this.#run(scope, context.source, (frame) => data(evaluate(frame)));
    if (!isClassic) return native;
    if (only.value.kind !== 'name') return classic;
    return (scope) => {
      const value = native(scope);
      return keepsType(value) ? value : classic(scope);
    };
  }

  #load(name: string): CompiledTemplate | undefined {
    const found = this.#options.loadTemplate?.(name);
    if (found === undefined) return undefined;
    const { source, options } = withoutHeader({ text: found.text, file: found.file });
    return cached(this.#loaded, `${found.file}\0${found.text}`, () => {
      const body = parseTemplate(source, { ...this.#lexerOptions(), ...options });
      return compileTemplate(body, { ...this.#compileContext(source, new Set()), load: (inner) => this.#load(inner) });
    });
  }

  #lexerOptions(): LexerOptions {
    const { trimBlocks, lstripBlocks, keepTrailingNewline } = this.#options;
    return { trimBlocks: trimBlocks ?? true, lstripBlocks: lstripBlocks ?? false, keepTrailingNewline: keepTrailingNewline ?? true };
  }

  #compileContext(source: Source, names: Set<string>): CompileContext {
    return { source, filters: this.#filters, tests: this.#tests, names };
  }

  #run<T>(scope: Scope, source: Source, body: (frame: Frame) => T): T {
    const run = new Run(scope, this.#globals, this.#limits);
    try {
      return body(new Frame(run));
    } catch (error) {
      throw withPlace(error, run.place ?? { source, offset: 0 });
    }
  }
}

function placeKey(at: Position | undefined): string {
  return at === undefined ? '' : `${at.file}:${at.line}:${at.column}`;
}

function cached<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  // The oldest goes: maps keep the order of insertion.
  if (cache.size >= CACHE_SIZE) for (const oldest of cache.keys()) if (cache.delete(oldest)) break;
  cache.set(key, made);
  return made;
}

/** Nesting that outgrows the parser is the text's fault. */
function compiling<T>(source: Source, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw withPlace(error, { source, offset: 0 });
  }
}

/** Takes `#jinja2: trim_blocks: False, lstrip_blocks: True` off the first line, as Ansible's template module reads it. */
function withoutHeader(source: Source): { readonly source: Source; readonly options: Partial<LexerOptions> } {
  const { text, file, at } = source;
  if (!text.startsWith('#jinja2:')) return { source, options: {} };
  const end = text.indexOf('\n');
  const line = text.slice('#jinja2:'.length, end === -1 ? undefined : end);
  const options: Record<string, boolean> = {};
  for (const [, name = '', value = ''] of line.matchAll(/([a-z_]+)\s*:\s*['"]?(\w+)/gi)) {
    const key = { trim_blocks: 'trimBlocks', lstrip_blocks: 'lstripBlocks', keep_trailing_newline: 'keepTrailingNewline' }[
      name.toLowerCase()
    ];
    if (key !== undefined) options[key] = /^(?:true|yes|1)$/i.test(value);
  }
  const start = at ?? { file, line: 1, column: 1 };
  return {
    source: { text: end === -1 ? '' : text.slice(end + 1), file, at: start.column === 1 ? { ...start, line: start.line + 1 } : start },
    options,
  };
}
