// The actions there are. To add one: a file beside this one, a line here, a test.
import { assert } from './assert.ts';
import { debug } from './debug.ts';
import { fail } from './fail.ts';
import { includeVars } from './include-vars.ts';
import { meta } from './meta.ts';
import type { Action } from './seam.ts';
import { setFact } from './set-fact.ts';

export const ACTIONS: ReadonlyMap<string, Action> = new Map(
  [assert, debug, fail, includeVars, meta, setFact].map((action) => [action.name, action]),
);
