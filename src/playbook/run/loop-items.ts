// What a loop goes over, made into a list: Ansible's `loop`, and the lookups behind `with_`. It runs nothing.
import { isDict, type Value } from '../../base/value.ts';
import { UndefinedError } from '../../jinja/errors.ts';
import type { Loop } from '../ast.ts';
import { TaskError } from '../errors.ts';
import { lookUp } from '../lookups/look-up.ts';
import { listTerm } from '../lookups/terms.ts';
import type { Templar } from '../variables/templar.ts';
import type { TaskScope } from '../variables/variables.ts';

/**
 * The items of a loop.
 *
 * @param moduleName - Whose files first_found looks for.
 * @throws TaskError BAD_PARAMETER on a value of the wrong type; what its templates and lookups throw.
 */
export function loopItems(loop: Loop, moduleName: string, scope: TaskScope, templar: Templar): Value[] {
  const { kind, source } = loop;
  if (kind !== 'loop') {
    const terms =
      kind === 'first_found' ? definedTerms(source, scope, templar) : termsOf(kind, templar.value(source.value, scope, source.at));
    return lookUp(kind, terms, new Map(), { ...scope.lookups, subdirectory: subdirectoryOf(moduleName) });
  }
  const items = templar.value(source.value, scope, source.at);
  if (Array.isArray(items)) return items;
  throw new TaskError('BAD_PARAMETER', `\`loop\` needs a list, and got ${describe(items)}`, {
    fix: 'Use query() instead of lookup(), or | list; for a dict: | dict2items',
  });
}

// What is undefined is no candidate, as in Ansible.
function definedTerms(source: Loop['source'], scope: TaskScope, templar: Templar): Value[] {
  const written = Array.isArray(source.value) ? source.value : [source.value];
  return written.flatMap((term) => {
    try {
      return termsOf('first_found', templar.value(term, scope, source.at));
    } catch (error) {
      if (error instanceof UndefinedError) return [];
      throw error;
    }
  });
}

// Ansible walks through what it is given: of a dict it sees the keys, unless the lookup is one for dicts.
function termsOf(kind: string, value: Value): Value[] {
  return kind === 'dict' || kind === 'first_found' ? ([value].flat(1) as Value[]) : listTerm(value);
}

function subdirectoryOf(moduleName: string): 'files' | 'templates' | 'vars' {
  return moduleName.includes('template') ? 'templates' : moduleName.includes('var') ? 'vars' : 'files';
}

function describe(value: Value): string {
  return isDict(value) ? 'a dict' : typeof value === 'string' ? `the text \`${value.slice(0, 40)}\`` : String(value as number);
}
