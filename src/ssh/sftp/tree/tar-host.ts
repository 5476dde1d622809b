// tar on the host: the scripts that run it, and what its end means. It does not know what is in the archive.
import type { Writable } from 'node:stream';
import { shellJoin } from '../../../base/quote.ts';
import { neutralise } from '../../../base/terminal.ts';
import { SftpError } from '../errors.ts';
import { encodeName } from '../names.ts';

/** A command under way on the host, as `SSHClient.execCommand` gives it. */
export interface HostProcess {
  readonly stdin: Writable;
  readonly stdout: AsyncIterable<Uint8Array>;
  readonly stderr: AsyncIterable<Uint8Array>;
  readonly exit: Promise<{ readonly kind: 'code'; readonly code: number } | { readonly kind: 'signal'; readonly signal: string }>;
  /** Lets go of it; it then sees the end of its input. */
  readonly close: () => void;
}

/** Starts a command of the login shell. */
export type Exec = (command: string) => Promise<HostProcess>;

const KEPT_STDERR_BYTES = 4_096;

// What goes wrong before tar runs; its own codes are small.
const EXITS: Readonly<Record<number, (path: string) => SftpError>> = {
  101: () => tarFailed('The host has no tar', 'Install tar there, or copy the directory over SFTP'),
  102: (path) => new SftpError('ENOTDIR', `${path} is not a directory on the host`, { where: path, fix: 'Name a directory' }),
  103: (path) => new SftpError('ENOENT', `${path} does not exist on the host`, { where: path, fix: 'Check the spelling of the path' }),
  104: (path) => tarFailed(`The archive did not arrive whole; nothing was made of it`, 'Send it again', path),
  105: (path) => new SftpError('EEXIST', `${path} came to be while it was sent`, { where: path, fix: 'Look who else writes there' }),
};

/**
 * Unpacks into a directory beside the target that nobody else may look into, and gives it its name when the last entry of the archive,
 * the mark, has come: an archive that was cut off between two entries looks whole to tar. Into a target that is there it unpacks at once.
 *
 * GNU's tar makes links that go up only after everything else, which changes the times of their directories; with -P it does not.
 *
 * $1 the target, $2 the directory beside it, $3 the mark, $4 flags of tar, $5 the mode of a new target or nothing.
 */
const UNPACK = `command -v tar >/dev/null 2>&1 || exit 101
case $(tar --version 2>/dev/null </dev/null) in *GNU*) flags="$4P" ;; *) flags=$4 ;; esac
if [ -d "$1" ]; then
  echo "merge $(umask)"
  tar "$flags" -f - -C "$1"
  code=$?
  if [ -f "$1/$3" ]; then rm -f "$1/$3"; elif [ "$code" = 0 ]; then code=104; fi
  exit "$code"
fi
if [ -e "$1" ] || [ -L "$1" ]; then exit 102; fi
mkdir -m 700 "$2" && mkdir "$2/tree" || exit
trap 'rm -rf "$2"' EXIT
trap 'exit 104' HUP INT PIPE TERM
echo "fresh $(umask)"
tar "$flags" -f - -C "$2" || exit
[ -f "$2/$3" ] || exit 104
if [ -e "$1" ] || [ -L "$1" ]; then exit 105; fi
mv "$2/tree" "$1" || exit
[ -z "$5" ] || chmod "$5" "$1"`;

/** $1 the directory, $2 flags of tar. */
const PACK = `command -v tar >/dev/null 2>&1 || exit 101
[ -e "$1" ] || exit 103
[ -d "$1" ] || exit 102
cd "$1" && exec tar "$2" - .`;

/** The command that unpacks. Its first line of output is `merge` or `fresh`, and the umask there. */
export function unpackCommand(words: {
  readonly target: string;
  readonly beside: string;
  readonly mark: string;
  readonly preserve: boolean;
  readonly mode: number | undefined;
}): string {
  const { target, beside, mark, preserve, mode } = words;
  // The archive tells modes that are right already; owners are whoever unpacks.
  const flags = preserve ? '-xpo' : '-xpom';
  return command(UNPACK, [pathWord(target), pathWord(beside), mark, flags, mode === undefined ? '' : mode.toString(8)]);
}

/** The command that packs a directory to its output. */
export function packCommand(directory: string, followLinks: boolean): string {
  return command(PACK, [pathWord(directory), followLinks ? '-chf' : '-cf']);
}

/** What a process says on stderr, its beginning, neutralised; read to its end, so that nothing is held up by it. */
export async function saidOn(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const kept: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    if (bytes < KEPT_STDERR_BYTES) kept.push(chunk);
    bytes += chunk.length;
  }
  return neutralise(Buffer.concat(kept).toString('utf8').slice(0, KEPT_STDERR_BYTES)).trim();
}

/** What comes of a wait that an abort ends. @throws `signal.reason`. */
export async function abortedBy<T>(signal: AbortSignal | undefined, answer: Promise<T>): Promise<T> {
  if (signal === undefined) return await answer;
  // Whichever loses has been heard.
  answer.catch(() => {});
  signal.throwIfAborted();
  let stop = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The error that an end means; undefined for a good one. */
export function faultOfExit(exit: Awaited<HostProcess['exit']>, said: string, path: string): SftpError | undefined {
  if (exit.kind === 'code' && exit.code === 0) return undefined;
  const known = exit.kind === 'code' ? EXITS[exit.code]?.(path) : undefined;
  const how = exit.kind === 'code' ? `with exit code ${exit.code}` : `by ${exit.signal}`;
  return (
    known ??
    tarFailed(
      `tar on the host ended ${how}${said === '' ? '' : `: ${said}`}`,
      'Look at what it says; or copy the directory over SFTP',
      path,
    )
  );
}

export function tarFailed(message: string, fix: string, where?: string): SftpError {
  return new SftpError('TAR_FAILED', message, { where, fix });
}

function command(script: string, words: readonly string[]): string {
  return shellJoin(['sh', '-c', script, 'sh', ...words]);
}

/** A path that begins with a dash is no flag; one that is no UTF-8 cannot stand in a command. */
function pathWord(path: string): string {
  if (encodeName(path).toString('utf8') !== path) {
    throw tarFailed(`A command cannot name ${JSON.stringify(path)}`, 'Copy it over SFTP, which can name any bytes', path);
  }
  return path.startsWith('/') ? path : `./${path}`;
}
