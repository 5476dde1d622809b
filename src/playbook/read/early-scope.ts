// Variables that are known before any host is: those of the play and extra ones, for names of imports and keywords of plays.
import type { Value } from '../../base/value.ts';
import type { Scope } from '../../jinja/frame.ts';
import { TaskError } from '../errors.ts';
import type { Templar } from '../variables/templar.ts';

/**
 * @param find - The value of a name as it was written.
 * @returns A scope that throws TaskError VARIABLE_LOOP when variables need each other.
 */
export function earlyScope(
  templar: Templar,
  find: (name: string) => Value | undefined,
): Scope & { readonly get: (name: string) => Value | undefined } {
  const open: string[] = [];
  const scope = {
    get: (name: string): Value | undefined => {
      const raw = find(name);
      if (raw === undefined) return undefined;
      if (open.includes(name))
        throw new TaskError('VARIABLE_LOOP', `These variables need each other: ${[...open, name].join(' -> ')}`, {
          fix: 'Define one of them without the others',
        });
      open.push(name);
      try {
        return templar.value(raw, scope);
      } finally {
        open.pop();
      }
    },
  };
  return scope;
}
