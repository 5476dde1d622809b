// The head of a shell module: what its first comments say it is and takes. It does not know what the shell text does.
import { Faults } from '../../base/errors.ts';
import type { Position } from '../../base/position.ts';
import { didYouMean } from '../../base/suggest.ts';
import { typeName, type Value } from '../../base/value.ts';
import { parseYaml, type YamlEntry, type YamlMap, type YamlNode, yamlEntry, yamlValue } from '../../base/yaml.ts';
import { LibraryError } from '../errors.ts';
import type { Module, ParamSpec, ParamSpecs, ReturnSpec, ReturnSpecs } from '../seam.ts';
import { paramFaults, RETURN_TYPES, readDefault } from './spec-faults.ts';

/** All that a head says. */
export type ShellHead = Pick<Module, 'summary' | 'params' | 'checkMode'> & { readonly docs: NonNullable<Module['docs']> };

const HEAD_KEYS = ['params', 'check', 'diff', 'returns', 'examples'];
const PARAM_KEYS = ['type', 'description', 'required', 'default', 'choices', 'aliases', 'elements'];

/**
 * Reads the comments that a shell module begins with: sentences about it, of which the first paragraph is its summary, and one
 * block of YAML.
 *
 * ```sh
 * #!/bin/sh
 * # Keeps the message of the day.
 * #
 * # sshoal:
 * #   check: true
 * #   params:
 * #     text: {required: true, description: what it says}
 * #     state: {choices: [present, absent], default: present, description: whether it is there}
 * ```
 *
 * @throws LibraryError `LIBRARY_HEAD`, YamlError: all of them at once as FaultsError, with their places.
 */
export function readHead(text: string, file: string): ShellHead {
  const lines = text.split('\n');
  const end = lines.findIndex((line, index) => !line.startsWith('#') && !(index === 0 && line === ''));
  const comments = lines.slice(0, end < 0 ? lines.length : end).map((line, index) => (index === 0 && line.startsWith('#!') ? '' : line));
  const start = comments.findIndex((line) => /^#\s*sshoal:/.test(line));
  if (start < 0)
    throw new LibraryError('LIBRARY_HEAD', 'This module does not say which parameters it takes', {
      where: file,
      fix: 'Begin it with comments that end with: # sshoal: {check: false, params: {}}',
    });
  const depth = depthOf(comments[start] ?? '');
  const after = comments.findIndex((line, index) => index > start && line.replace(/^#\s*/, '') !== '' && depthOf(line) <= depth);
  const stop = after < 0 ? comments.length : after;
  // A blank in the place of each # leaves every place as it is.
  const yaml = comments.slice(0, stop).map((line, index) => (index < start ? '' : ` ${line.slice(1)}`));
  const [tree] = parseYaml(yaml.join('\n'), file);
  const sentences = [...comments.slice(0, start), '#', ...comments.slice(stop)].map((line) => line.replace(/^#\s?/, '').trimEnd());
  const [summary = '', ...notes] = paragraphsOf(sentences);
  const reader = new HeadReader(file, text);
  const head = reader.head(tree);
  if (summary === '')
    reader.fault('This module does not say what it does', { file, line: 1, column: 1 }, 'Begin it with a sentence as a comment');
  reader.faults.throwIfAny();
  return { summary: summary.replace(/\.$/, ''), ...head, docs: { ...head.docs, notes } };
}

function depthOf(comment: string): number {
  return /^#(\s*)/.exec(comment)?.[1]?.length ?? 0;
}

function paragraphsOf(lines: readonly string[]): string[] {
  const paragraphs = lines.join('\n').split(/\n\s*\n/);
  return paragraphs.map((one) => one.trim().replace(/\s*\n\s*/g, ' ')).filter((one) => one !== '');
}

class HeadReader {
  readonly faults = new Faults();
  readonly #file: string;
  readonly #lines: readonly string[];

  constructor(file: string, text: string) {
    this.#file = file;
    this.#lines = text.split('\n');
  }

  fault(message: string, at: Position, fix: string): void {
    const lineText = this.#lines[at.line - 1];
    this.faults.add(new LibraryError('LIBRARY_HEAD', message, { where: { ...at, file: this.#file, lineText }, fix }));
  }

  head(tree: YamlNode | undefined): Omit<ShellHead, 'summary'> {
    const block = tree?.kind === 'map' ? yamlEntry(tree, 'sshoal')?.node : undefined;
    const map = this.#map(block, '`sshoal`', HEAD_KEYS);
    const examples = map === undefined ? undefined : yamlEntry(map, 'examples');
    return {
      params: this.#params(map),
      checkMode: this.#truth(map, 'check') ? 'inspects' : 'skips',
      docs: { diff: this.#truth(map, 'diff'), returns: this.#returns(map), ...this.#examples(examples) },
    };
  }

  #params(head: YamlMap | undefined): ParamSpecs {
    const specs: Record<string, ParamSpec> = {};
    for (const { key, keyPosition, node } of this.#entries(head, 'params')) {
      const map = this.#map(node, `\`${String(key)}\``, PARAM_KEYS);
      const spec: Record<string, unknown> = { type: 'str', description: '' };
      for (const entry of map?.entries ?? []) spec[String(entry.key)] = this.#paramValue(entry);
      const faults = paramFaults(String(key), spec);
      for (const { message, fix } of faults) this.fault(message, keyPosition, fix);
      if (faults.length === 0) specs[String(key)] = readDefault(String(key), spec as unknown as ParamSpec);
    }
    return specs;
  }

  #paramValue({ key, node }: YamlEntry): unknown {
    const value = yamlValue(node);
    // YAML has read a choice such as `yes` or 1 as something else than the word it is.
    if (['choices', 'aliases'].includes(String(key)) && node.kind === 'list') return node.items.map((item) => this.#word(item));
    return value;
  }

  #word(node: YamlNode): string {
    const value = yamlValue(node);
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
    this.fault(`A ${typeName(value)} stands where a word must be`, node.position, 'Put it in quotes');
    return '';
  }

  #returns(head: YamlMap | undefined): ReturnSpecs {
    const specs: Record<string, ReturnSpec> = {};
    for (const { key, node } of this.#entries(head, 'returns')) {
      const value = yamlValue(node);
      if (typeof value === 'string') {
        specs[String(key)] = { description: value };
        continue;
      }
      const map = this.#map(node, `\`${String(key)}\``, ['type', 'description']);
      const part = (name: string): Value =>
        map === undefined ? null : yamlValue(yamlEntry(map, name)?.node ?? { kind: 'scalar', value: null, position: node.position });
      const [type, description] = [part('type'), part('description')];
      const known = RETURN_TYPES.find((one) => one === type);
      if (type !== null && known === undefined)
        this.fault(
          `\`${String(key)}\` has no type \`${String(type as string)}\``,
          node.position,
          didYouMean(String(type as string), RETURN_TYPES),
        );
      specs[String(key)] = {
        description: typeof description === 'string' ? description : '',
        ...(known === undefined ? {} : { type: known }),
      };
    }
    return specs;
  }

  #examples(entry: YamlEntry | undefined): { readonly examples?: string } {
    if (entry === undefined) return {};
    const value = yamlValue(entry.node);
    if (typeof value === 'string') return { examples: value.trimEnd() };
    this.fault('`examples` is no text', entry.keyPosition, 'Write examples: | and the tasks below it');
    return {};
  }

  #truth(head: YamlMap | undefined, name: string): boolean {
    const entry = head === undefined ? undefined : yamlEntry(head, name);
    if (entry === undefined) return false;
    const value = yamlValue(entry.node);
    if (typeof value !== 'boolean') this.fault(`\`${name}\` must be true or false`, entry.node.position, 'Write true or false');
    return value === true;
  }

  #entries(head: YamlMap | undefined, name: string): readonly YamlEntry[] {
    const entry = head === undefined ? undefined : yamlEntry(head, name);
    return entry === undefined ? [] : (this.#map(entry.node, `\`${name}\``)?.entries ?? []);
  }

  /** A map whose keys are known; nothing at all is an empty one. */
  #map(node: YamlNode | undefined, what: string, keys?: readonly string[]): YamlMap | undefined {
    if (node === undefined || (node.kind === 'scalar' && node.value === null)) return undefined;
    if (node.kind !== 'map') {
      this.fault(
        `${what} must be a map`,
        node.position,
        keys === undefined ? 'Write names and what they are' : `Known in it: ${keys.join(', ')}`,
      );
      return undefined;
    }
    for (const { key, keyPosition } of node.entries)
      if (typeof key !== 'string')
        this.fault(`YAML reads this name as the ${typeName(key)} ${String(key)}`, keyPosition, 'Put it in quotes');
    for (const { key, keyPosition } of keys === undefined ? [] : node.entries)
      if (!keys?.includes(String(key))) this.fault(`${what} has no \`${String(key)}\``, keyPosition, didYouMean(String(key), keys ?? []));
    return node;
  }
}
