// All cases, by subject.
import type { Cases } from '../case.ts';
import { CONDITIONS } from './conditions.ts';

export const SUBJECTS: Readonly<Record<string, Cases>> = {
  conditions: CONDITIONS,
};
