// Statements of a template, by recursive descent. It makes a tree and evaluates nothing.
import { didYouMean } from '../base/suggest.ts';
import type { FilterCall, Parameter, Statement, Target } from './ast.ts';
import { type LexerOptions, syntaxError, type Token, tokenizeTemplate } from './lexer.ts';
import { parseArguments, parseDottedName, parseExpression, parseNoCondition, parseTuple } from './parse-expression.ts';
import type { Source } from './place.ts';
import { Tokens } from './tokens.ts';

const TAGS = [
  'if',
  'for',
  'set',
  'with',
  'macro',
  'call',
  'filter',
  'block',
  'extends',
  'include',
  'import',
  'from',
  'do',
  'break',
  'continue',
  'raw',
  'autoescape',
];

/** Parses a whole template. @throws JinjaSyntaxError with its place. */
export function parseTemplate(source: Source, options: LexerOptions): Statement[] {
  const tokens = new Tokens(tokenizeTemplate(source, options), source);
  const parser = new TemplateParser(tokens);
  const body = parser.body([]);
  if (tokens.current.kind !== 'end') throw tokens.unexpected('The end of the template expected');
  return body;
}

class TemplateParser {
  readonly #tokens: Tokens;
  readonly #blocks = new Set<string>();
  #loops = 0;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  /** Statements up to a tag of one of these names, whose opening is stepped over. */
  body(enders: readonly string[], opener?: Token): Statement[] {
    const tokens = this.#tokens;
    const body: Statement[] = [];
    for (;;) {
      const { kind, text, offset } = tokens.current;
      if (kind === 'end') {
        if (enders.length === 0) return body;
        throw syntaxError(tokens.source, opener?.offset ?? offset, `This tag is never closed`, `Close it with {% ${enders.at(-1)} %}`);
      }
      if (kind === 'text') {
        tokens.advance();
        body.push({ kind: 'text', text, offset });
      } else if (kind === 'output-begin') {
        tokens.advance();
        const value = parseTuple(tokens);
        this.#close('output-end');
        body.push({ kind: 'output', value, offset });
      } else {
        if (enders.includes(tokens.next.text)) {
          tokens.advance();
          return body;
        }
        tokens.advance();
        body.push(this.#statement(offset));
      }
    }
  }

  #close(kind: 'output-end' | 'block-end'): void {
    if (this.#tokens.current.kind !== kind) throw this.#tokens.unexpected(kind === 'block-end' ? '`%}` expected' : '`}}` expected');
    this.#tokens.advance();
  }

  /** The body of a tag up to its end tag, both tags' ends stepped over. */
  #block(end: string, opener: Token, name?: string): Statement[] {
    this.#close('block-end');
    const body = this.body([end], opener);
    this.#tokens.advance();
    if (name !== undefined && this.#tokens.current.kind === 'name') this.#tokens.expect(name);
    this.#close('block-end');
    return body;
  }

  #statement(offset: number): Statement {
    const tokens = this.#tokens;
    const opener = tokens.current;
    const tag = tokens.name();
    switch (tag) {
      case 'if':
        return this.#if(offset, opener);
      case 'for':
        return this.#for(offset, opener);
      case 'set':
        return this.#set(offset, opener);
      case 'with':
        return this.#with(offset, opener);
      case 'macro': {
        const name = tokens.name();
        tokens.expect('(');
        return { kind: 'macro', name, parameters: this.#parameters(), body: this.#block('endmacro', opener), offset };
      }
      case 'call': {
        const parameters = tokens.accept('(') ? this.#parameters() : [];
        const call = parseExpression(tokens);
        if (call.kind !== 'call') throw syntaxError(tokens.source, call.offset, 'A call block needs a call', 'Write {% call name() %}');
        return { kind: 'call-block', parameters, call, body: this.#block('endcall', opener), offset };
      }
      case 'filter': {
        const filters = [this.#filterCall(), ...this.#filterCalls()];
        return { kind: 'filter-block', filters, body: this.#block('endfilter', opener), offset };
      }
      case 'block': {
        const name = tokens.name();
        if (this.#blocks.has(name))
          throw syntaxError(tokens.source, offset, `There are two blocks named ${name}`, 'Give each its own name');
        this.#blocks.add(name);
        const isScoped = tokens.accept('scoped');
        const isRequired = tokens.accept('required');
        const body = this.#block('endblock', opener, name);
        if (isRequired && body.some((one) => one.kind !== 'text' || one.text.trim() !== ''))
          throw syntaxError(tokens.source, offset, 'A required block holds nothing but comments and blanks');
        return { kind: 'block', name, body, isScoped, isRequired, offset };
      }
      case 'autoescape': {
        // Nothing is ever escaped by itself here, as in Ansible.
        parseExpression(tokens);
        return { kind: 'with', bindings: [], body: this.#block('endautoescape', opener), offset };
      }
      default:
        return this.#single(tag, offset, opener);
    }
  }

  /** Tags without a body. */
  #single(tag: string, offset: number, opener: Token): Statement {
    const tokens = this.#tokens;
    const end = <T extends Statement>(statement: T): T => {
      this.#close('block-end');
      return statement;
    };
    switch (tag) {
      case 'extends':
        return end({ kind: 'extends', template: parseExpression(tokens), offset });
      case 'include': {
        const template = parseExpression(tokens);
        const ignoreMissing = tokens.at('ignore') && tokens.next.text === 'missing';
        if (ignoreMissing) {
          tokens.advance();
          tokens.advance();
        }
        return end({ kind: 'include', template, ignoreMissing, withContext: this.#context(true), offset });
      }
      case 'import': {
        const template = parseExpression(tokens);
        tokens.expect('as');
        const name = tokens.name();
        return end({ kind: 'import', template, name, withContext: this.#context(false), offset });
      }
      case 'from':
        return end(this.#from(offset));
      case 'do':
        return end({ kind: 'do', value: parseTuple(tokens), offset });
      case 'break':
      case 'continue':
        if (this.#loops === 0) throw syntaxError(tokens.source, offset, `There is no loop to ${tag}`);
        return end({ kind: tag, offset });
      default:
        throw syntaxError(
          tokens.source,
          opener.offset,
          tag.startsWith('end') || tag === 'else' || tag === 'elif'
            ? `There is nothing open for {% ${tag} %}`
            : `There is no tag {% ${tag} %}`,
          didYouMean(tag, TAGS),
        );
    }
  }

  #if(offset: number, opener: Token): Statement {
    const tokens = this.#tokens;
    const branches: { test: ReturnType<typeof parseExpression>; body: Statement[] }[] = [];
    let otherwise: Statement[] = [];
    for (let ender = 'elif'; ender !== 'endif'; ) {
      if (ender === 'elif') {
        const test = parseTuple(tokens);
        this.#close('block-end');
        branches.push({ test, body: this.body(['elif', 'else', 'endif'], opener) });
      } else {
        this.#close('block-end');
        otherwise = this.body(['endif'], opener);
      }
      ender = tokens.advance().text;
    }
    this.#close('block-end');
    return { kind: 'if', branches, otherwise, offset };
  }

  #for(offset: number, opener: Token): Statement {
    const tokens = this.#tokens;
    const target = this.#target(['in']);
    if (JSON.stringify(target).includes('"name":"loop"'))
      throw syntaxError(tokens.source, offset, 'Inside a for, loop is the loop itself', 'Choose another name');
    tokens.expect('in');
    const source = parseTuple(tokens, parseNoCondition);
    const test = tokens.accept('if') ? parseExpression(tokens) : undefined;
    const recursive = tokens.accept('recursive');
    this.#close('block-end');
    this.#loops++;
    const body = this.body(['else', 'endfor'], opener);
    this.#loops--;
    let otherwise: Statement[] = [];
    if (tokens.advance().text === 'else') {
      this.#close('block-end');
      otherwise = this.body(['endfor'], opener);
      tokens.advance();
    }
    this.#close('block-end');
    return { kind: 'for', target, source, test, recursive, body, otherwise, offset };
  }

  #set(offset: number, opener: Token): Statement {
    const tokens = this.#tokens;
    const target = this.#target(['=', '|']);
    if (tokens.accept('=')) {
      const value = parseTuple(tokens);
      this.#close('block-end');
      return { kind: 'set', target, value, offset };
    }
    return { kind: 'set-block', target, filters: this.#filterCalls(), body: this.#block('endset', opener), offset };
  }

  #with(offset: number, opener: Token): Statement {
    const tokens = this.#tokens;
    const bindings: { target: Target; value: ReturnType<typeof parseExpression> }[] = [];
    while (tokens.current.kind !== 'block-end') {
      if (bindings.length > 0) tokens.expect(',');
      const target = this.#oneTarget();
      tokens.expect('=');
      bindings.push({ target, value: parseExpression(tokens) });
    }
    return { kind: 'with', bindings, body: this.#block('endwith', opener), offset };
  }

  #from(offset: number): Statement {
    const tokens = this.#tokens;
    const template = parseExpression(tokens);
    tokens.expect('import');
    const names: { name: string; as: string }[] = [];
    while (tokens.current.kind === 'name' && !(names.length > 0 && tokens.at('with', 'without') && tokens.next.text === 'context')) {
      const name = tokens.name();
      names.push({ name, as: tokens.accept('as') ? tokens.name() : name });
      if (!tokens.accept(',')) break;
    }
    return { kind: 'from-import', template, names, withContext: this.#context(false), offset };
  }

  #context(otherwise: boolean): boolean {
    const tokens = this.#tokens;
    if (!tokens.at('with', 'without') || tokens.next.text !== 'context') return otherwise;
    const withContext = tokens.advance().text === 'with';
    tokens.advance();
    return withContext;
  }

  /** One target, or several with commas. */
  #target(enders: readonly string[]): Target {
    const first = this.#oneTarget();
    if (!this.#tokens.at(',')) return first;
    const targets = [first];
    while (this.#tokens.accept(',')) {
      if (this.#tokens.at(...enders)) break;
      targets.push(this.#oneTarget());
    }
    return { kind: 'tuple', targets };
  }

  #oneTarget(): Target {
    const tokens = this.#tokens;
    if (tokens.accept('(')) {
      const inner = this.#target([')']);
      tokens.expect(')');
      return inner;
    }
    const { offset } = tokens.current;
    const name = tokens.name();
    if (/^(?:true|false|none)$/i.test(name)) throw syntaxError(tokens.source, offset, `Nothing can be assigned to ${name}`);
    return tokens.accept('.') ? { kind: 'attribute', object: name, name: tokens.name() } : { kind: 'name', name };
  }

  #parameters(): Parameter[] {
    const tokens = this.#tokens;
    const parameters: Parameter[] = [];
    while (!tokens.accept(')')) {
      if (parameters.length > 0) tokens.expect(',');
      if (tokens.accept(')')) break;
      const { offset } = tokens.current;
      const name = tokens.name();
      if (parameters.some((parameter) => parameter.name === name))
        throw syntaxError(tokens.source, offset, `There are two parameters ${name}`);
      const otherwise = tokens.accept('=') ? parseExpression(tokens) : undefined;
      if (otherwise === undefined && parameters.at(-1)?.default !== undefined)
        throw syntaxError(tokens.source, offset, 'A parameter without a default follows one that has one', 'Put it first');
      parameters.push({ name, default: otherwise });
    }
    return parameters;
  }

  #filterCalls(): FilterCall[] {
    const calls: FilterCall[] = [];
    while (this.#tokens.accept('|')) calls.push(this.#filterCall());
    return calls;
  }

  #filterCall(): FilterCall {
    const { offset } = this.#tokens.current;
    const name = parseDottedName(this.#tokens);
    return { name, args: this.#tokens.accept('(') ? parseArguments(this.#tokens) : [], offset };
  }
}
