// Paths of this machine for names that may hold any byte, and which names it cannot hold. It opens nothing.
import path from 'node:path';
import { SftpError } from '../errors.ts';
import { encodeName } from '../names.ts';

const ESCAPED = /[\udc80-\udcff]/u;
// What Windows takes for a device, a stream of another file, or leaves away.
const NOT_ON_WINDOWS = /[<>:"\\|?*\p{Cc}]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/iu;

/** A path as node:fs takes it: one whose bytes are no UTF-8 only as these bytes. */
export function localPath(text: string): string | Buffer {
  return ESCAPED.test(text) ? encodeName(text) : text;
}

/** An absolute path with slashes, as walks join it. */
export function slashed(directory: string): string {
  return path.resolve(directory).replaceAll(path.sep, '/');
}

/**
 * Refuses a relative path that this machine would understand otherwise than the one it comes from.
 *
 * @throws SftpError UNSAFE_NAME.
 */
export function checkLocal(relative: string, platform: NodeJS.Platform = process.platform): void {
  if (platform !== 'win32' || !relative.split('/').some((name) => NOT_ON_WINDOWS.test(name) || ESCAPED.test(name))) return;
  throw new SftpError('UNSAFE_NAME', `Windows cannot hold a file called ${JSON.stringify(relative)}`, {
    where: relative,
    fix: 'Leave it out (exclude), or rename it on the host',
  });
}
