// All cases, by subject.
import type { Cases } from '../case.ts';
import { ARGUMENTS } from './arguments.ts';
import { BATCHES } from './batches.ts';
import { BLOCKS } from './blocks.ts';
import { CONDITIONS } from './conditions.ts';
import { DELEGATION } from './delegation.ts';
import { FAULTS } from './faults.ts';
import { HANDLERS } from './handlers.ts';
import { INCLUDES } from './includes.ts';
import { LOOPS } from './loops.ts';
import { PRECEDENCE } from './precedence.ts';
import { REGISTERS } from './registers.ts';
import { RETRIES } from './retries.ts';
import { ROLES } from './roles.ts';
import { TAGS } from './tags.ts';
import { VARIABLES } from './variables.ts';

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
