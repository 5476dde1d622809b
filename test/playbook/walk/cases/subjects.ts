// All cases, by subject.
import type { Cases } from '../case.ts';
import { BATCHES } from './batches.ts';
import { BLOCKS } from './blocks.ts';
import { CONDITIONS } from './conditions.ts';
import { HANDLERS } from './handlers.ts';
import { INCLUDES, ROLES } from './includes.ts';
import { LOOPS, REGISTERS, RETRIES } from './loops.ts';
import { TAGS } from './tags.ts';
import { ARGUMENTS, FAULTS } from './tasks.ts';
import { DELEGATION, PRECEDENCE, VARIABLES } from './variables.ts';

export const SUBJECTS: Readonly<Record<string, Cases>> = {
  conditions: CONDITIONS,
  loops: LOOPS,
  retries: RETRIES,
  registers: REGISTERS,
  blocks: BLOCKS,
  handlers: HANDLERS,
  tags: TAGS,
  batches: BATCHES,
  includes: INCLUDES,
  roles: ROLES,
  precedence: PRECEDENCE,
  variables: VARIABLES,
  delegation: DELEGATION,
  arguments: ARGUMENTS,
  faults: FAULTS,
};
