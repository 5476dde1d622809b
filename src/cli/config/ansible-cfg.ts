// ansible.cfg and the ANSIBLE_* variables, read for what applies here. It does not know where the file was found.
import path from 'node:path';
import { type IniDialect, type IniEntry, iniEntry, parseIni } from '../../base/config-parser.ts';
import { Faults, type Where } from '../../base/errors.ts';
import type { Position } from '../../base/position.ts';
import { ConfigError } from '../errors.ts';
import { ANSIBLE_SETTINGS, type AnsibleSetting, type AnsibleSurroundings, INEFFECTIVE, REFUSED_SETTINGS } from './ansible-settings.ts';
import type { SettingName } from './settings.ts';

/** As Ansible opens its file. */
export const ANSIBLE_CFG: IniDialect = {
  inlineComments: true,
  fault: (message, where, fix) => new ConfigError('CONFIG_SYNTAX', message, { where, fix }),
};

/** The variable or the line that a value came from. */
export type AnsibleOrigin =
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'file'; readonly where: Position };

export interface AnsibleValue {
  readonly value: unknown;
  /** More than one where several settings of Ansible make one of ours. */
  readonly origins: readonly AnsibleOrigin[];
}

/** Something set for Ansible that does nothing here. */
export interface Ineffective {
  /** `[defaults] roles_path`, `ANSIBLE_ROLES_PATH` */
  readonly name: string;
  readonly origin: AnsibleOrigin;
  readonly reason: string;
}

/** A setting that nothing here can do. */
export interface Refusal {
  readonly error: ConfigError;
  /** The verb that it matters to; all of them when undefined. */
  readonly verb: string | undefined;
}

export interface AnsibleConfiguration {
  readonly values: ReadonlyMap<SettingName, AnsibleValue>;
  readonly ineffective: readonly Ineffective[];
  readonly refusals: readonly Refusal[];
}

interface Found {
  readonly text: string;
  readonly origin: AnsibleOrigin;
}

/** Names of the environment that begin as Ansible's settings do, and are read elsewhere. */
const NO_SETTINGS = new Set(['ANSIBLE_CONFIG', 'ANSIBLE_VAULT_ENCRYPT_IDENTITY']);

/**
 * @param source - The text of an ansible.cfg and its path; undefined where there is none, and only the environment speaks.
 * @throws ConfigError `CONFIG_SYNTAX`, `BAD_SETTING`; several as FaultsError.
 */
export function readAnsible(
  source: { readonly text: string; readonly file: string } | undefined,
  around: Omit<AnsibleSurroundings, 'directory'>,
): AnsibleConfiguration {
  const entries = source === undefined ? [] : parseIni(source.text, source.file, ANSIBLE_CFG);
  const values = new Map<SettingName, AnsibleValue>();
  const faults = new Faults();
  for (const setting of ANSIBLE_SETTINGS) {
    const found = findValue(setting.ini, setting.env, entries, around.env);
    if (found === undefined) continue;
    const value = faults.collect(() => readValue(setting, found, { ...around, directory: directoryOf(found.origin) })) ?? null;
    if (value !== null) values.set(setting.flag, combined(setting, values.get(setting.flag), { value, origins: [found.origin] }));
  }
  faults.throwIfAny();
  return { values, ineffective: ineffectiveOf(entries, around.env), refusals: refusalsOf(entries, around.env) };
}

/** The last variable that is set, else the last key that is there; as everywhere here, an empty one says nothing. */
function findValue(
  ini: AnsibleSetting['ini'],
  variables: readonly string[],
  entries: readonly IniEntry[],
  env: AnsibleSurroundings['env'],
): Found | undefined {
  const variable = variables.findLast((name) => (env[name] ?? '') !== '');
  if (variable !== undefined) return { text: env[variable] ?? '', origin: { kind: 'environment', variable } };
  const found = ini.map(([section, key]) => iniEntry(entries, section, key)).findLast((entry) => entry !== undefined);
  if (found === undefined || found.value === null || found.value === '') return undefined;
  return { text: found.value, origin: { kind: 'file', where: found.where } };
}

function readValue(setting: AnsibleSetting, { text, origin }: Found, around: AnsibleSurroundings): unknown {
  const value = setting.read(text, around);
  if (value !== undefined) return value;
  const name = origin.kind === 'environment' ? origin.variable : (setting.ini.at(-1)?.[1] ?? setting.flag);
  throw new ConfigError('BAD_SETTING', `\`${name}\` cannot be \`${text}\``, {
    where: whereOf(origin),
    fix: `Give ${setting.wanted}; or pass ansible.cfg over: --config none`,
  });
}

function combined({ joined }: AnsibleSetting, before: AnsibleValue | undefined, next: AnsibleValue): AnsibleValue {
  if (joined !== true || before === undefined) return next;
  return { value: `${String(before.value)} ${String(next.value)}`, origins: [...before.origins, ...next.origins] };
}

function ineffectiveOf(entries: readonly IniEntry[], env: AnsibleSurroundings['env']): Ineffective[] {
  const known = [...ANSIBLE_SETTINGS.flatMap(({ ini }) => ini), ...REFUSED_SETTINGS.map(({ ini }) => ini)];
  const variables = new Set([...NO_SETTINGS, ...ANSIBLE_SETTINGS.flatMap((one) => one.env), ...REFUSED_SETTINGS.map((one) => one.env)]);
  const inFile = entries
    .filter(({ section, key }) => !known.some((one) => one[0] === section && one[1] === key))
    .map(
      ({ section, key, where }): Ineffective => ({ name: `[${section}] ${key}`, origin: { kind: 'file', where }, reason: reasonOf(key) }),
    );
  const inEnvironment = Object.keys(env)
    .filter((name) => name.startsWith('ANSIBLE_') && !variables.has(name) && (env[name] ?? '') !== '')
    .toSorted()
    .map((variable): Ineffective => {
      const key = variable.slice('ANSIBLE_'.length).toLowerCase();
      return { name: variable, origin: { kind: 'environment', variable }, reason: reasonOf(key) };
    });
  return [...inFile, ...inEnvironment];
}

function reasonOf(key: string): string {
  return INEFFECTIVE.get(key) ?? 'means nothing here';
}

function refusalsOf(entries: readonly IniEntry[], env: AnsibleSurroundings['env']): Refusal[] {
  return REFUSED_SETTINGS.flatMap(({ ini, env: variable, refuses, reason, fix, verb }) => {
    const found = findValue([ini], [variable], entries, env);
    if (found === undefined || !refuses(found.text)) return [];
    const name = found.origin.kind === 'environment' ? variable : ini[1];
    const message = `\`${name}: ${found.text}\` cannot be followed: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`;
    return [{ error: new ConfigError('CONFIG_REFUSED', message, { where: whereOf(found.origin), fix }), verb }];
  });
}

// Paths in variables start in the current directory, as the shell would have it.
function directoryOf(origin: AnsibleOrigin): string | undefined {
  return origin.kind === 'file' ? path.dirname(origin.where.file) : undefined;
}

function whereOf(origin: AnsibleOrigin): Where {
  return origin.kind === 'file' ? origin.where : origin.variable;
}
