// The errors that travel between controllers, so that they arrive as what they are. Whoever seals imports it.
import * as playbookErrors from '../playbook/errors.ts';
import { registerError } from '../runtime/wire/error.ts';
import '../fleet/shard/travelling-errors.ts';
import * as engineErrors from './errors.ts';

for (const cls of [...Object.values(playbookErrors), engineErrors.EngineError, engineErrors.WorkerLostError]) registerError(cls);
