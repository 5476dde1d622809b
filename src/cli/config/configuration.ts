// Every setting with its value and where that comes from: the environment over sshoal.yml over Ansible's. It runs nothing.
import { readFileSync } from 'node:fs';
import { Faults } from '../../base/errors.ts';
import type { Position } from '../../base/position.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { Context } from '../context.ts';
import { ConfigError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { usualSources } from '../inventory-sources.ts';
import type { Verb } from '../verb.ts';
import { type Ineffective, type Refusal, readAnsible } from './ansible-cfg.ts';
import { ansiblePlaces, chosenFile, homeOf, type Place, sshoalPlaces } from './find-config.ts';
import { SETTINGS, type Setting, type SettingName } from './settings.ts';

/** Where a value comes from. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'file'; readonly where: Position };

export interface Resolved {
  readonly setting: Setting;
  /** Undefined where neither anybody nor the program says anything. */
  readonly value: unknown;
  readonly origins: readonly Origin[];
}

export interface Configuration {
  /** Every setting there is. */
  readonly resolved: ReadonlyMap<SettingName, Resolved>;
  /** Where sshoal.yml and ansible.cfg were looked for. */
  readonly places: readonly Place[];
  /** What is set for Ansible, and does nothing here. */
  readonly ineffective: readonly Ineffective[];
  readonly refusals: readonly Refusal[];
}

type Surroundings = Pick<Context, 'env' | 'cwd'>;
type Layer = ReadonlyMap<SettingName, Pick<Resolved, 'value' | 'origins'>>;

/**
 * Reads the whole configuration. What is given as a flag is not among it: a flag wins over all of it.
 *
 * `SSHOAL_*` wins over sshoal.yml, that over `ANSIBLE_*`, that over ansible.cfg, that over what the program does by itself.
 *
 * @param flag - The value of `--config`.
 * @throws ConfigError, YamlError: all faults of all sources at once, as FaultsError where there are several.
 */
export async function readConfiguration(flag: string | undefined, context: Surroundings): Promise<Configuration> {
  const faults = new Faults();
  const [ours, theirs] = [sshoalPlaces(flag, context), ansiblePlaces(flag, context)];
  const environment = faults.collect(() => environmentLayer(context.env, faults));
  const file = await sshoalLayer(chosenFile(ours), context.env, faults);
  const ansible = faults.collect(() => readAnsible(ansibleSource(chosenFile(theirs)), { ...context, home: homeOf(context.env) }));
  faults.throwIfAny();
  const layers: readonly (Layer | undefined)[] = [environment, file, ansible?.values];
  const resolved = new Map(
    [...SETTINGS.values()].map((setting): [SettingName, Resolved] => {
      const found = layers.map((layer) => layer?.get(setting.flag)).find((one) => one !== undefined);
      return [setting.flag, { setting, ...(found ?? { value: setting.option.defaultValue as unknown, origins: [{ kind: 'default' }] }) }];
    }),
  );
  return { resolved, places: [...ours, ...theirs], ineffective: ansible?.ineffective ?? [], refusals: ansible?.refusals ?? [] };
}

/**
 * The flags of a call, completed with what the configuration says about those that the verb takes and nobody gave.
 *
 * @param given - What stood on the command line, and no default.
 * @throws as {@link readConfiguration}; ConfigError `CONFIG_REFUSED`.
 */
export async function configuredFlags(
  verb: Pick<Verb, 'name' | 'flags'>,
  given: Partial<Flags>,
  context: Surroundings,
): Promise<{ readonly flags: Partial<Flags>; readonly passedOver: readonly Place[] }> {
  const { resolved, places, refusals } = await readConfiguration(given.config, context);
  const faults = new Faults();
  faults.add(...refusals.filter((one) => one.verb === undefined || one.verb === verb.name).map((one) => one.error));
  faults.throwIfAny();
  const configured = [...resolved.values()].filter(({ setting, value }) => value !== undefined && verb.flags.includes(setting.flag));
  return {
    flags: { ...Object.fromEntries(configured.map(({ setting, value }) => [setting.flag, value])), ...given },
    passedOver: places.filter((place) => place.state === 'world-writable directory'),
  };
}

/**
 * The inventory sources of a call that gives none: the configured ones, else those of a usual name.
 *
 * @param flag - The value of `--config`.
 * @returns Undefined where there are none.
 * @throws as {@link readConfiguration}.
 */
export async function sourcesWithoutFlag(flag: string | undefined, context: Surroundings): Promise<readonly string[] | undefined> {
  const { resolved } = await readConfiguration(flag, context);
  const configured = resolved.get('inventory')?.value as Flags['inventory'];
  return configured.length > 0 ? configured : usualSources(context);
}

function environmentLayer(env: Context['env'], faults: Faults): Layer {
  const layer = new Map<SettingName, Pick<Resolved, 'value' | 'origins'>>();
  for (const { flag, variable, kind, choices } of SETTINGS.values()) {
    const text = env[variable] ?? '';
    if (text === '') continue;
    const value = kind.fromText(text, { directory: undefined, home: homeOf(env), choices });
    if (value !== undefined) layer.set(flag, { value, origins: [{ kind: 'environment', variable }] });
    else {
      const fix = didYouMean(text, choices, `Give ${kind.wanted(choices)}`);
      faults.add(new ConfigError('BAD_SETTING', `${variable} cannot be \`${text}\``, { where: variable, fix }));
    }
  }
  return layer;
}

async function sshoalLayer(file: string | undefined, env: Context['env'], faults: Faults): Promise<Layer | undefined> {
  if (file === undefined) return undefined;
  // Loaded here, since the reader of YAML takes longer to load than all else, and few runs need it.
  const { readSshoalYml } = await import('./sshoal-yml.ts');
  const found = faults.collect(() => readSshoalYml(readText(file), file, homeOf(env)));
  return new Map([...(found ?? [])].map(([name, { value, where }]) => [name, { value, origins: [{ kind: 'file', where }] }]));
}

function ansibleSource(file: string | undefined): { text: string; file: string } | undefined {
  return file === undefined ? undefined : { file, text: readText(file) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError('CONFIG_UNREADABLE', `${file} cannot be read: ${(cause as Error).message}`, {
      where: file,
      fix: 'Give yourself the right to read it, or name another file: --config',
      cause,
    });
  }
}
