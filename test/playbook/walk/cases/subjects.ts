// All cases, by subject.
import type { Cases } from '../case.ts';
import { BATCHES } from './batches.ts';
import { BLOCKS } from './blocks.ts';
import { CONDITIONS } from './conditions.ts';
import { HANDLERS } from './handlers.ts';
import { INCLUDES, ROLES } from './includes.ts';
import { LOOPS, REGISTERS, RETRIES } from './loops.ts';
import { TAGS } from './tags.ts';

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
};
