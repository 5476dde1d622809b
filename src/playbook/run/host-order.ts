// The order of a play's hosts, as its keyword `order` says.
import { randomInt } from 'node:crypto';

/** @param order - `inventory`, `reverse_inventory`, `sorted`, `reverse_sorted` or `shuffle`. Default: inventory. */
export function inOrder(hosts: readonly string[], order: string | undefined): string[] {
  switch (order) {
    case 'reverse_inventory':
      return hosts.toReversed();
    case 'sorted':
      return hosts.toSorted(byText);
    case 'reverse_sorted':
      return hosts.toSorted(byText).reverse();
    case 'shuffle':
      return shuffled(hosts);
    default:
      return [...hosts];
  }
}

function shuffled(hosts: readonly string[]): string[] {
  const all = [...hosts];
  for (let i = all.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [all[i], all[j]] = [all[j] ?? '', all[i] ?? ''];
  }
  return all;
}

// As Python compares text: by its characters, not by any language.
function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
