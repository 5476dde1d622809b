// The logical volumes of a host, where its user may see them. It does not know what is in them.
import { type Dict, dict } from '../../base/value.ts';
import type { Facts, Found, SlowPart } from './seam.ts';

// The tools read the disks, and wait for those that do not answer.
export const VOLUMES_PART: SlowPart = {
  call: 'ask_volumes',
  script: `ask_volumes() {
  if has vgs && [ "$(id -u)" = 0 ]; then
    for tool in vgs lvs pvs; do say "$tool" "$(ask "$tool" --noheadings --nosuffix --units g --separator ,)"; done
    say lvm asked
  fi
}`,
};

/** lvm, as ansible 2.14: sizes are texts in GiB. */
export function volumeFacts(found: Found): Facts {
  if (found.slow('lvm').length === 0) return { lvm: 'N/A' };
  const rows = (tool: string): string[][] => found.slow(tool).map((line) => line.trim().split(','));
  const table = (tool: string, fact: (row: readonly string[]) => Dict): Dict => new Map(rows(tool).map((row) => [row[0] ?? '', fact(row)]));
  return {
    lvm: dict({
      vgs: table('vgs', (row) => dict({ size_g: row.at(-2), free_g: row.at(-1), num_lvs: row[2], num_pvs: row[1] })),
      lvs: table('lvs', (row) => dict({ size_g: row[3], vg: row[1] })),
      pvs: table('pvs', (row) => dict({ size_g: row[4], free_g: row[5], vg: row[1] })),
    }),
  };
}
