// vars_files of a play: read before anything runs where their names are plain, else for each host when they are needed.
import type { Position } from '../../base/position.ts';
import type { Dict, Value } from '../../base/value.ts';
import { type YamlNode, yamlValue } from '../../base/yaml.ts';
import { readVarsFile } from '../../inventory/vars-files.ts';
import type { VaultReader } from '../../inventory/vault/vault-keys.ts';
import { UndefinedError } from '../../jinja/errors.ts';
import { PlaybookError, TaskError } from '../errors.ts';
import { isTemplated } from '../read/template-check.ts';
import { filePlaces, findFile } from '../run/find-file.ts';
import { MAGIC } from './magic.ts';
import { LEVELS } from './precedence.ts';
import type { Lookable, Sight } from './sight.ts';

/** One entry of vars_files. */
export type VarsFile =
  | { readonly kind: 'read'; readonly file: string; readonly vars: Dict }
  /** Its names are templates; the first file that exists counts. */
  | {
      readonly kind: 'templated';
      readonly names: readonly Value[];
      readonly at: Position;
      readonly directory: string;
      readonly open: (file: string) => Dict;
    };

/**
 * Reads an entry: a name, or a list of names of which the first file that exists counts.
 *
 * @param directory - That of the playbook: files are looked for in `vars/` there, then right there, as ansible 2.14.
 * @throws PlaybookError PLAYBOOK_NOT_FOUND, YamlError, InventoryError, VaultError.
 */
export function readVarsFiles(node: YamlNode, directory: string, vault: VaultReader): VarsFile {
  const names = (node.kind === 'list' ? node.items : [node]).map((one) => yamlValue(one));
  if (isTemplated(names)) {
    // Every host may need the same few files, and each task asks anew.
    const opened = new Map<string, Dict>();
    const open = (file: string): Dict => {
      const vars = opened.get(file) ?? readVarsFile(file, vault);
      opened.set(file, vars);
      return vars;
    };
    return { kind: 'templated', names, at: node.position, directory, open };
  }
  const texts = names.map((name) => String(name as string));
  const file = texts.map((name) => findFile(name, 'vars', [directory])).find((one) => one !== undefined);
  if (file !== undefined) return { kind: 'read', file, vars: readVarsFile(file, vault) };
  throw new PlaybookError(
    'PLAYBOOK_NOT_FOUND',
    `There is no file ${texts.flatMap((name) => filePlaces(name, 'vars', [directory])).join(' or ')}`,
    {
      where: node.position,
      fix: 'Check the path; it is relative to the playbook, or to vars/ beside it',
    },
  );
}

/**
 * The variables of all entries, as one host has them; later entries win.
 *
 * As ansible 2.14, names may use facts, variables of the inventory and of the play, entries before them, and extra vars; an entry
 * whose names use what is not there yet is left out until facts were gathered.
 *
 * @throws TaskError FILE_NOT_FOUND; UndefinedError and whatever else templates and files throw.
 */
export function fileVarsOf(files: readonly VarsFile[], sight: Sight): Lookable {
  // Looked through one after another, never merged: files may be large, and each task of each host asks anew.
  const layers: Dict[] = [];
  for (const one of files) {
    const vars = one.kind === 'read' ? one.vars : hostsFile(one, sight, layered(layers))?.vars;
    if (vars !== undefined) layers.unshift(vars);
  }
  return layered(layers);
}

/** Several dicts as one; the first that has a name counts. */
function layered(layers: readonly Dict[]): Lookable {
  return {
    get: (name) => {
      for (const layer of layers) {
        const value = layer.get(name);
        if (value !== undefined) return value;
      }
      return undefined;
    },
    keys: () => layers.flatMap((layer) => [...layer.keys()]),
  };
}

/** The file that a templated entry comes to for one host; undefined where its names cannot be worked out yet. */
export function hostsFile(
  entry: Extract<VarsFile, { kind: 'templated' }>,
  sight: Sight,
  before: Lookable,
): { readonly file: string; readonly vars: Dict } | undefined {
  const scope = early(sight, before);
  const places: string[] = [];
  for (const name of entry.names) {
    try {
      const text = String(sight.run.templar.value(name, scope, entry.at) as string);
      const file = findFile(text, 'vars', [entry.directory]);
      if (file !== undefined) return { file, vars: entry.open(file) };
      places.push(...filePlaces(text, 'vars', [entry.directory]));
    } catch (error) {
      if (!(error instanceof UndefinedError) || sight.host.facts.size > 0) throw error;
      return undefined;
    }
  }
  throw new TaskError('FILE_NOT_FOUND', `There is no file ${places.join(' or ')}`, {
    where: entry.at,
    fix: 'Check what the templates in vars_files come to for this host',
  });
}

// What is known before vars_files: levels below, the entries before, and extra vars over all.
function early(sight: Sight, before: Lookable): { readonly get: (name: string) => Value | undefined } {
  const levels = LEVELS.filter(({ rank }) => rank < 14 || rank === 22);
  const open: string[] = [];
  const scope = {
    get: (name: string): Value | undefined => {
      if (open.includes(name))
        throw new TaskError('VARIABLE_LOOP', `The variable ${name} needs itself`, { fix: 'Define it without itself' });
      open.push(name);
      try {
        const magic = MAGIC.get(name)?.({ ...sight, get: scope.get });
        if (magic !== undefined) return magic;
        for (const { rank, vars, templated } of levels) {
          const value = (rank < 14 ? before.get(name) : undefined) ?? vars(sight)?.get(name);
          if (value !== undefined) return templated ? sight.run.templar.value(value, scope) : value;
        }
        return undefined;
      } finally {
        open.pop();
      }
    },
  };
  return scope;
}
