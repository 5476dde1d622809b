// Which entries of a tree are wanted: include and exclude patterns. It looks at no file system.
import { matchesPath, type PathPart, pathPattern } from '../wildcard.ts';

/** Whether an entry is wanted. What is in a directory that is not wanted is not wanted either; nobody asks for it. */
export type TreeFilter = (path: string, isDirectory: boolean) => boolean;

interface Rule {
  readonly keeps: boolean;
  readonly onlyDirectories: boolean;
  readonly parts: readonly PathPart[];
}

/**
 * As rsync's `--include` and `--exclude`, the includes first: the first pattern that matches decides, and what none matches is wanted.
 *
 * - `*.log` matches a name anywhere, `css/*.css` the end of a path, `/build` only the top of the tree.
 * - `build/` matches directories only; `**` is any number of directories; names with a dot in front are no exception.
 *
 * @example
 * ```ts
 * treeFilter({ include: ['keep.log'], exclude: ['*.log', 'node_modules/'] });
 * ```
 */
export function treeFilter(patterns: {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}): TreeFilter {
  const { include = [], exclude = [] } = patterns;
  const rules = [...include.map((pattern) => ruleOf(pattern, true)), ...exclude.map((pattern) => ruleOf(pattern, false))];
  if (rules.length === 0) return () => true;
  return (path, isDirectory) => {
    const names = path.split('/');
    const first = rules.find((rule) => (isDirectory || !rule.onlyDirectories) && matchesPath(rule.parts, names));
    return first?.keeps ?? true;
  };
}

function ruleOf(pattern: string, keeps: boolean): Rule {
  const parts = pathPattern(pattern);
  return { keeps, onlyDirectories: pattern.endsWith('/'), parts: pattern.startsWith('/') ? parts : ['**', ...parts] };
}
