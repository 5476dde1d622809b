// A root directory of one's own over that of this machine: programs in it change files that only they see. It knows no module.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { needs } from '../support/real.js';

// An overlay over /, mounted anew for each program in a mount namespace of its own; what was written stays in `upper`.
const ENTER = `set -e
here=\${0%/*}
mount -t overlay overlay -o "lowerdir=/,upperdir=$here/upper,workdir=$here/work" "$here/root"
mount --rbind /proc "$here/root/proc"
mount --rbind /dev "$here/root/dev"
exec chroot "$here/root" "$@"
`;

export class PrivateRoot {
  readonly #directory: string;

  constructor() {
    this.#directory = mkdtempSync(path.join(os.tmpdir(), 'sshoal-root-'));
    for (const name of ['upper', 'work', 'root']) mkdirSync(path.join(this.#directory, name));
    writeFileSync(path.join(this.#directory, 'enter.sh'), ENTER);
  }

  /** A command line that runs a program in here; `runModule` takes it as a shell. */
  inside(program: string): string {
    return `unshare -m sh ${path.join(this.#directory, 'enter.sh')} ${program}`;
  }

  /** Runs a line of shell in here, and returns its output. @throws Error when it fails. */
  run(line: string, env: Readonly<Record<string, string>> = {}): string {
    const [program = '', ...words] = this.inside('sh').split(' ');
    const ended = spawnSync(program, [...words, '-c', line], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      maxBuffer: 64e6,
      timeout: 180_000,
    });
    if (ended.status !== 0) throw new Error(`${line.slice(0, 200)}: ${ended.stderr}${ended.stdout.slice(-2000)}`);
    return ended.stdout;
  }

  /** Puts a file into it; directories above are made. */
  write(name: string, content: string | Uint8Array, mode = 0o644): void {
    const file = path.join(this.#directory, 'upper', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
  }

  /** A file that was changed in it; undefined when it is still that of the machine, or gone. */
  read(name: string): string | undefined {
    const file = path.join(this.#directory, 'upper', name);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true });
  }
}

/** Options for `describe`: skipped where this user cannot have a root directory of their own. */
export function needsPrivateRoot(...programs: string[]): { skip: string | false } {
  const missing = needs('unshare', 'chroot', 'mount', ...programs);
  if (missing.skip !== false) return missing;
  const root = new PrivateRoot();
  try {
    root.run(':');
    return { skip: false };
  } catch (error) {
    return { skip: `SKIPPED: no overlay can be mounted here: ${String(error)}` };
  } finally {
    root.remove();
  }
}
