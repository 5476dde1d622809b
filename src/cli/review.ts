// What transfers would change, shown to a person who then says whether they shall. It does not know how it is shown.
import type { Instruction, Outcome } from '../fleet/events.ts';
import type { Prompts } from './prompts.ts';

/** The instruction that only looks. */
export function lookingOf(instruction: Instruction): Instruction {
  if (instruction.kind !== 'put-tree' && instruction.kind !== 'get-tree') return instruction;
  return { ...instruction, settings: { ...instruction.settings, dryRun: true } };
}

/** The instruction that does what was shown, and shows it not once more. */
export function applyingOf(instruction: Instruction): Instruction {
  if (instruction.kind !== 'put-tree' && instruction.kind !== 'get-tree') return instruction;
  const { settings } = instruction;
  // As the difference was found: what was not shown is not touched.
  return { ...instruction, settings: { ...settings, diff: false, update: settings?.update ?? 'checksum' } };
}

/**
 * Asks whether what was shown shall be done.
 *
 * @returns The hosts to do it on: those that were looked at without an error, and need something.
 * @throws NoTerminalError where nobody is there; InterruptedError.
 */
export async function confirmed(looked: readonly Outcome[], prompts: Prompts): Promise<string[]> {
  const hosts = looked.filter(({ status, changes = [] }) => status === 'ok' && changes.length > 0).map(({ host }) => host);
  if (hosts.length === 0) return [];
  const message = `Do this on ${hosts.length === 1 ? hosts.join('') : `${hosts.length} hosts`}?`;
  const answer = await prompts.choose({ message, otherwise: 'Add --yes' }, [
    { value: 'no', name: 'No, leave everything as it is' },
    { value: 'yes', name: 'Yes' },
  ]);
  return answer === 'yes' ? hosts : [];
}
