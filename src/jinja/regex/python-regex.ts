// Python's regular expressions, run so that none can freeze this process. It knows no filter.
import { isNativeError } from 'node:util/types';
import vm from 'node:vm';
import { BudgetError, TemplateError } from '../errors.ts';
import { type Translated, translate } from './translate.ts';

/** Most steps that a pattern may need in the worst case before somebody has to watch it. */
const PLAIN_STEPS = 1e8;
const CACHE_SIZE = 500;
const cache = new Map<string, PythonRegex>();

/**
 * A pattern as Python's `re` reads it.
 *
 * @param flags - Of `i` and `m`.
 * @throws TemplateError on a pattern that Python would refuse, or that JavaScript has nothing for.
 */
export function pythonRegex(pattern: string, flags = ''): PythonRegex {
  const key = `${flags}/${pattern}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const regex = new PythonRegex(pattern, translate(pattern, flags));
  if (cache.size >= CACHE_SIZE) for (const oldest of cache.keys()) if (cache.delete(oldest)) break;
  cache.set(key, regex);
  return regex;
}

/** What is left of the time that patterns may take, in ms; it becomes less. */
export interface PatternTime {
  patternMs: number;
}

export class PythonRegex {
  readonly #pattern: string;
  readonly #translated: Translated;
  readonly #every: RegExp;

  constructor(pattern: string, translated: Translated) {
    this.#pattern = pattern;
    this.#translated = translated;
    try {
      this.#every = new RegExp(translated.source, `g${translated.flags}`);
    } catch (cause) {
      throw new TemplateError(
        `The pattern ${pattern} is no regular expression: ${cause instanceof Error ? cause.message : String(cause)}`,
        {
          fix: 'Check brackets and backslashes; in double-quoted YAML a backslash must be doubled',
          cause,
        },
      );
    }
  }

  /** As `re.search`. @throws BudgetError when it takes too long. */
  search(text: string, run: PatternTime): RegExpExecArray | null {
    return this.#watched(text, run, 1)[0] ?? null;
  }

  /** As `re.finditer`. @throws BudgetError when it takes too long. */
  all(text: string, run: PatternTime): readonly RegExpExecArray[] {
    return this.#watched(text, run, Number.POSITIVE_INFINITY);
  }

  /** As `re.sub`. @throws BudgetError when it takes too long. */
  replace(text: string, run: PatternTime, by: (match: RegExpExecArray) => string): string {
    let [out, end] = ['', 0];
    for (const match of this.all(text, run)) {
      out += text.slice(end, match.index) + by(match);
      end = match.index + match[0].length;
    }
    return out + text.slice(end);
  }

  #watched(text: string, run: PatternTime, most: number): RegExpExecArray[] {
    const { ambiguous, unbounded } = this.#translated;
    if (!ambiguous && text.length ** (unbounded + 1) <= PLAIN_STEPS) return matches(this.#every, text, most);
    const started = performance.now();
    try {
      return underWatch(this.#every, text, most, Math.max(1, Math.ceil(run.patternMs)));
    } catch (error) {
      // An error of another context is no instance of the Error of this one.
      if (!(isNativeError(error) && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')) throw error;
      throw new BudgetError(`The pattern ${this.#pattern} takes too long on a text of ${text.length} characters`, {
        fix: 'Avoid a repetition within a repetition, such as (a+)+, and anchor the pattern',
        cause: error,
      });
    } finally {
      run.patternMs -= performance.now() - started;
    }
  }
}

function matches(every: RegExp, text: string, most: number): RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  every.lastIndex = 0;
  for (let match = every.exec(text); match !== null; match = every.exec(text)) {
    found.push(match);
    if (found.length >= most) break;
    // As matchAll: an empty match moves on by a character, not by half of one.
    if (match[0] === '') every.lastIndex += (text.codePointAt(every.lastIndex) ?? 0) > 0xffff ? 2 : 1;
  }
  return found;
}

// A script of its own is the only thing that Node can interrupt in the middle of a match. It costs some 50 microseconds.
const watched: { match: () => void } = { match: () => undefined };
const watch: { context?: vm.Context; script?: vm.Script } = {};

function underWatch(every: RegExp, text: string, most: number, timeout: number): RegExpExecArray[] {
  watch.context ??= vm.createContext(watched);
  watch.script ??= new vm.Script('match()');
  let found: RegExpExecArray[] = [];
  watched.match = () => {
    found = matches(every, text, most);
  };
  try {
    watch.script.runInContext(watch.context, { timeout });
  } finally {
    watched.match = () => undefined;
  }
  return found;
}
