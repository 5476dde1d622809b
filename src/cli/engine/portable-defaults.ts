// What holds where the inventory says nothing, with everything in it that a person could be asked for. It does not know who uses it.
import type { TargetDefaults } from '../../fleet/target.ts';
import { SSHClient } from '../../ssh/client.ts';
import type { Context } from '../context.ts';
import type { Flags } from '../flags.ts';
import { passphrases, targetDefaults } from '../reach.ts';

/** @throws as checkedDefaults. */
export async function portableDefaults(flags: Flags, context: Context): Promise<TargetDefaults> {
  const defaults = await targetDefaults(flags, context);
  const { privateKeyFile, passphrase } = defaults;
  if (privateKeyFile === undefined || flags.connection === 'openssh') return defaults;
  let asked: string | undefined;
  const ask = passphrases(context);
  const passphraseOf = async (file: string): Promise<string> => {
    asked = await ask(file);
    return asked;
  };
  await SSHClient.checkPrivateKey(privateKeyFile, passphrase, { passphrase: passphraseOf });
  return { ...defaults, passphrase: asked ?? passphrase };
}
