// All cases, by subject.
import type { Cases } from '../case.ts';
import { BLOCKS } from './blocks.ts';
import { CONDITIONS } from './conditions.ts';
import { LOOPS, REGISTERS, RETRIES } from './loops.ts';

export const SUBJECTS: Readonly<Record<string, Cases>> = {
  conditions: CONDITIONS,
  loops: LOOPS,
  retries: RETRIES,
  registers: REGISTERS,
  blocks: BLOCKS,
};
