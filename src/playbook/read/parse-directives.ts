// What plays, blocks and tasks can say alike, read from their maps. It checks shapes, and templates nothing.
import type { Position } from '../../base/position.ts';
import { type Dict, typeName, type Value } from '../../base/value.ts';
import { type YamlEntry, type YamlMap, type YamlNode, yamlEntry, yamlValue } from '../../base/yaml.ts';
import { shortName } from '../../modules/registry.ts';
import type { Directives, Placed } from '../ast.ts';
import { PlaybookError } from '../errors.ts';
import { retriesWhenUnreachable } from '../on-unreachable.ts';
import { earlyValue, type ParseContext } from './parse-context.ts';
import { checkConditions, checkTemplates, isTemplated } from './template-check.ts';

export const NO_DIRECTIVES: Directives = {
  vars: new Map(),
  tags: [],
  become: undefined,
  becomeUser: undefined,
  becomeMethod: undefined,
  becomeExe: undefined,
  becomeFlags: undefined,
  environment: [],
  ignoreErrors: undefined,
  ignoreUnreachable: undefined,
  onUnreachable: undefined,
  anyErrorsFatal: undefined,
  checkMode: undefined,
  diff: undefined,
  noLog: undefined,
  runOnce: undefined,
  timeout: undefined,
  remoteUser: undefined,
  connection: undefined,
  port: undefined,
  throttle: undefined,
  delegateTo: undefined,
  delegateFacts: undefined,
  moduleDefaults: new Map(),
  collections: [],
  notify: [],
  when: [],
};

/** Reads the common keywords of a map; what it does not say comes from around it. */
export function parseDirectives(map: YamlMap, around: Directives, context: ParseContext): Directives {
  const { jinja, faults } = context;
  const placed = (name: string): Placed | undefined => placedOf(map, name, context);
  const truth = (name: string): Placed | undefined => {
    const found = placed(name);
    if (found?.value === null) return undefined;
    if (found !== undefined && !isTemplated(found.value) && typeof found.value !== 'boolean' && !isYesNo(found.value)) {
      faults.add(
        new PlaybookError('BAD_KEYWORD', `\`${name}\` must be yes or no, and is a ${typeName(found.value)}`, {
          where: found.at,
          fix: 'Write true or false',
        }),
      );
    }
    return found;
  };
  const environment = placed('environment');
  const vars: Dict = new Map([...around.vars, ...varsOf(map, context)]);
  const when = yamlEntry(map, 'when');
  if (when !== undefined) checkConditions(when.node, jinja, faults);
  return {
    vars,
    tags: [...new Set([...around.tags, ...tagsOf(map, vars, context)])],
    become: truth('become') ?? around.become,
    becomeUser: placed('become_user') ?? around.becomeUser,
    becomeMethod: placed('become_method') ?? around.becomeMethod,
    becomeExe: placed('become_exe') ?? around.becomeExe,
    becomeFlags: placed('become_flags') ?? around.becomeFlags,
    environment: environment === undefined ? around.environment : [...around.environment, environment],
    ignoreErrors: truth('ignore_errors') ?? around.ignoreErrors,
    ignoreUnreachable: truth('ignore_unreachable') ?? around.ignoreUnreachable,
    onUnreachable: onUnreachable(map, context) ?? around.onUnreachable,
    anyErrorsFatal: truth('any_errors_fatal') ?? around.anyErrorsFatal,
    checkMode: truth('check_mode') ?? around.checkMode,
    diff: truth('diff') ?? around.diff,
    noLog: truth('no_log') ?? around.noLog,
    runOnce: truth('run_once') ?? around.runOnce,
    timeout: placed('timeout') ?? around.timeout,
    remoteUser: placed('remote_user') ?? placed('user') ?? around.remoteUser,
    connection: placed('connection') ?? around.connection,
    port: placed('port') ?? around.port,
    throttle: placed('throttle') ?? around.throttle,
    delegateTo: placed('delegate_to') ?? around.delegateTo,
    delegateFacts: truth('delegate_facts') ?? around.delegateFacts,
    moduleDefaults: moduleDefaultsOf(map, around.moduleDefaults, context),
    collections: collectionsOf(map, context) ?? around.collections,
    notify: yamlEntry(map, 'notify') === undefined ? around.notify : notifiedBy(map),
    when: [...around.when, ...conditionsOf(when?.node)],
  };
}

/** The value of a keyword with its place, its templates checked. */
export function placedOf(map: YamlMap, name: string, { jinja, faults }: ParseContext): Placed | undefined {
  const entry = yamlEntry(map, name);
  if (entry === undefined) return undefined;
  checkTemplates(entry.node, jinja, faults);
  return { value: yamlValue(entry.node), at: entry.node.position };
}

/** The conditions of a keyword, one for each entry of a list. */
export function conditionsOf(node: YamlNode | undefined): Placed[] {
  if (node === undefined) return [];
  return (node.kind === 'list' ? node.items : [node]).map((item) => ({ value: yamlValue(item), at: item.position }));
}

/** The entries of a list keyword; a lone value is a list of one. */
export function listOf(entry: YamlEntry | undefined): readonly YamlNode[] {
  if (entry === undefined || (entry.node.kind === 'scalar' && entry.node.value === null)) return [];
  return entry.node.kind === 'list' ? entry.node.items : [entry.node];
}

/** A keyword that must be text. */
export function textOf(map: YamlMap, name: string, context: ParseContext): string | undefined {
  const found = placedOf(map, name, context);
  if (found === undefined || found.value === null) return undefined;
  if (typeof found.value === 'string' || typeof found.value === 'number') return String(found.value);
  context.faults.add(badType(name, 'text', found));
  return undefined;
}

export function badType(name: string, expected: string, found: Placed): PlaybookError {
  return new PlaybookError('BAD_KEYWORD', `\`${name}\` must be ${expected}, and is a ${typeName(found.value)}`, {
    where: found.at,
    fix: `Write ${expected} there`,
  });
}

/** The names under `notify`. */
export function notifiedBy(map: YamlMap): Placed[] {
  return listOf(yamlEntry(map, 'notify')).map((node) => ({ value: yamlValue(node), at: node.position }));
}

function collectionsOf(map: YamlMap, context: ParseContext): readonly string[] | undefined {
  const found = placedOf(map, 'collections', context);
  if (found === undefined || found.value === null) return undefined;
  const names = [found.value].flat(1) as Value[];
  const texts = names.filter((name) => typeof name === 'string');
  if (texts.length < names.length) context.faults.add(badType('collections', 'a list of names', found));
  return texts;
}

type ModuleDefaults = Directives['moduleDefaults'];

/** Inner defaults of a module take the place of outer ones as a whole, as in Ansible. */
function moduleDefaultsOf(map: YamlMap, around: ModuleDefaults, context: ParseContext): ModuleDefaults {
  const { jinja, faults } = context;
  const merged = new Map(around);
  for (const node of listOf(yamlEntry(map, 'module_defaults'))) {
    if (node.kind !== 'map') {
      faults.add(badType('module_defaults', 'a map of modules and their parameters', { value: yamlValue(node), at: node.position }));
      continue;
    }
    for (const { key, node: params } of node.entries) {
      const name = String(key);
      // The groups that Ansible knows are of clouds and virtual machines: none holds a module that is there.
      if (name.startsWith('group/')) continue;
      if (params.kind !== 'map') faults.add(badType(name, 'a map of parameters', { value: yamlValue(params), at: params.position }));
      else {
        checkTemplates(params, jinja, faults);
        const entries = params.entries.map((entry): [string, Placed] => [
          String(entry.key),
          { value: yamlValue(entry.node), at: entry.node.position },
        ]);
        merged.set(shortName(name), new Map(entries));
      }
    }
  }
  return merged;
}

/** The variables of a map: a map of them, or a list of such maps, as ansible 2.14 still takes. */
export function varsOf(map: YamlMap, context: ParseContext): Dict {
  const vars: Dict = new Map();
  for (const given of listOf(yamlEntry(map, 'vars'))) {
    if (given.kind !== 'map') {
      context.faults.add(badType('vars', 'a map of names and values', { value: yamlValue(given), at: given.position }));
      continue;
    }
    checkTemplates(given, context.jinja, context.faults);
    for (const { key, keyPosition, node } of given.entries) {
      if (typeof key === 'string' && /^[A-Za-z_]\w*$/.test(key)) vars.set(key, yamlValue(node));
      else context.faults.add(badName(String(key), keyPosition));
    }
  }
  return vars;
}

function badName(name: string, where: Position): PlaybookError {
  return new PlaybookError('BAD_KEYWORD', `\`${name}\` cannot be the name of a variable`, {
    where,
    fix: 'Use letters, digits and _, not beginning with a digit',
  });
}

/** As ansible 2.14: templates in tags see the variables of the play, of its files and role, and extra ones; a value may be a list. */
function tagsOf(map: YamlMap, vars: Dict, context: ParseContext): string[] {
  const early = new Map([...(context.role?.ownDefaults ?? []), ...vars, ...(context.role?.ownVars ?? []), ...context.early]);
  return listOf(yamlEntry(map, 'tags')).flatMap((node) => {
    const at = node.position;
    const written = yamlValue(node);
    checkTemplates(node, context.jinja, context.faults);
    const value = isTemplated(written) ? context.faults.collect(() => earlyValue(written, at, { ...context, early })) : written;
    if (value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).flatMap((one) => {
      if (typeof one === 'string' || typeof one === 'number')
        return String(one)
          .split(',')
          .map((tag) => tag.trim());
      context.faults.add(badType('tags', 'a name or a list of names', { value: one, at }));
      return [];
    });
  });
}

function isYesNo(value: unknown): boolean {
  return typeof value === 'string' && /^(?:yes|no|true|false|on|off|y|n|t|f|0|1)$/i.test(value);
}

function onUnreachable(map: YamlMap, context: ParseContext): Placed | undefined {
  const found = placedOf(map, 'on_unreachable', context);
  if (found === undefined || isTemplated(found.value) || retriesWhenUnreachable(found.value) !== undefined) return found;
  context.faults.add(
    new PlaybookError('BAD_KEYWORD', '`on_unreachable` says what to do about hosts that cannot be reached', {
      where: found.at,
      fix: 'Write fail, or retry(3) to try three times more before that',
    }),
  );
  return undefined;
}
