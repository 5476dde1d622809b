// What can go wrong with the embedded servers themselves. It does not know what runs on them.
import { SshoalError } from '../base/errors.ts';

/**
 * An embedded server or fleet that cannot be had as asked for. Codes:
 * - `EMBEDDED_NO_SHELL`: this machine has no /bin/sh.
 * - `EMBEDDED_BAD_HOSTS`: no hosts, a name twice, or a name that cannot be one.
 * - `EMBEDDED_BAD_DIRECTORY`: a path that cannot stand in an inventory.
 * - `EMBEDDED_NO_SUCH_HOST`: the fleet has no host of that name.
 */
export class EmbeddedError extends SshoalError {}
