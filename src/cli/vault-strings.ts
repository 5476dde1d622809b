// What vault makes of strings: values to be put into YAML files. It writes them where it is told.
import { encrypt } from '../inventory/vault/vault-keys.ts';
import type { Context } from './context.ts';
import { UsageError } from './errors.ts';
import type { Flags } from './flags.ts';
import { readStdin } from './read-stdin.ts';
import { write } from './vault-files.ts';
import { encryptId, newVaultKeys } from './vault-passwords.ts';

/** As ansible-vault: deep enough for any place in a file of variables. */
const INDENT = ' '.repeat(10);

interface Plain {
  readonly name: string | undefined;
  readonly text: Uint8Array;
  readonly where: string;
}

/** Strings of the command line, of a question and of stdin; without any of them, stdin. */
export async function encryptStrings(words: readonly string[], flags: Flags, context: Context): Promise<void> {
  const strings = words.filter((word) => word !== '-');
  const usesStdin = words.includes('-') || flags.stdinName !== undefined || (strings.length === 0 && !flags.prompt);
  if (flags.name.length > strings.length + (flags.prompt ? 1 : 0))
    throw new UsageError('BAD_FLAG', 'There are more names than strings', {
      where: '--name',
      fix: usesStdin ? 'The name for stdin is --stdin-name' : 'Give as many strings as names',
    });
  if (flags.prompt && usesStdin)
    throw new UsageError('BAD_FLAG', 'stdin cannot be asked and read', { where: '--prompt', fix: 'Leave out --prompt, or -' });
  const secret = (await newVaultKeys(flags, context)).secretFor(encryptId(flags, context));
  const plains = await plainsOf(strings, usesStdin, flags, context);
  const empty = plains.find(({ text }) => text.length === 0);
  if (empty !== undefined)
    throw new UsageError('MISSING_ARGUMENT', 'There is nothing to encrypt', { where: empty.where, fix: 'Give a string that is not empty' });
  const values = plains.map(({ name, text, where }) => yamlValue(name, encrypt(text, secret, where)));
  await write(flags.outputFile ?? '-', values.join(''), context);
}

async function plainsOf(
  strings: readonly string[],
  usesStdin: boolean,
  { name, stdinName, prompt }: Flags,
  context: Context,
): Promise<Plain[]> {
  const plains: Plain[] = [];
  const names = [...name];
  if (prompt) {
    const text = await context.prompts.password({
      message: 'String to encrypt:',
      otherwise: 'Give it on stdin: sshoal vault encrypt-string -',
    });
    plains.push({ name: names.shift(), text: Buffer.from(text), where: 'the answer' });
  }
  if (usesStdin) plains.push({ name: stdinName, text: await readStdin(context), where: 'stdin' });
  for (const text of strings) plains.push({ name: names.shift(), text: Buffer.from(text), where: 'sshoal vault encrypt-string' });
  return plains;
}

function yamlValue(name: string | undefined, vault: string): string {
  const lines = vault.trimEnd().split('\n');
  return [`${name === undefined ? '' : `${name}: `}!vault |`, ...lines.map((line) => INDENT + line), ''].join('\n');
}
