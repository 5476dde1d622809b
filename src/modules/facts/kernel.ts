// What a kernel calls itself: from its files on Linux, from uname elsewhere. It knows no fact.
import type { Found } from './seam.ts';

type Name = 'hostname' | 'osrelease' | 'version';

const path = (name: string): string => `/proc/sys/kernel/${name}`;

export const KERNEL_FILES: readonly string[] = ['hostname', 'osrelease', 'version'].map(path);

export const KERNEL_SCRIPT = `if [ "$system" != Linux ]; then report hostname "$(uname -n)"; report osrelease "$(uname -r)"; report version "$(uname -v)"; fi`;

export function kernelText(found: Found, name: Name): string {
  return found.file(path(name)) ?? found.record(name);
}
