// This engine, asked the same questions as Python's, with values written down the same way.
import { InputError } from '#src/base/errors';
import { Float, fromJson, isDict, typeName, type Value } from '#src/base/value';
import { Environment } from '#src/jinja/environment';
import { reprFloat, str } from '#src/jinja/printing';
import { isTuple } from '#src/jinja/values';
import { LOADED, VARIABLES } from './corpus/written.js';
import type { Answer, Question } from './python.js';

const loadTemplate = (name: string) => (Object.hasOwn(LOADED, name) ? { text: LOADED[name] ?? '', file: name } : undefined);
const native = new Environment({ loadTemplate });
const classic = new Environment({ loadTemplate, results: 'classic' });

// Made anew for every case: some append to a list.
function scope() {
  const values = new Map<string, Value>(Object.entries(VARIABLES).map(([name, value]) => [name, fromJson(value)]));
  values.set('whole', new Float(7));
  values.set('big', 9007199254740993n);
  values.set('huge', new Float(1e20));
  return { get: (name: string) => values.get(name) };
}

export function ask({ kind, source }: Question): Answer {
  try {
    if (kind === 'template') return { answer: native.compileTemplate(source).render(scope()) };
    if (kind === 'expression') return { answer: typed(native.compileExpression(source).evaluate(scope())) };
    return { answer: typed(classic.compileTemplate(source, undefined, { literalBackslashes: true }).evaluate(scope())) };
  } catch (error) {
    if (error instanceof InputError) return { error: error.message };
    throw new Error(`A defect of ours in ${source}`, { cause: error });
  }
}

/** A value with its Python type, as JSON can tell it. */
function typed(value: Value): unknown {
  if (value === null) return ['none', ''];
  if (value instanceof Float) return ['float', reprFloat(value.value)];
  if (Array.isArray(value)) return [isTuple(value) ? 'tuple' : 'list', value.map(typed)];
  if (isDict(value)) return ['dict', [...value].map(([key, item]) => [typed(key), typed(item)])];
  return [typeName(value), str(value)];
}
