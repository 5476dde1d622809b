// Folding of many host names into one short name: web[01-03,07]. Pure text; it does not know what a host is.
import { NodeSet } from './node-set.ts';

/** Folds host names as ClusterShell 1.9 does: `web01 web02 web03 web07` -> `web[01-03,07]`; empty for no names. */
export function foldNames(names: Iterable<string>): string {
  return NodeSet.ofNames(names).toString();
}
