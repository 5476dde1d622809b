// Which handlers a task notifies: by its names, templated, or by those it notified in a run before. It runs none.
import { str } from '../../jinja/printing.ts';
import type { Task } from '../ast.ts';
import { TaskError } from '../errors.ts';
import type { Templar } from '../variables/templar.ts';
import type { TaskScope } from '../variables/variables.ts';
import type { Handlers } from './handlers.ts';

interface Notifying {
  readonly host: string;
  /** The names of handlers are templated with it too. */
  readonly scope: TaskScope;
  readonly handlers: Handlers;
  readonly templar: Templar;
}

/** Notifies what a task says. @returns The names. @throws TaskError UNKNOWN_HANDLER, and what templates throw. */
export function notify({ notify: placed }: Task, { host, scope, handlers, templar }: Notifying): string[] {
  const notified: string[] = [];
  for (const { value, at } of placed) {
    const names = templar.value(value, scope, at);
    for (const name of (Array.isArray(names) ? names : [names]).map(str)) {
      if (!handlers.notify(name, host, (handler) => nameOf(handler, scope, templar)))
        throw new TaskError('UNKNOWN_HANDLER', `There is no handler \`${name}\``, {
          where: at,
          fix: 'Add a handler of that name, or one that listens to it',
        });
      notified.push(name);
    }
  }
  return notified;
}

/** Notifies the same again. */
export function notifyAgain(names: readonly string[], { host, scope, handlers, templar }: Notifying): void {
  for (const name of names) handlers.notify(name, host, (handler) => nameOf(handler, scope, templar));
}

function nameOf(handler: Task, scope: TaskScope, templar: Templar): string | undefined {
  if (handler.name === undefined || !handler.name.includes('{{')) return handler.name;
  return str(templar.value(handler.name, scope, handler.at));
}
