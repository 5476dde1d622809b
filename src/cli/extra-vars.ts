// The variables of -e: k=v, JSON, YAML or a file of either. It does not know what they mean.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { splitWords } from '../base/shlex.ts';
import { type Dict, isDict, type Value } from '../base/value.ts';
import { parseYaml, yamlValue } from '../base/yaml.ts';
import { VaultKeys, type VaultReader } from '../inventory/vault/vault-keys.ts';
import { UsageError } from './errors.ts';

/**
 * Reads the values of `--extra-vars` in order; a later one wins.
 *
 * As ansible 2.14: values of `k=v` are text, those of JSON and YAML keep their types.
 *
 * @param cwd - Where the paths of `@file` start.
 * @param vault - What opens files, and values in them; encrypted ones are refused when not given.
 * @throws UsageError `BAD_EXTRA_VARS`, YamlError, VaultError.
 */
export async function readExtraVars(values: readonly string[], cwd: string, vault: VaultReader = new VaultKeys([])): Promise<Dict> {
  const vars: Dict = new Map();
  for (const value of values) for (const [key, item] of await readOne(value, cwd, vault)) vars.set(key, item);
  return vars;
}

async function readOne(value: string, cwd: string, vault: VaultReader): Promise<Dict> {
  const text = value.trim();
  if (text.startsWith('@')) return mapOf(await readVarsFile(text.slice(1), cwd, vault), text.slice(1), vault);
  if (text.startsWith('{') || text.startsWith('[')) return mapOf(text, '--extra-vars', vault);
  return pairsOf(text);
}

async function readVarsFile(file: string, cwd: string, vault: VaultReader): Promise<string> {
  const bytes = await readFile(path.resolve(cwd, file)).catch((cause: unknown) => {
    throw new UsageError('BAD_EXTRA_VARS', `The file ${file} cannot be read: ${(cause as Error).message}`, {
      where: '--extra-vars',
      fix: 'Check the path after the @; it starts in the current directory',
      cause,
    });
  });
  return vault.file(bytes, file);
}

function mapOf(text: string, name: string, vault: VaultReader): Dict {
  // JSON is YAML, so one reader gives both the same types and positions.
  const tree = parseYaml(text, name).at(0);
  const value: Value = tree === undefined ? new Map() : yamlValue(vault.tree(tree));
  if (isDict(value)) return value;
  throw new UsageError('BAD_EXTRA_VARS', `${name} holds no variables`, { where: name, fix: 'Write a map: {"name": "value"}' });
}

function pairsOf(text: string): Dict {
  const words = wordsOf(text);
  return new Map(
    words.map((word) => {
      const [, key, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
      if (key !== undefined && value !== undefined) return [key, value];
      throw new UsageError('BAD_EXTRA_VARS', `\`${word}\` is no variable`, {
        where: '--extra-vars',
        fix: 'Write name=value, {"name": "value"} or @file',
      });
    }),
  );
}

function wordsOf(text: string): string[] {
  try {
    return splitWords(text);
  } catch (error) {
    throw new UsageError('BAD_EXTRA_VARS', (error as Error).message, { where: '--extra-vars', fix: 'Close the quote', cause: error });
  }
}
