// lookup pipe: what commands of the controller write.
import { COMMAND_OPTIONS, outputOf } from './run-command.ts';
import type { Lookup } from './seam.ts';

export const pipe: Lookup = {
  name: 'pipe',
  summary: 'what commands of the controller write, run by its shell in the directory of the playbook',
  options: COMMAND_OPTIONS,
  find: (terms, options, context) => terms.map((term) => outputOf('pipe', term, options, context.controller).trimEnd()),
};
