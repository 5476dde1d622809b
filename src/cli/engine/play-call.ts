// A call of play as another controller can carry it out: plain data, with the answers of whoever called. It does not know who plays.
import path from 'node:path';
import type { Dict } from '../../base/value.ts';
import type { PlayOrder } from '../../engine/seam.ts';
import { DEFAULT_LIMITS } from '../../fleet/limits.ts';
import type { TargetDefaults } from '../../fleet/target.ts';
import type { VaultKeys } from '../../inventory/vault/vault-keys.ts';
import type { VaultSecret } from '../../inventory/vault/vault-text.ts';
import type { PlayEvent } from '../../playbook/events.ts';
import type { Playbook } from '../../playbook/playbook.ts';
import type { Context, Environment } from '../context.ts';
import type { Flags } from '../flags.ts';
import { inventorySources } from '../inventory-sources.ts';
import { directoriesOf } from '../libraries.ts';
import { fleetLimits } from '../reach.ts';
import type { Who } from '../who.ts';
import { portableDefaults } from './portable-defaults.ts';
import { given } from './remote-fleet.ts';

export interface PlayCall {
  /** Absolute. */
  readonly playbooks: readonly string[];
  /** Whether they were named from the directory of the call: then reports name files so. */
  readonly isRelative: boolean;
  /** The SHA-256 of each file with tasks, by its absolute path. */
  readonly digests: ReadonlyMap<string, string>;
  readonly inventory: readonly string[];
  readonly extraVars: Dict;
  readonly limit: readonly string[] | undefined;
  /** With all that names files made absolute. */
  readonly flags: Flags;
  readonly cwd: string;
  /** That of whoever called: lookups see it. */
  readonly env: Environment;
  readonly defaults: TargetDefaults;
  readonly vault: readonly VaultSecret[];
  /** What was typed to vars_prompt, in order. */
  readonly answers: readonly string[];
  /** Whether a person could have answered a pause. */
  readonly isWatched: boolean;
}

/** The call as it is now. Asks for passwords and for what vars_prompt wants to know: nobody can be asked later. */
export async function playOrder(
  playbook: Playbook,
  who: Who,
  vault: VaultKeys,
  given_: { readonly flags: Flags; readonly context: Context },
): Promise<PlayOrder> {
  const { flags, context } = given_;
  const { cwd, env, prompts, secrets } = context;
  const full = (file: string): string => path.resolve(cwd, file);
  const inventory = inventorySources(flags.inventory, context).map((source) => (source.includes(',') ? source : full(source)));
  const library = directoriesOf(flags, context);
  const { factCachingConnection: facts, ...rest } = flags;
  const answers: string[] = [];
  await playbook.askVariables(
    { inventory: who.inventory, extraVars: who.extraVars, secrets },
    {
      ask: async ({ isPrivate, ...question }) => {
        const answer = await prompts[isPrivate ? 'password' : 'text'](question);
        answers.push(answer);
        return answer;
      },
    },
  );
  const call: PlayCall = {
    playbooks: playbook.files.map(full),
    isRelative: playbook.files.every((file) => !path.isAbsolute(file)),
    digests: playbook.digests,
    inventory,
    extraVars: who.extraVars,
    limit: who.limit,
    flags: {
      ...rest,
      library,
      rolesPath: flags.rolesPath.map(full),
      ...(facts === undefined ? {} : { factCachingConnection: full(facts) }),
    },
    cwd,
    env: { ...env },
    defaults: await portableDefaults(flags, context),
    vault: vault.secrets,
    answers,
    isWatched: prompts.isAnybodyThere,
  };
  const { factCachingConnection } = call.flags;
  const written = factCachingConnection === undefined ? [] : [factCachingConnection];
  const paths = [
    ...written,
    ...call.playbooks,
    ...inventory.filter((source) => !source.includes(',')),
    ...library,
    ...call.flags.rolesPath,
  ];
  return { kind: 'play', paths, call, limits: { ...DEFAULT_LIMITS, ...given(fleetLimits(flags)) } };
}

/** An event with files named as whoever called has named them. */
export function asCalled<T extends PlayEvent>(event: T, { isRelative, cwd }: PlayCall): T {
  if (!isRelative || !('task' in event)) return event;
  const named = (file: string): string => (file.startsWith(cwd + path.sep) ? file.slice(cwd.length + 1) : file);
  const { position } = event.task;
  return { ...event, task: { ...event.task, position: { ...position, file: named(position.file) } } };
}
