// YAML as Ansible reads it, as a small tree in which every node knows its place. It does not know what the text means.
import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import type { Document, Node, ScalarTag, Tags } from 'yaml';
import { Faults, InputError } from './errors.ts';
import type { Position } from './position.ts';
import { type Dict, Float, type Key, Sealed, type Value, Verbatim } from './value.ts';

let loaded: typeof Yaml | undefined;

/** The library; it takes longer to load than all that a run without YAML needs. */
function library(): typeof Yaml {
  loaded ??= createRequire(import.meta.url)('yaml') as typeof Yaml;
  return loaded;
}

/** A YAML text that cannot be read. Codes `YAML_SYNTAX`, `YAML_DUPLICATE_KEY`, `YAML_TAG`, `YAML_ALIAS`. */
export class YamlError extends InputError {}

export interface YamlScalar {
  readonly kind: 'scalar';
  /** Sealed once somebody was told of its `!vault`. */
  readonly value: null | boolean | number | bigint | Float | Sealed | string;
  readonly position: Position;
  /** `!vault` or `!unsafe`, where the text had one. */
  readonly tag?: '!vault' | '!unsafe' | undefined;
}
export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly position: Position;
}
export interface YamlEntry {
  readonly key: Key;
  readonly keyPosition: Position;
  readonly node: YamlNode;
}
export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly position: Position;
}
export type YamlNode = YamlScalar | YamlList | YamlMap;

/**
 * Parses the documents of a YAML 1.1 text, typed as PyYAML types it for Ansible: `yes`/`no`/`on`/`off` are booleans, `y` and
 * `n` are not, `0644` is octal, dates stay text. A text that is JSON is read as JSON: there, `1e3` is a number.
 *
 * @param text - The text.
 * @param file - Its name, for positions.
 * @returns One tree for each document; none for an empty text.
 * @throws {@link YamlError}, or all of them as FaultsError: syntax, duplicate keys, unknown tags, unknown aliases.
 */
export function parseYaml(text: string, file: string): YamlNode[] {
  const lines = text.split('\n');
  const lineCounter = new (library().LineCounter)();
  const faults = new Faults();
  const at = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), lineText: lines[Math.max(line, 1) - 1]?.replace(/\r$/, '') };
  };
  const documents = library().parseAllDocuments(text, {
    version: '1.1',
    lineCounter,
    prettyErrors: false,
    customTags: isJson(text) ? jsonTags : ansibleTags,
    merge: true,
    intAsBigInt: true,
    // It compares each key with all before it, which takes minutes where a map is long.
    uniqueKeys: false,
  });
  const trees: YamlNode[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    for (const error of document.errors) faults.add(syntaxError(error.code, error.message, at(error.pos[0])));
    for (const warning of document.warnings) {
      faults.add(
        new YamlError('YAML_TAG', warning.message, { where: at(warning.pos[0]), fix: 'Remove the tag; known are !vault and !unsafe' }),
      );
    }
    for (const offset of repeatedKeys(document)) faults.add(duplicateKey(at(offset)));
    if (document.contents === null || document.errors.length > 0) continue;
    const tree = faults.collect(() => new TreeBuilder(document, at).node(document.contents as Node));
    if (tree !== undefined) trees.push(tree);
  }
  faults.throwIfAny();
  return trees;
}

/** The plain value of a tree; places are dropped, and tags: what could be taken for a template and is none is {@link Verbatim}. */
export function yamlValue(node: YamlNode): Value {
  switch (node.kind) {
    case 'scalar':
      return node.tag === '!unsafe' && typeof node.value === 'string' && node.value.includes('{') ? new Verbatim(node.value) : node.value;
    case 'list':
      return node.items.map(yamlValue);
    case 'map': {
      const map: Dict = new Map();
      for (const entry of node.entries) map.set(entry.key, yamlValue(entry.node));
      return map;
    }
  }
}

/** The entry of a map under a key. */
export function yamlEntry(map: YamlMap, key: Key): YamlEntry | undefined {
  return map.entries.find((entry) => entry.key === key);
}

class TreeBuilder {
  readonly #document: Document;
  readonly #at: (offset: number) => Position;
  // An alias may stand inside its own anchor; following it would never end.
  readonly #open = new Set<Node>();

  constructor(document: Document, at: (offset: number) => Position) {
    this.#document = document;
    this.#at = at;
  }

  node(node: Node | null): YamlNode {
    const position = this.#at(node?.range?.[0] ?? 0);
    if (node === null) return { kind: 'scalar', value: null, position };
    if (library().isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target === undefined || this.#open.has(target)) {
        throw new YamlError(
          'YAML_ALIAS',
          target === undefined ? `There is no anchor &${node.source}` : `The anchor &${node.source} holds itself`,
          {
            where: position,
            fix: `Define &${node.source} before this place`,
          },
        );
      }
      return this.node(target);
    }
    this.#open.add(node);
    try {
      if (library().isSeq(node)) return { kind: 'list', items: node.items.map((item) => this.node(item as Node)), position };
      if (library().isMap(node))
        return { kind: 'map', entries: this.#entries(node.items as { key: Node; value: Node | null }[]), position };
      if (library().isScalar(node)) return { kind: 'scalar', value: scalarValue(node.value), position, tag: knownTag(node.tag) };
    } finally {
      this.#open.delete(node);
    }
    throw new YamlError('YAML_SYNTAX', 'This cannot be read as a scalar, list or map', { where: position });
  }

  #entries(items: readonly { key: Node; value: Node | null }[]): YamlEntry[] {
    const own: YamlEntry[] = [];
    const merged: YamlEntry[] = [];
    for (const { key, value } of items) {
      if (library().isScalar(key) && isMergeKey(key.value, key.source)) merged.push(...this.#merged(value));
      else own.push({ key: this.#key(key), keyPosition: this.#at(key.range?.[0] ?? 0), node: this.node(value) });
    }
    const seen = new Set(own.map((entry) => entry.key));
    const extra = merged.filter((entry) => !seen.has(entry.key) && seen.add(entry.key));
    return [...extra, ...own];
  }

  #merged(value: Node | null): YamlEntry[] {
    const tree = this.node(value);
    const maps = tree.kind === 'list' ? tree.items : [tree];
    return maps.flatMap((map) => {
      if (map.kind === 'map') return map.entries;
      throw new YamlError('YAML_SYNTAX', 'Only a map can be merged with <<', { where: map.position });
    });
  }

  #key(node: Node): Key {
    const tree = this.node(node);
    if (tree.kind === 'scalar' && !(tree.value instanceof Float) && !(tree.value instanceof Sealed)) return tree.value;
    throw new YamlError('YAML_SYNTAX', 'A key must be a plain scalar', {
      where: tree.position,
      fix: 'If the value starts with {{ ... }}, put the whole value in quotes',
    });
  }
}

function isMergeKey(value: unknown, source: string | undefined): boolean {
  return typeof value === 'symbol' || (value === '<<' && source === '<<');
}

function knownTag(tag: string | undefined): YamlScalar['tag'] {
  return tag === '!vault' || tag === '!unsafe' ? tag : undefined;
}

function scalarValue(value: unknown): YamlScalar['value'] {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  if (typeof value === 'number') return new Float(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  throw new TypeError(`The YAML reader gave a ${typeof value}`);
}

// PyYAML leaves y and n alone, and Ansible never makes dates of text.
const pyBoolean: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  identify: (value) => typeof value === 'boolean',
  test: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  resolve: (text) => /^(?:yes|true|on)$/i.test(text),
  stringify: ({ value }) => (value === true ? 'true' : 'false'),
};
// PyYAML's float needs a dot, and a sign in the exponent: 1e3 is text, 1.0e+3 a number.
const pyFloat: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => typeof value === 'number',
  test: /^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  resolve: (text) => {
    if (/nan$/i.test(text)) return Number.NaN;
    if (/inf$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return Number(text.replaceAll('_', ''));
  },
  stringify: ({ value }) => String(value),
};
const jsonFloat: ScalarTag = { ...pyFloat, test: /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/, resolve: Number };
const textTag = (tag: string): ScalarTag => ({ tag, identify: () => false, resolve: (text: string) => text });

function ansibleTags(tags: Tags): Tags {
  const replaced = new Set([
    'tag:yaml.org,2002:bool',
    'tag:yaml.org,2002:float',
    'tag:yaml.org,2002:timestamp',
    'tag:yaml.org,2002:binary',
  ]);
  const kept = tags.filter((tag) => typeof tag === 'string' || !replaced.has(tag.tag));
  return [...kept, pyBoolean, pyFloat, textTag('!vault'), textTag('!unsafe')];
}

// Whole numbers are asked first, so that the float tag sees none of them.
function jsonTags(tags: Tags): Tags {
  return ansibleTags(tags).map((tag) => (tag === pyFloat ? jsonFloat : tag));
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Then it is YAML in flow style, or no data at all, which the reader will tell.
    return false;
  }
}

/** The places of keys that stood in their map before. */
function repeatedKeys(document: Document): number[] {
  const places: number[] = [];
  library().visit(document, {
    Map: (_key, map) => {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!library().isScalar(key) || isMergeKey(key.value, key.source)) continue;
        if (seen.has(key.value)) places.push(key.range?.[0] ?? 0);
        seen.add(key.value);
      }
    },
  });
  return places;
}

function duplicateKey(where: Position): YamlError {
  return new YamlError('YAML_DUPLICATE_KEY', 'This key stands twice in the same map', { where, fix: 'Remove one of the two' });
}

function syntaxError(code: string, message: string, where: Position): YamlError {
  const templated = /:\s*\{\{|^\s*-\s*\{\{/.test(where.lineText ?? '');
  const fix = templated
    ? 'A value that starts with {{ must be quoted as a whole: "{{ name }}/rest"'
    : code === 'TAB_AS_INDENT'
      ? 'Indent with blanks, not tabs'
      : 'Check the indentation, the quotes and the colons of this line and the one before';
  return new YamlError('YAML_SYNTAX', message, { where, fix });
}
