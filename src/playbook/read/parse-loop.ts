// What a task loops over, read from its map: `loop`, or `with_` and the name of a lookup. It makes no items.
import type { Position } from '../../base/position.ts';
import { didYouMean } from '../../base/suggest.ts';
import { type YamlMap, yamlEntry } from '../../base/yaml.ts';
import type { Loop } from '../ast.ts';
import { PlaybookError } from '../errors.ts';
import { LOOKUPS } from '../lookups/registry.ts';
import type { ParseContext } from './parse-context.ts';
import { badType, placedOf, textOf } from './parse-directives.ts';
import { isTemplated } from './template-check.ts';

const LOOP_CONTROL = new Set(['loop_var', 'index_var', 'label', 'extended', 'extended_allitems', 'pause']);
const KINDS: ReadonlySet<string> = new Set(['loop', ...LOOKUPS.keys()]);

/** `with_` and whatever lookups there are, in the order of their names. */
export const LOOP_KEYWORDS: readonly string[] = [...KINDS]
  .filter((kind) => kind !== 'loop')
  .map((kind) => `with_${kind}`)
  .sort();

/** The kind of loop that a keyword begins: `with_community.general.flattened` is `flattened`. Undefined when it begins none. */
function loopKind(keyword: string): string | undefined {
  if (keyword === 'loop') return keyword;
  return /^with_(?:ansible\.builtin\.|community\.general\.)?(\w+)$/.exec(keyword)?.[1];
}

/** Whether a keyword of a task begins a loop that is known. */
export function isLoopKeyword(keyword: string): boolean {
  const kind = loopKind(keyword);
  return kind !== undefined && KINDS.has(kind);
}

/** The fault of a keyword that looks like a loop, and is none. */
export function loopFault(keyword: string, where: Position): PlaybookError | undefined {
  if (!keyword.startsWith('with_') || isLoopKeyword(keyword)) return undefined;
  return new PlaybookError('UNKNOWN_KEYWORD', `There is no loop \`${keyword}\``, {
    where,
    fix: didYouMean(keyword, LOOP_KEYWORDS, `Use loop:, or one of ${LOOP_KEYWORDS.join(', ')}`),
  });
}

export function loopOf(map: YamlMap, context: ParseContext): Loop | undefined {
  const found = map.entries.flatMap(({ key }) => {
    const name = String(key);
    const kind = loopKind(name);
    const source = kind !== undefined && KINDS.has(kind) ? placedOf(map, name, context) : undefined;
    return kind === undefined || source === undefined ? [] : [{ name, kind, source }];
  });
  const [first, second] = found;
  if (first === undefined) return undefined;
  if (second !== undefined)
    context.faults.add(
      new PlaybookError('BAD_KEYWORD', `One task has two loops: ${first.name} and ${second.name}`, {
        where: second.source.at,
        fix: 'Keep one of them',
      }),
    );
  if (first.kind === 'loop' && !Array.isArray(first.source.value) && !isTemplated(first.source.value))
    context.faults.add(badType('loop', 'a list', first.source));
  return { kind: first.kind, source: first.source, control: controlOf(map, context) };
}

function controlOf(map: YamlMap, context: ParseContext): Loop['control'] {
  const node = yamlEntry(map, 'loop_control')?.node;
  const control: YamlMap = node?.kind === 'map' ? node : { kind: 'map', entries: [], position: map.position };
  for (const { key, keyPosition } of control.entries) {
    if (!LOOP_CONTROL.has(String(key)))
      context.faults.add(
        new PlaybookError('UNKNOWN_KEYWORD', `loop_control has no \`${String(key)}\``, {
          where: keyPosition,
          fix: `Known: ${[...LOOP_CONTROL].join(', ')}`,
        }),
      );
  }
  return {
    loopVar: textOf(control, 'loop_var', context) ?? 'item',
    indexVar: textOf(control, 'index_var', context),
    label: placedOf(control, 'label', context),
    extended: placedOf(control, 'extended', context),
    allItems: placedOf(control, 'extended_allitems', context),
    pause: placedOf(control, 'pause', context),
  };
}
