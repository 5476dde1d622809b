// sshoal.yml: its keys as values of flags, or all its faults at once. It does not know where the file was found.
import path from 'node:path';
import { Faults } from '../../base/errors.ts';
import type { Position } from '../../base/position.ts';
import { didYouMean } from '../../base/suggest.ts';
import { parseYaml, type YamlEntry, type YamlNode, yamlValue } from '../../base/yaml.ts';
import { ConfigError } from '../errors.ts';
import { SECRET_VARIABLES, SETTINGS, type Setting, type SettingName } from './settings.ts';

/** A value of a flag, and where it was written. */
export interface Placed {
  readonly value: unknown;
  readonly where: Position;
}

/**
 * Reads the text of a sshoal.yml.
 *
 * @param file - Its path: positions name it, and relative paths start in its directory.
 * @param home - What `~` stands for.
 * @throws ConfigError `CONFIG_SYNTAX`, `UNKNOWN_SETTING`, `BAD_SETTING`, `SECRET_SETTING`; YamlError; several as FaultsError.
 */
export function readSshoalYml(text: string, file: string, home: string | undefined): Map<SettingName, Placed> {
  const [tree, second] = parseYaml(text, file);
  const found = new Map<SettingName, Placed>();
  const faults = new Faults();
  if (second !== undefined) faults.add(syntaxFault('One document is enough', second));
  for (const entry of tree === undefined ? [] : entriesOf(tree, faults)) {
    faults.collect(() => {
      const setting = settingOf(entry);
      found.set(setting.flag, { value: readValue(setting, entry.node, { directory: path.dirname(file), home }), where: entry.keyPosition });
    });
  }
  faults.throwIfAny();
  return found;
}

function entriesOf(tree: YamlNode, faults: Faults): readonly YamlEntry[] {
  if (tree.kind === 'map') return tree.entries;
  // A file of comments only is one that says nothing yet.
  if (tree.kind === 'scalar' && tree.value === null) return [];
  faults.add(syntaxFault('The file must be a map of settings', tree));
  return [];
}

function settingOf({ key, keyPosition: where }: YamlEntry): Setting {
  const name = String(key);
  const setting = [...SETTINGS.values()].find((one) => one.key === name);
  if (setting !== undefined) return setting;
  const variable = SECRET_VARIABLES.get(name);
  if (variable !== undefined) {
    throw new ConfigError('SECRET_SETTING', `\`${name}\` does not belong into a file that others may read`, {
      where,
      fix: `Set ${variable}, or be asked: ask_pass, ask_become_pass`,
    });
  }
  throw new ConfigError('UNKNOWN_SETTING', `There is no setting \`${name}\``, {
    where,
    fix: didYouMean(
      name.replaceAll('-', '_'),
      [...SETTINGS.values()].map((one) => one.key),
      'See them all: sshoal config show',
    ),
  });
}

function readValue(setting: Setting, node: YamlNode, around: { directory: string; home: string | undefined }): unknown {
  const { key, kind, choices } = setting;
  const tagged = node.kind === 'scalar' && node.tag !== undefined;
  const given = yamlValue(node);
  const value = tagged ? undefined : kind.fromYaml(given, { ...around, choices });
  if (value !== undefined) return value;
  const near = typeof given === 'string' && choices.length > 0 ? didYouMean(given, choices) : `Give ${kind.wanted(choices)}`;
  throw new ConfigError('BAD_SETTING', `\`${key}\` must be ${kind.wanted(choices)}`, { where: node.position, fix: near });
}

function syntaxFault(message: string, node: YamlNode): ConfigError {
  return new ConfigError('CONFIG_SYNTAX', message, {
    where: node.position,
    fix: 'Write one setting a line: `forks: 20`; see sshoal config init',
  });
}
