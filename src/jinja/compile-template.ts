// Statements as closures that write into an output. Scoping is Jinja's: `set` inside a loop does not leak out of it.
import type { Expression, FilterCall, Parameter, Statement } from './ast.ts';
import { type BlockBody, type Blocks, RunningBlocks } from './blocks.ts';
import { type CompileContext, compileExpression, compileFilter, type Evaluate } from './compile-expression.ts';
import { compileLoop, type Execute } from './compile-loop.ts';
import { compileTarget } from './compile-target.ts';
import { TemplateError } from './errors.ts';
import type { Frame } from './frame.ts';
import { Loop, Macro, ModuleObject } from './objects.ts';
import { capture, type Output, write } from './output.ts';
import type { Place } from './place.ts';
import { str, written } from './printing.ts';
import { type Any, isTruthy, Undefined } from './values.ts';

/** A compiled template. */
export interface CompiledTemplate {
  readonly execute: (frame: Frame, out: Output, derived: Blocks) => void;
}

/** What a template needs from its surroundings: other templates. */
export interface TemplateContext extends CompileContext {
  /** @throws TemplateError when there is none of that name, unless `ignoreMissing`. */
  readonly load: (name: string) => CompiledTemplate | undefined;
}

export function compileTemplate(body: readonly Statement[], context: TemplateContext): CompiledTemplate {
  return new TemplateCompiler(context).template(body);
}

class TemplateCompiler {
  readonly #context: TemplateContext;
  readonly #blocks = new Map<string, BlockBody>();

  constructor(context: TemplateContext) {
    this.#context = context;
  }

  template(body: readonly Statement[]): CompiledTemplate {
    const run = this.#body(body);
    return {
      execute: (frame, out, derived) => {
        const blocks = new RunningBlocks(derived, this.#blocks, frame);
        frame.set(BLOCKS, blocks);
        frame.set('self', blocks);
        run(frame, { parts: out.parts });
        if (blocks.parent !== undefined) this.#load(blocks.parent)?.execute(frame, out, blocks.all);
      },
    };
  }

  #body(statements: readonly Statement[]): Execute {
    const steps = statements.map((statement) => this.#statement(statement));
    if (steps.length === 1 && steps[0] !== undefined) return steps[0];
    return (frame, out) => {
      for (const step of steps) {
        const signal = step(frame, out);
        if (signal !== undefined) return signal;
      }
      return undefined;
    };
  }

  #place({ offset }: { readonly offset: number }): Place {
    return { source: this.#context.source, offset };
  }

  #expression(node: Expression): Evaluate {
    return compileExpression(node, this.#context);
  }

  #statement(node: Statement): Execute {
    const place = this.#place(node);
    switch (node.kind) {
      case 'text': {
        const { text } = node;
        return (frame, out) => {
          write(frame, out, text);
          return undefined;
        };
      }
      case 'output': {
        const value = this.#expression(node.value);
        return (frame, out) => {
          if (out.muted === true) return undefined;
          frame.run.place = place;
          write(frame, out, written(value(frame)));
          return undefined;
        };
      }
      case 'if': {
        const branches = node.branches.map(({ test, body }) => ({ test: this.#expression(test), body: this.#body(body) }));
        const otherwise = this.#body(node.otherwise);
        return (frame, out) => {
          frame.run.place = place;
          frame.run.step();
          for (const { test, body } of branches) if (isTruthy(test(frame))) return body(frame, out);
          return otherwise(frame, out);
        };
      }
      case 'for':
        return this.#for(node);
      case 'set': {
        const [assign, value] = [compileTarget(node.target), this.#expression(node.value)];
        return (frame) => {
          frame.run.place = place;
          assign(frame, value(frame));
          return undefined;
        };
      }
      case 'set-block': {
        const [assign, body, filter] = [compileTarget(node.target), this.#body(node.body), this.#filters(node.filters)];
        return (frame) => {
          assign(frame, filter(frame, capture(body, frame.child())));
          return undefined;
        };
      }
      case 'with': {
        const bindings = node.bindings.map(({ target, value }) => [compileTarget(target), this.#expression(value)] as const);
        const body = this.#body(node.body);
        return (frame, out) => {
          frame.run.place = place;
          const inner = frame.child();
          for (const [assign, value] of bindings) assign(inner, value(frame));
          return body(inner, out);
        };
      }
      case 'macro': {
        const { name } = node;
        const make = this.#macro(name, node.parameters, node.body);
        return (frame) => {
          frame.set(name, make(frame));
          return undefined;
        };
      }
      case 'call-block':
        return this.#callBlock(node);
      case 'filter-block': {
        const [body, filter] = [this.#body(node.body), this.#filters(node.filters)];
        return (frame, out) => {
          frame.run.place = place;
          write(frame, out, str(filter(frame, capture(body, frame.child()))));
          return undefined;
        };
      }
      case 'do': {
        const value = this.#expression(node.value);
        return (frame) => {
          frame.run.place = place;
          value(frame);
          return undefined;
        };
      }
      case 'break':
      case 'continue':
        return () => node.kind;
      case 'extends':
        return this.#extends(node);
      case 'block':
        return this.#block(node);
      default:
        return this.#otherTemplate(node);
    }
  }

  #for(node: Extract<Statement, { kind: 'for' }>): Execute {
    return compileLoop({
      source: this.#expression(node.source),
      assign: compileTarget(node.target),
      test: node.test && this.#expression(node.test),
      body: this.#body(node.body),
      otherwise: this.#body(node.otherwise),
      isRecursive: node.recursive,
      place: this.#place(node),
    });
  }

  #filters(calls: readonly FilterCall[]): (frame: Frame, text: string) => Any {
    let current = '';
    const start: Evaluate = () => current;
    const chain = calls.reduce<Evaluate>((value, { name, args, offset }) => compileFilter(name, value, args, offset, this.#context), start);
    return (frame, text) => {
      current = text;
      return chain(frame);
    };
  }

  #macro(name: string, parameters: readonly Parameter[], statements: readonly Statement[]): (frame: Frame) => Macro {
    const body = this.#body(statements);
    const defaults = parameters.map((parameter) => ({
      name: parameter.name,
      default: parameter.default && this.#expression(parameter.default),
    }));
    const takes = {
      varargs: mentions(statements, 'varargs'),
      kwargs: mentions(statements, 'kwargs'),
      caller: mentions(statements, 'caller'),
    };
    return (frame) => new Macro(name, defaults, takes, frame, (inner) => capture(body, inner));
  }

  #callBlock(node: Extract<Statement, { kind: 'call-block' }>): Execute {
    const make = this.#macro('caller', node.parameters, node.body);
    const { call, offset } = node;
    const place = this.#place(node);
    if (call.kind !== 'call') throw new TypeError('A call block holds a call');
    const withCaller: Expression = {
      ...call,
      args: [...call.args, { kind: 'keyword', name: 'caller', value: { kind: 'name', name: CALLER, offset } }],
    };
    const value = this.#expression(withCaller);
    return (frame, out) => {
      frame.run.place = place;
      const inner = frame.child();
      inner.set(CALLER, make(frame));
      write(frame, out, str(value(inner)));
      return undefined;
    };
  }

  #extends(node: Extract<Statement, { kind: 'extends' }>): Execute {
    const template = this.#expression(node.template);
    const place = this.#place(node);
    return (frame, out) => {
      const blocks = runningBlocks(frame);
      frame.run.place = place;
      if (blocks.parent !== undefined) throw new TemplateError('extended multiple times');
      blocks.parent = template(frame);
      out.muted = true;
      return undefined;
    };
  }

  #block({ name, body: statements, isScoped, isRequired }: Extract<Statement, { kind: 'block' }>): Execute {
    const body = this.#body(statements);
    this.#blocks.set(name, { isRequired, run: body });
    return (frame, out) => {
      if (out.muted !== true) runningBlocks(frame).run(name, isScoped ? frame : undefined, out);
      return undefined;
    };
  }

  #otherTemplate(node: Extract<Statement, { kind: 'include' | 'import' | 'from-import' }>): Execute {
    const template = this.#expression(node.template);
    const place = this.#place(node);
    if (node.kind === 'include') {
      return (frame, out) => {
        frame.run.place = place;
        const other = this.#load(template(frame), node.ignoreMissing);
        const inner = node.withContext ? frame.child() : frame.bare();
        // The loop around an include is none of its business, as in Jinja2.
        if (frame.get('loop') instanceof Loop) inner.set('loop', new Undefined('loop'));
        other?.execute(inner, out, new Map());
        return undefined;
      };
    }
    return (frame) => {
      frame.run.place = place;
      const module = node.withContext ? frame.copy().child() : frame.bare();
      this.#load(template(frame))?.execute(module, { parts: [] }, new Map());
      if (node.kind === 'import') frame.set(node.name, new ModuleObject(module.own));
      else {
        for (const { name, as } of node.names) {
          frame.set(as, module.own.get(name) ?? new Undefined(name, `The imported template has no \`${name}\``));
        }
      }
      return undefined;
    };
  }

  #load(name: Any, ignoreMissing = false): CompiledTemplate | undefined {
    const names = Array.isArray(name) ? name.map(str) : [str(name)];
    for (const candidate of names) {
      const loaded = this.#context.load(candidate);
      if (loaded !== undefined) return loaded;
    }
    if (ignoreMissing) return undefined;
    throw new TemplateError(`There is no template ${names.join(' or ')}`, { fix: 'Check the name, and the directory it is looked for in' });
  }
}

// Names that no template can write.
const BLOCKS = '\0blocks';
const CALLER = '\0caller';

function runningBlocks(frame: Frame): RunningBlocks {
  const blocks = frame.get(BLOCKS);
  if (!(blocks instanceof RunningBlocks)) throw new TypeError('A template runs without its blocks');
  return blocks;
}

/** Whether a name is read anywhere in these statements. */
function mentions(node: unknown, name: string): boolean {
  if (typeof node !== 'object' || node === null) return false;
  if ('kind' in node && node.kind === 'name' && 'name' in node && node.name === name) return true;
  return Object.values(node).some((child) => mentions(child, name));
}
