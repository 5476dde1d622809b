// The actions there are. To add one: a file beside this one, a line here, a test.
import { addHost } from './add-host.ts';
import { assert } from './assert.ts';
import { asyncStatus } from './async-status.ts';
import { debug } from './debug.ts';
import { fail } from './fail.ts';
import { fetch } from './fetch.ts';
import { groupBy } from './group-by.ts';
import { includeVars } from './include-vars.ts';
import { meta } from './meta.ts';
import { pause } from './pause.ts';
import { reboot } from './reboot.ts';
import type { Action } from './seam.ts';
import { setFact } from './set-fact.ts';
import { setStats } from './set-stats.ts';
import { synchronize } from './synchronize.ts';
import { validateArgumentSpec } from './validate-argument-spec.ts';
import { waitForConnection } from './wait-for-connection.ts';

export const ACTIONS: ReadonlyMap<string, Action> = new Map(
  [
    addHost,
    assert,
    asyncStatus,
    debug,
    fail,
    fetch,
    groupBy,
    includeVars,
    meta,
    pause,
    reboot,
    setFact,
    setStats,
    synchronize,
    validateArgumentSpec,
    waitForConnection,
  ].map((action) => [action.name, action]),
);
