// The engine's front door: compiles expressions and templates, once each, and evaluates them. It knows no host and no YAML file.
import { type Position, positionAt } from '../base/position.ts';
import type { Value } from '../base/value.ts';
import { type CompileContext, compileExpression, type Evaluate, type Filter, type Test } from './compile-expression.ts';
import { type CompiledTemplate, compileTemplate, type Output } from './compile-template.ts';
import { JinjaSyntaxError, TemplateError, withPlace } from './errors.ts';
import { filtersOf } from './filters/define.ts';
import { encodingFilters } from './filters/encodings.ts';
import { numberFilters } from './filters/numbers.ts';
import { pathFilters } from './filters/paths.ts';
import { patternFilters } from './filters/patterns.ts';
import { selectFilters } from './filters/select.ts';
import { sequenceFilters } from './filters/sequences.ts';
import { textFilters } from './filters/text.ts';
import { Frame, Run, type Scope } from './frame.ts';
import { GLOBALS } from './globals.ts';
import { type LexerOptions, type Source, tokenizeExpression } from './lexer.ts';
import { parseExpression, parseTuple, Tokens } from './parse-expression.ts';
import { parseTemplate } from './parse-template.ts';
import { buildTests } from './tests.ts';
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
  /** Finds a template for include, import and extends. Default: there are none. */
  readonly loadTemplate?: ((name: string) => { readonly text: string; readonly file: string } | undefined) | undefined;
  /** Most steps of one evaluation. Default 5 million. */
  readonly maxSteps?: number | undefined;
  /** Most characters one evaluation may write. Default 64 Mi. */
  readonly maxOutput?: number | undefined;
}

/** A compiled expression, such as a `when`. */
export interface Expression {
  /** Variables it reads. */
  readonly names: ReadonlySet<string>;
  /** @throws UndefinedError when it comes to nothing; TemplateError, BudgetError. */
  readonly evaluate: (scope: Scope) => Value;
  /** Its truth, as Python sees it. @throws as `evaluate`. */
  readonly test: (scope: Scope) => boolean;
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
  readonly #limits: { readonly maxSteps: number; readonly maxOutputBytes: number };
  readonly #expressions = new Map<string, Expression>();
  readonly #templates = new Map<string, Template>();

  constructor(options: EnvironmentOptions = {}) {
    this.#options = options;
    this.#limits = { maxSteps: options.maxSteps ?? 5_000_000, maxOutputBytes: options.maxOutput ?? 64 * 1024 * 1024 };
    this.#globals = new Map([...GLOBALS, ...(options.globals ?? [])]);
    const find =
      <T>(table: () => ReadonlyMap<string, T>, what: string) =>
      (name: string): T => {
        const found = table().get(name.replace(/^ansible\.builtin\./, ''));
        if (found === undefined) throw new TemplateError(`No ${what} named '${name}'`);
        return found;
      };
    const lookup = { filter: find(() => this.#filters, 'filter'), test: find(() => this.#tests, 'test') };
    this.#filters = filtersOf(
      [textFilters, sequenceFilters, selectFilters, numberFilters, patternFilters, pathFilters, encodingFilters],
      lookup,
    );
    for (const [name, filter] of options.filters ?? []) this.#filters.set(name, filter);
    this.#tests = buildTests(this.#filters);
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
      const source: Source = { text, file: '<expression>' };
      return moved(at, () => {
        const tokens = new Tokens(tokenizeExpression(source), source);
        const tree = parseTuple(tokens, parseExpression);
        if (tokens.current.kind !== 'end') throw tokens.unexpected('The end of the expression expected');
        const names = new Set<string>();
        const evaluate = compileExpression(tree, this.#compileContext(source, names));
        const run = (scope: Scope): Any => this.#run(scope, source, at, (frame) => evaluate(frame));
        return { names, evaluate: (scope) => this.#data(run(scope), at), test: (scope) => this.#guard(at, () => isTruthy(run(scope))) };
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
    return cached(this.#templates, `${text}\0${placeKey(at)}\0${literal}`, () => moved(at, () => this.#template(text, at, literal)));
  }

  #template(text: string, at: Position | undefined, literalBackslashes: boolean): Template {
    if (!PLAIN.test(text)) return { names: new Set(), isPlain: true, render: () => text, evaluate: () => text };
    const header = readHeader(text);
    const source: Source = { text: header.text, file: at?.file ?? '<template>' };
    const body = parseTemplate(source, { ...this.#lexerOptions(), ...header.options, literalBackslashes });
    const names = new Set<string>();
    const [only] = body;
    const context = this.#compileContext(source, names);
    const native: Evaluate | undefined = body.length === 1 && only?.kind === 'output' ? compileExpression(only.value, context) : undefined;
    const compiled = compileTemplate(body, { ...context, load: (name) => this.#load(name) });
    const render = (scope: Scope): string =>
      this.#run(scope, source, at, (frame) => {
        const out: Output = { parts: [] };
        compiled.execute(frame, out, new Map());
        return out.parts.join('');
      });
    return {
      names,
      isPlain: false,
      render,
      evaluate: native === undefined ? render : (scope) => this.#data(this.#run(scope, source, at, native), at),
    };
  }

  #load(name: string): CompiledTemplate | undefined {
    const found = this.#options.loadTemplate?.(name);
    if (found === undefined) return undefined;
    const header = readHeader(found.text);
    const source: Source = { text: header.text, file: found.file };
    const body = parseTemplate(source, { ...this.#lexerOptions(), ...header.options });
    return compileTemplate(body, { ...this.#compileContext(source, new Set()), load: (inner) => this.#load(inner) });
  }

  #lexerOptions(): LexerOptions {
    const { trimBlocks, lstripBlocks, keepTrailingNewline } = this.#options;
    return { trimBlocks: trimBlocks ?? true, lstripBlocks: lstripBlocks ?? false, keepTrailingNewline: keepTrailingNewline ?? true };
  }

  #compileContext(source: Source, names: Set<string>): CompileContext {
    return { source, filters: this.#filters, tests: this.#tests, names };
  }

  #run<T>(scope: Scope, source: Source, at: Position | undefined, body: (frame: Frame) => T): T {
    const run = new Run(scope, this.#globals, this.#limits);
    try {
      return body(new Frame(run));
    } catch (error) {
      const inner =
        at === undefined && source.file.startsWith('<') ? undefined : shift(positionAt(source.file, source.text, run.offset), at);
      throw withPlace(error, inner);
    }
  }

  #data(value: Any, at: Position | undefined): Value {
    return this.#guard(at, () => data(value));
  }

  #guard<T>(at: Position | undefined, body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw withPlace(error, at);
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

/** Runs `make`, and moves the place of a syntax error into the file that holds the text. */
function moved<T>(at: Position | undefined, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) throw withPlace(error, at);
    if (at === undefined || !(error instanceof JinjaSyntaxError) || typeof error.where !== 'object') throw error;
    throw new JinjaSyntaxError(error.code, error.message, { where: shift(error.where, at), fix: error.fix });
  }
}

/** A place within a text that itself begins at `at`. Only the first line is shifted sideways: block texts begin below. */
function shift(inner: Position, at: Position | undefined): Position {
  if (at === undefined) return inner;
  if (at.line === 1 && at.column === 1) return { ...inner, file: at.file };
  return at;
}

/** `#jinja2: trim_blocks: False, lstrip_blocks: True` on the first line, as Ansible's template module reads it. */
function readHeader(text: string): { text: string; options: Partial<LexerOptions> } {
  if (!text.startsWith('#jinja2:')) return { text, options: {} };
  const end = text.indexOf('\n');
  const line = text.slice('#jinja2:'.length, end === -1 ? undefined : end);
  const options: Record<string, boolean> = {};
  for (const [, name = '', value = ''] of line.matchAll(/([a-z_]+)\s*:\s*['"]?(\w+)/gi)) {
    const key = { trim_blocks: 'trimBlocks', lstrip_blocks: 'lstripBlocks', keep_trailing_newline: 'keepTrailingNewline' }[
      name.toLowerCase()
    ];
    if (key !== undefined) options[key] = /^(?:true|yes|1)$/i.test(value);
  }
  return { text: end === -1 ? '' : text.slice(end + 1), options };
}
