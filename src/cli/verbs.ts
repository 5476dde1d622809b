// All verbs, loaded: for what tells or looks through all of them. A call of one verb takes it from the table instead.
import type { Verb } from './verb.ts';
import { allVerbs } from './verb-table.ts';

export const verbs: readonly Verb[] = await allVerbs();
