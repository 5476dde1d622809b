// ssh's own flags, as people write them in ansible_ssh_common_args. It reads words, and opens nothing.
import { didYouMean } from '../../base/suggest.ts';
import { SshSettingsError } from '../errors.ts';
import { type ConfigLine, parseLines } from './lines.ts';

/** What the flags come to: lines as in ssh_config, and other files to read. */
export interface SshFlags {
  /** In their order; as in a file, the first of a keyword counts. */
  readonly lines: readonly ConfigLine[];
  /** -F: instead of the usual files. `none` reads none. */
  readonly configFile: string | undefined;
}

// Maps, since words come from outside: an object also has a `constructor`.
const KEYWORDS: ReadonlyMap<string, string> = new Map([
  ['-J', 'ProxyJump'],
  ['-i', 'IdentityFile'],
  ['-p', 'Port'],
  ['-l', 'User'],
  ['-b', 'BindAddress'],
]);
/** Flags that say the same as a keyword with one value. */
const SWITCHES: ReadonlyMap<string, string> = new Map([
  ['-A', 'ForwardAgent yes'],
  ['-a', 'ForwardAgent no'],
  ['-4', 'AddressFamily inet'],
  ['-6', 'AddressFamily inet6'],
]);
// Flags that change nothing for us: compression is off, output is ours.
const HARMLESS = new Set(['-C', '-q', '-v', '-vv', '-vvv', '-T', '-n', '-x', '-k']);

/**
 * Reads ssh flags: `-o Key=Value` (or `-oKey=Value`, `-o 'Key Value'`), `-J`, `-i`, `-p`, `-l`, `-b`, `-F`, `-A`, `-a`, `-4`, `-6`.
 *
 * @param words - Split already.
 * @param where - Where they stand, for the error.
 * @throws SshSettingsError SSH_ARGS on a flag that is not supported, or without its value; SSH_CONFIG on what `-o` gives.
 */
export function parseSshArgs(words: readonly string[], where: string): SshFlags {
  const lines: ConfigLine[] = [];
  let configFile: string | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const flag = word.slice(0, 2);
    const same = SWITCHES.get(word);
    if (HARMLESS.has(word)) continue;
    if (same !== undefined) {
      lines.push(...parseLines(same, where));
      continue;
    }
    if (flag !== '-o' && flag !== '-F' && !KEYWORDS.has(flag)) {
      const known = ['-o', '-F', ...KEYWORDS.keys(), ...SWITCHES.keys()];
      const fix = didYouMean(word, known, 'Use -o Key=Value, -J, -i, -p, -l, -b or -F');
      throw new SshSettingsError('SSH_ARGS', `The ssh flag \`${word}\` is not supported`, { where, fix });
    }
    const value = word.length > 2 ? word.slice(2) : words[++i];
    if (value === undefined) throw new SshSettingsError('SSH_ARGS', `The ssh flag \`${flag}\` needs a value`, { where });
    if (flag === '-F') configFile ??= value;
    else
      lines.push(
        ...parseLines(flag === '-o' ? checkOption(value, where) : `${KEYWORDS.get(flag)} "${value.replaceAll(/["\\]/g, '\\$&')}"`, where),
      );
  }
  return { lines, configFile };
}

function checkOption(text: string, where: string): string {
  if (/^\s*[A-Za-z0-9]+\s*(?:=|\s)\s*\S/.test(text)) return text.replaceAll('\n', ' ');
  throw new SshSettingsError('SSH_ARGS', `\`-o ${text}\` is no Key=Value`, { where, fix: 'Write -o Key=Value' });
}
