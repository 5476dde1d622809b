// Objects that live only inside templates: loops, namespaces, macros, imported templates.

import type { Evaluate } from './compile-expression.ts';
import { TemplateError } from './errors.ts';
import type { Frame } from './frame.ts';
import { type Any, type CallArguments, data, equals, JinjaObject, NativeFunction, tuple, Undefined } from './values.ts';

/** `loop` inside a for. */
export class Loop extends JinjaObject {
  readonly typeName = 'LoopContext';
  index0 = 0;
  readonly #items: readonly Any[];
  readonly #depth: number;
  readonly #again: ((value: Any) => string) | undefined;
  #last: Any[] | undefined;

  constructor(items: readonly Any[], depth: number, again: ((value: Any) => string) | undefined) {
    super();
    this.#items = items;
    this.#depth = depth;
    this.#again = again;
  }

  override attribute(name: string): Any | undefined {
    const { length } = this.#items;
    const i = this.index0;
    switch (name) {
      case 'index':
        return i + 1;
      case 'index0':
        return i;
      case 'revindex':
        return length - i;
      case 'revindex0':
        return length - i - 1;
      case 'first':
        return i === 0;
      case 'last':
        return i === length - 1;
      case 'length':
        return length;
      case 'depth':
        return this.#depth;
      case 'depth0':
        return this.#depth - 1;
      case 'previtem':
        return this.#items[i - 1] ?? new Undefined('loop.previtem', 'There is no previous item');
      case 'nextitem':
        return this.#items[i + 1] ?? new Undefined('loop.nextitem', 'There is no next item');
      case 'cycle':
        return new NativeFunction(({ positional }) => {
          if (positional.length === 0) throw new TemplateError('no items for cycling given');
          return positional[i % positional.length] ?? null;
        });
      case 'changed':
        return new NativeFunction(({ positional }) => {
          const same =
            this.#last !== undefined &&
            this.#last.length === positional.length &&
            this.#last.every((value, at) => equals(value, positional[at] ?? null));
          this.#last = [...positional];
          return !same;
        });
      default:
        return undefined;
    }
  }

  override call(args: CallArguments): Any {
    if (this.#again === undefined)
      throw new TemplateError('The loop must have the `recursive` marker to be called recursively', {
        fix: '{% for item in items recursive %}',
      });
    return this.#again(args.positional[0] ?? null);
  }
}

/** `namespace()`: the only thing whose attributes a template can set. */
export class NamespaceObject extends JinjaObject {
  readonly typeName = 'Namespace';
  readonly #values: Map<string, Any>;

  constructor(values: ReadonlyMap<string, Any>) {
    super();
    this.#values = new Map(values);
  }

  override attribute(name: string): Any | undefined {
    return this.#values.get(name);
  }

  set(name: string, value: Any): void {
    this.#values.set(name, value);
  }
}

/** What `import` gives: the names a template set. */
export class ModuleObject extends JinjaObject {
  readonly typeName = 'TemplateModule';
  readonly #names: ReadonlyMap<string, Any>;

  constructor(names: ReadonlyMap<string, Any>) {
    super();
    this.#names = names;
  }

  override attribute(name: string): Any | undefined {
    return this.#names.get(name);
  }
}

interface MacroParameter {
  readonly name: string;
  readonly default: Evaluate | undefined;
}

/** Which arguments beyond its parameters a macro takes: those its body mentions. */
interface MacroExtras {
  readonly varargs: boolean;
  readonly kwargs: boolean;
  readonly caller: boolean;
}

/** A macro, or the caller of one. It sees the names of the place where it was written. */
export class Macro extends JinjaObject {
  readonly typeName = 'Macro';
  readonly #name: string;
  readonly #parameters: readonly MacroParameter[];
  readonly #takes: MacroExtras;
  readonly #home: Frame;
  readonly #body: (frame: Frame) => string;

  constructor(name: string, parameters: readonly MacroParameter[], takes: MacroExtras, home: Frame, body: (frame: Frame) => string) {
    super();
    this.#takes = takes;
    this.#name = name;
    this.#parameters = parameters;
    this.#home = home;
    this.#body = body;
  }

  override attribute(name: string): Any | undefined {
    switch (name) {
      case 'name':
        return this.#name;
      case 'arguments':
        return tuple(this.#parameters.map((parameter) => parameter.name));
      case 'catch_varargs':
        return this.#takes.varargs;
      case 'catch_kwargs':
        return this.#takes.kwargs;
      case 'caller':
        return this.#takes.caller;
      default:
        return undefined;
    }
  }

  override call({ positional, keywords }: CallArguments): Any {
    const frame = this.#home.child();
    const left = new Map(keywords);
    const most = this.#parameters.length;
    if (positional.length > most && !this.#takes.varargs)
      throw new TemplateError(`macro '${this.#name}' takes not more than ${most} argument(s)`);
    const known = (name: string): boolean =>
      name === 'caller'
        ? this.#takes.caller || this.#takes.kwargs
        : this.#takes.kwargs || this.#parameters.some((parameter, i) => parameter.name === name && i >= positional.length);
    const stray = [...keywords.keys()].find((name) => !known(name));
    if (stray !== undefined)
      throw new TemplateError(
        stray === 'caller'
          ? `macro '${this.#name}' does not call its caller()`
          : `macro '${this.#name}' takes no keyword argument '${stray}'`,
      );
    this.#parameters.forEach(({ name, default: otherwise }, i) => {
      const given = positional[i] ?? left.get(name);
      // A name whose parameter was given by its place goes to kwargs.
      if (positional[i] === undefined) left.delete(name);
      frame.set(name, given ?? otherwise?.(frame) ?? new Undefined(name, `The macro ${this.#name} was not given \`${name}\``));
    });
    const caller = this.#takes.caller ? left.get('caller') : undefined;
    frame.set('caller', caller ?? new Undefined('caller', `The macro ${this.#name} was not called with a call block`));
    if (this.#takes.caller) left.delete('caller');
    frame.set('varargs', tuple(positional.slice(this.#parameters.length).map(data)));
    frame.set('kwargs', new Map([...left].map(([name, value]) => [name, data(value)])));
    return this.#body(frame);
  }
}
