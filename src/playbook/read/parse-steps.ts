// Lists of tasks and blocks, read from their nodes. Every fault goes to the list; a step with a fault is still read to its end.
import { type YamlEntry, type YamlMap, type YamlNode, yamlEntry } from '../../base/yaml.ts';
import type { Block, Directives, Step } from '../ast.ts';
import { PlaybookError } from '../errors.ts';
import { keywordFault } from './keywords.ts';
import type { ParseContext } from './parse-context.ts';
import { notifiedBy, parseDirectives, textOf } from './parse-directives.ts';
import { parseTask } from './parse-task.ts';

/** Reads the tasks under a keyword. */
export function parseSteps(entry: YamlEntry | undefined, around: Directives, context: ParseContext): Step[] {
  return entry === undefined ? [] : parseList(entry.node, `\`${String(entry.key)}\``, around, context);
}

/** Reads the tasks of a list. @param what - How the list is called in faults. */
export function parseList(node: YamlNode, what: string, around: Directives, context: ParseContext): Step[] {
  if (node.kind === 'scalar' && node.value === null) return [];
  if (node.kind !== 'list') {
    context.faults.add(
      new PlaybookError('PLAYBOOK_SHAPE', `${what} must be a list of tasks`, { where: node.position, fix: 'Begin each task with a dash' }),
    );
    return [];
  }
  return node.items.flatMap((item) => {
    if (item.kind === 'map') return parseStep(item, around, context);
    context.faults.add(
      new PlaybookError('PLAYBOOK_SHAPE', 'A task is a map with the name of a module', {
        where: item.position,
        fix: 'Write - name: ..., and the module below it',
      }),
    );
    return [];
  });
}

function parseStep(map: YamlMap, around: Directives, context: ParseContext): Step[] {
  return yamlEntry(map, 'block') === undefined ? parseTask(map, around, context) : [parseBlock(map, around, context)];
}

function parseBlock(map: YamlMap, around: Directives, context: ParseContext): Block {
  for (const { key, keyPosition } of map.entries) {
    const fault = keywordFault('block', String(key), keyPosition);
    if (fault !== undefined) context.faults.add(fault);
  }
  const directives = parseDirectives(map, around, context);
  context.met.notified.push(...notifiedBy(map));
  const part = (name: string): Step[] => parseSteps(yamlEntry(map, name), directives, context);
  return {
    kind: 'block',
    at: map.position,
    name: textOf(map, 'name', context),
    body: part('block'),
    rescue: part('rescue'),
    always: part('always'),
  };
}
