// The errors that come from a shard's thread, so that they arrive as what they are. Whoever talks across imports it.
import { FaultsError, InputError } from '../../base/errors.ts';
import * as connectionErrors from '../../connection/errors.ts';
import { registerError } from '../../runtime/wire/error.ts';
import * as fleetErrors from '../errors.ts';

for (const cls of [InputError, FaultsError, ...Object.values(connectionErrors), ...Object.values(fleetErrors)]) registerError(cls);
