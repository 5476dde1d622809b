// ssh's own flags, as people write them in ansible_ssh_common_args. It reads words, and opens nothing.
import { didYouMean } from '../base/suggest.ts';
import { SshSettingsError } from './errors.ts';

/** What the flags come to: options as in ssh_config, and other files to read. */
export interface SshFlags {
  /** Keyword in lower case -> value, the first one given winning, as ssh does. */
  readonly options: ReadonlyMap<string, string>;
  /** -F: instead of the usual files. `none` reads none. */
  readonly configFile: string | undefined;
}

const WITH_VALUE: Readonly<Record<string, string>> = { '-J': 'proxyjump', '-i': 'identityfile', '-p': 'port', '-l': 'user' };
// Flags that change nothing for us: compression is off, output is ours, addresses are tried in turn.
const HARMLESS = new Set(['-C', '-q', '-v', '-vv', '-vvv', '-T', '-n', '-x', '-a', '-4', '-6', '-k']);

/**
 * Reads ssh flags: `-o Key=Value` (or `-oKey=Value`, `-o 'Key Value'`), `-J`, `-i`, `-p`, `-l`, `-F`.
 *
 * @param words - Split already.
 * @param where - Where they stand, for the error.
 * @throws SshSettingsError SSH_ARGS on a flag that is not supported, or without its value.
 */
export function parseSshArgs(words: readonly string[], where: string): SshFlags {
  const options = new Map<string, string>();
  let configFile: string | undefined;
  const remember = (keyword: string, value: string): void => {
    if (keyword === 'identityfile' && options.has(keyword)) options.set(keyword, `${options.get(keyword)}\n${value}`);
    else if (!options.has(keyword)) options.set(keyword, value);
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const flag = word.slice(0, 2);
    if (HARMLESS.has(word)) continue;
    if (flag !== '-o' && flag !== '-F' && WITH_VALUE[flag] === undefined) {
      const fix = didYouMean(word, ['-o', '-F', ...Object.keys(WITH_VALUE)], 'Use -o Key=Value, -J, -i, -p, -l or -F');
      throw new SshSettingsError('SSH_ARGS', `The ssh flag \`${word}\` is not supported`, { where, fix });
    }
    const value = word.length > 2 ? word.slice(2) : words[++i];
    if (value === undefined) throw new SshSettingsError('SSH_ARGS', `The ssh flag \`${flag}\` needs a value`, { where });
    if (flag === '-F') configFile ??= value;
    else if (flag === '-o') {
      const { keyword, argument } = splitOption(value, where);
      remember(keyword, argument);
    } else remember(WITH_VALUE[flag] ?? '', value);
  }
  return { options, configFile };
}

function splitOption(text: string, where: string): { keyword: string; argument: string } {
  const match = /^\s*([A-Za-z0-9]+)\s*(?:=|\s)\s*(.*?)\s*$/s.exec(text);
  if (match === null) throw new SshSettingsError('SSH_ARGS', `\`-o ${text}\` is no Key=Value`, { where, fix: 'Write -o Key=Value' });
  return { keyword: (match[1] ?? '').toLowerCase(), argument: (match[2] ?? '').replace(/^"(.*)"$/s, '$1') };
}
