// What stands left of `=` and behind `for`, as closures that set it.
import type { Target } from './ast.ts';
import { TemplateError } from './errors.ts';
import type { Frame } from './frame.ts';
import { NamespaceObject } from './objects.ts';
import { type Any, iterate } from './values.ts';

export type Assign = (frame: Frame, value: Any) => void;

export function compileTarget(target: Target): Assign {
  switch (target.kind) {
    case 'name': {
      const { name } = target;
      return (frame, value) => frame.set(name, value);
    }
    case 'attribute': {
      const { object, name } = target;
      return (frame, value) => {
        const holder = frame.get(object);
        if (!(holder instanceof NamespaceObject))
          throw new TemplateError('cannot assign attribute on non-namespace object', {
            fix: `Make it one: {% set ${object} = namespace() %}`,
          });
        holder.set(name, value);
      };
    }
    case 'tuple': {
      const parts = target.targets.map(compileTarget);
      return (frame, value) => {
        const items = [...iterate(value)];
        if (items.length !== parts.length) {
          throw new TemplateError(
            items.length < parts.length
              ? `not enough values to unpack (expected ${parts.length}, got ${items.length})`
              : `too many values to unpack (expected ${parts.length})`,
          );
        }
        for (const [i, assign] of parts.entries()) assign(frame, items[i] ?? null);
      };
    }
  }
}
