// A local script as text that makes a file of it on the host, runs it and takes it away again. It does not know which host.
import { isUtf8 } from 'node:buffer';
import { shellJoin, shellQuote } from '../base/quote.ts';

export interface CarriedScript {
  /** What the script sees as its own name; its directory is one of ours. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly args: readonly string[];
  /** Reads the script instead of the program that its first line names. */
  readonly interpreter?: string | undefined;
}

/** An argument that every program takes, for shells that have no printf of their own; no character is cut in two. */
const PIECE = /[^]{1,16384}/gu;

/**
 * POSIX sh that carries a script with it. Stdin, stdout, stderr and the exit code are those of the script.
 *
 * The file has the same path on every host, unless two hosts share a file system: what names it folds.
 * It lies in a directory of its own that only whoever runs it can enter, so another user that was become can read it; it is
 * read by its interpreter, so /tmp may forbid to execute. The directory goes when the script ends, and before a deadline or an
 * abort ends it, even if the script itself will not listen.
 *
 * @param nonce - Letters and digits that nobody can guess.
 */
export function carriedScript({ name, bytes, args, interpreter }: CarriedScript, nonce: string): string {
  const file = `"$sshoal_dir"/${shellQuote(name)}`;
  const command = [...commandOf(bytes, file, interpreter), ...(args.length === 0 ? [] : [shellJoin(args)])].join(' ');
  return `sshoal_dir=
for sshoal_at in "\${TMPDIR:-/tmp}/sshoal-${nonce}" "\${TMPDIR:-/tmp}/sshoal-${nonce}-$$" "/tmp/sshoal-${nonce}-$$" "$HOME/sshoal-${nonce}-$$"; do
  if (umask 077; mkdir "$sshoal_at") 2>/dev/null; then sshoal_dir=$sshoal_at; break; fi
done
if [ -z "$sshoal_dir" ]; then echo 'sshoal: there is no room for a script: neither TMPDIR nor /tmp nor HOME can be written' >&2; exit 1; fi
sshoal_end() { rm -rf "$sshoal_dir"; exit "$1"; }
trap 'sshoal_end 129' 1; trap 'sshoal_end 130' 2; trap 'sshoal_end 143' 15
(umask 077; {
${pieces(bytes).join(' &&\n')}
} >${file} && chmod 700 ${file}) || sshoal_end 1
exec 3<&0
${command} <&3 3<&- &
exec 3<&-
wait $!
sshoal_end $?`;
}

/** The words of sh that run it: a shell waits for its traps as long as a child in front runs, so the child is behind. */
function commandOf(bytes: Uint8Array, file: string, interpreter: string | undefined): string[] {
  if (interpreter !== undefined) return [shellQuote(interpreter), file];
  const [line = ''] = Buffer.from(bytes.subarray(0, 1_024)).toString('latin1').split('\n', 1);
  // All that follows the program is one argument, as Linux reads it.
  const [, program, argument] = /^#![ \t]*([^ \t\r]+)(?:[ \t]+([^\r]*[^ \t\r]))?/.exec(line) ?? [];
  if (program !== undefined) return [shellQuote(program), ...(argument === undefined ? [] : [shellQuote(argument)]), file];
  return line.startsWith('\x7fELF') ? [file] : ['/bin/sh', file];
}

/** The commands that print the bytes: as text where that is possible, since octal numbers are four times as long. */
function pieces(bytes: Uint8Array): string[] {
  const isText = isUtf8(bytes) && !bytes.includes(0);
  const parts =
    Buffer.from(bytes)
      .toString(isText ? 'utf8' : 'latin1')
      .match(PIECE) ?? [];
  if (parts.length === 0) return [':'];
  return parts.map((part) => (isText ? `printf %s ${shellQuote(part)}` : `printf '${part.replaceAll(/[^\w.,/:=@ \n]/g, octal)}'`));
}

function octal(character: string): string {
  return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}
