// Which real components of this machine a test may use, and what happens when one is missing.
import { existsSync } from 'node:fs';
import path from 'node:path';

// Beside PATH: where daemons live, and where distributions put OpenSSH's sftp-server.
const PLACES = ['/usr/sbin', '/sbin', '/usr/local/sbin', '/usr/lib/openssh', '/usr/libexec/openssh', '/usr/lib/ssh', '/usr/libexec'];

/** The absolute path of a program, or undefined when this machine has none. */
export function findProgram(name: string): string | undefined {
  const directories = [...(process.env.PATH ?? '').split(path.delimiter), ...PLACES];
  return directories.map((directory) => path.join(directory, name)).find((file) => existsSync(file));
}

const announced = new Set<string>();

/**
 * Options for `describe` or `it`: skipped, with one loud line, where a program is missing.
 *
 * @param names - The programs the tests run for real: `sshd`, `ansible`.
 * @throws Error where one is missing and REQUIRE_SSHD=1 says that all of them must be there.
 */
export function needs(...names: string[]): { skip: string | false } {
  const missing = names.filter((name) => findProgram(name) === undefined);
  if (missing.length === 0) return { skip: false };
  const reason = `SKIPPED: no ${missing.join(', ')} on this machine`;
  if (process.env.REQUIRE_SSHD === '1') throw new Error(`${reason}, and REQUIRE_SSHD=1 forbids skipping`);
  if (!announced.has(reason)) console.error(`!!! ${reason}: the tests against the real thing do not run`);
  announced.add(reason);
  return { skip: reason };
}
