// Handlers, read from a list. They are tasks, and nothing else: a block cannot be notified.
import type { YamlNode } from '../../base/yaml.ts';
import type { Directives, Task } from '../ast.ts';
import { PlaybookError } from '../errors.ts';
import type { ParseContext } from './parse-context.ts';

/** @param what - How the list is called in faults. */
export function parseHandlers(node: YamlNode, what: string, around: Directives, context: ParseContext): Task[] {
  return context.project.parseList(node, what, around, { ...context, inHandlers: true }).flatMap((step) => {
    if (step.kind === 'task') return [step];
    context.faults.add(
      new PlaybookError('BAD_KEYWORD', `A ${step.kind} cannot be a handler`, {
        where: step.at,
        fix: 'Give each handler a name of its own, or let them listen to one topic',
      }),
    );
    return [];
  });
}
