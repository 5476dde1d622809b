// A path of the command line as errors and reports name it.
import path from 'node:path';

/** As it was given where it can be, so that errors name the file as the person did; else absolute. */
export function pathFor(file: string, cwd: string): string {
  const absolute = path.resolve(cwd, file);
  return path.resolve(file) === absolute ? file : absolute;
}
