// The engine that the flags name, and the run as it is handed to it. It does not know what the run does.
import path from 'node:path';
import { BullmqEngine } from '../../engine/bullmq.ts';
import { PROTOCOL } from '../../engine/places.ts';
import { readKeyFile } from '../../engine/seal.ts';
import type { AdHocOrder, PlayOrder, RunEvent, RunRecord } from '../../engine/seam.ts';
import type { RunDescription } from '../../journal/entry.ts';
import { newRunId } from '../../journal/run-id.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { version } from '../program.ts';

/** @throws UsageError `BAD_FLAG` without a key; EngineError as BullmqEngine.open, `ENGINE_KEY_UNREADABLE`. */
export async function openEngine(flags: Flags, context: Context): Promise<BullmqEngine> {
  const { engine: address } = flags;
  if (address === undefined)
    throw new UsageError('BAD_FLAG', 'Nobody says where the engine is', { where: '--engine', fix: 'Give --engine redis://host' });
  const key = await engineKey(flags, context);
  keepPassword(address, context);
  return await BullmqEngine.open({ address, key, version: version() });
}

/** @throws UsageError `BAD_FLAG` without one; EngineError `ENGINE_KEY_UNREADABLE`. */
export async function engineKey({ engineKeyFile }: Flags, { cwd }: Context): Promise<Buffer> {
  if (engineKeyFile !== undefined) return await readKeyFile(path.resolve(cwd, engineKeyFile));
  throw new UsageError('BAD_FLAG', 'Controllers seal what they tell each other, and nobody says with which key', {
    where: '--engine-key-file',
    fix: 'Make one with sshoal worker --new-key engine.key, give all controllers a copy, and name it with --engine-key-file engine.key',
  });
}

/** The password in an address is shown nowhere. */
export function keepPassword(address: string, { secrets }: Context): void {
  const password = URL.canParse(address) ? decodeURIComponent(new URL(address).password) : '';
  if (password !== '') secrets.add(password);
}

/** What only a person at the terminal could answer goes to no worker. @throws UsageError `BAD_FLAG`. */
export function refuseQuestions({ hostKey, step, resumedRun }: Flags): void {
  const refused: readonly (readonly [boolean, string, string])[] = [
    [hostKey === 'ask', '--host-key ask', 'Let workers know the keys of all hosts, or give --host-key accept-new'],
    [step, '--step', 'Go step by step without --engine'],
    [resumedRun !== undefined, '--resume', 'Go on with it without --engine; a run of the engine goes on by itself'],
  ];
  for (const [is, flag, fix] of refused)
    if (is)
      throw new UsageError('BAD_FLAG', `${flag} cannot be used with --engine: the work is done where nobody sits`, { where: flag, fix });
}

/** A run as others can carry it out. */
export function recordOf(description: RunDescription, order: AdHocOrder | PlayOrder, context: Context): RunRecord {
  const atMs = Date.now();
  const secrets = [...context.secrets.values];
  return { id: newRunId(atMs), atMs, protocol: PROTOCOL, version: version(), description, order, secrets };
}

/** Says how the run can be followed by others, or after this program is gone. */
export function tellName({ id }: RunRecord, { stderr }: Context): void {
  stderr.write(`note: handed over as ${id}; it goes on without this program: sshoal attach ${id}\n`);
}

/** Takes what is for the person and for the masking out of what happened. */
export function withoutAsides(events: readonly RunEvent[], { stderr, secrets }: Context): Exclude<RunEvent, { kind: 'note' | 'secret' }>[] {
  return events.flatMap((event) => {
    if (event.kind === 'note') stderr.write(`note: ${secrets.mask(event.text)}\n`);
    if (event.kind === 'secret') secrets.add(event.text);
    return event.kind === 'fleet' || event.kind === 'play' ? [event] : [];
  });
}
