// lookup lines: the lines that commands of the controller write.
import { splitLines } from '../../modules/script/text.ts';
import { COMMAND_OPTIONS, outputOf } from './run-command.ts';
import type { Lookup } from './seam.ts';

export const lines: Lookup = {
  name: 'lines',
  summary: 'the lines that commands of the controller write, run by its shell in the directory of the playbook',
  options: COMMAND_OPTIONS,
  find: (terms, options, context) => terms.flatMap((term) => splitLines(outputOf('lines', term, options, context.controller))),
};
