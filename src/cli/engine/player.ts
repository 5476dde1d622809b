// A play as a worker carries it out for whoever called elsewhere. It does not know where the hosts are worked on.
import { isDeepStrictEqual } from 'node:util';
import { Secrets } from '../../base/secrets.ts';
import { EngineError } from '../../engine/errors.ts';
import type { Player, PlayOrder, Surroundings } from '../../engine/seam.ts';
import { Inventory } from '../../inventory/inventory.ts';
import { VaultKeys } from '../../inventory/vault/vault-keys.ts';
import type { PlayEvent } from '../../playbook/events.ts';
import { Playbook, type PlayOptions } from '../../playbook/playbook.ts';
import type { Context } from '../context.ts';
import { factOptions } from '../fact-options.ts';
import { modulesBeside } from '../libraries.ts';
import { playOptions } from '../play-options.ts';
import { rolesPath } from '../roles-path.ts';
import type { PlayCall } from './play-call.ts';

/** Reads playbooks, inventories and modules here, where they must be as they are at the starter. */
export function playerOf(context: Context): Player {
  return (order, surroundings) => play(order, surroundings, context);
}

async function* play(
  { call: given }: PlayOrder,
  surroundings: Surroundings,
  context: Context,
): AsyncGenerator<readonly PlayEvent[], void, undefined> {
  const call = given as PlayCall;
  const { flags, cwd, env } = call;
  const { signal, resume, resumeItems, elsewhere, learn } = surroundings;
  const secrets = new Told(learn);
  const vault = new VaultKeys(call.vault, { onOpened: (text) => secrets.add(text) });
  const playbook = Playbook.load(call.playbooks, {
    extraVars: call.extraVars,
    rolesPath: rolesPath(flags),
    vault,
    results: flags.jinja2Native ? 'native' : 'classic',
    modules: await modulesBeside(call.playbooks, flags, { ...context, cwd, env }),
  });
  checkSame(playbook, call);
  const load = async (): Promise<Inventory> => await Inventory.load(call.inventory, { cwd, vault, signal });
  const answers = [...call.answers];
  const said = playOptions(flags);
  yield* playbook.playInBundles({
    ...said,
    inventory: await load(),
    defaults: call.defaults,
    limits: { ...said.limits, elsewhere },
    extraVars: call.extraVars,
    limit: call.limit,
    resume,
    resumeItems,
    facts: await factOptions(flags),
    ask: { ask: async () => await Promise.resolve(answers.shift() ?? '') },
    environment: env,
    secrets,
    pause: call.isWatched ? refusePause : undefined,
    refreshInventory: load,
    signal,
  });
}

/** @throws EngineError `ENGINE_PLAN_DIFFERS`. */
function checkSame(playbook: Playbook, { digests }: PlayCall): void {
  if (isDeepStrictEqual(playbook.digests, digests)) return;
  const files = [...new Set([...playbook.digests.keys(), ...digests.keys()])].filter(
    (file) => playbook.digests.get(file) !== digests.get(file),
  );
  throw new EngineError('ENGINE_PLAN_DIFFERS', `The worker has other files than the starter: ${files.join(', ')}`, {
    where: files[0],
    fix: 'Bring the same files to every worker, or let all use one directory',
  });
}

const refusePause: NonNullable<PlayOptions['pause']> = async ({ text }) => {
  await Promise.resolve();
  throw new EngineError('ENGINE_UNSUPPORTED', `A pause waits for a person, and nobody sits at a worker: ${text}`, {
    where: '--engine',
    fix: 'Give the pause a time, or play it without --engine',
  });
};

/** Secrets that whoever follows the run must know, too. */
class Told extends Secrets {
  readonly #learn: (secret: string) => void;

  constructor(learn: (secret: string) => void) {
    super();
    this.#learn = learn;
  }

  override add(value: string): void {
    super.add(value);
    this.#learn(value);
  }
}
