// The verb vault: encrypts, opens and changes what Ansible Vault protects. It knows no inventory.
import { didYouMean } from '../../base/suggest.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { VAULT_FLAGS } from '../flag-groups.ts';
import type { FlagName, Flags } from '../flags.ts';
import type { Verb } from '../verb.ts';

type Act = (words: readonly string[], flags: Flags, context: Context) => Promise<void>;

interface Action {
  readonly flags: readonly FlagName[];
  readonly run: Act;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  encrypt: { flags: ['outputFile', 'encryptVaultId'], run: async (...call) => await (await load()).encryptFiles(...call) },
  decrypt: { flags: ['outputFile'], run: async (...call) => await (await load()).decryptFiles(...call) },
  view: { flags: [], run: async (...call) => await (await load()).viewFiles(...call) },
  edit: { flags: [], run: async (...call) => await (await load()).editFiles(...call) },
  create: { flags: ['encryptVaultId'], run: async (...call) => await (await load()).createFile(...call) },
  rekey: {
    flags: ['encryptVaultId', 'newVaultId', 'newVaultPasswordFile'],
    run: async (...call) => await (await load()).rekeyFiles(...call),
  },
  'encrypt-string': {
    flags: ['outputFile', 'encryptVaultId', 'name', 'stdinName', 'prompt'],
    run: async (...call) => await (await load()).encryptStrings(...call),
  },
};

export const vaultVerb: Verb = {
  name: 'vault',
  summary: 'encrypt and decrypt files and values, as ansible-vault',
  notes: [
    'encrypt, decrypt, view, edit, create and rekey take files; - or no file is stdin, whose answer goes to stdout. encrypt-string takes strings, and - for stdin, and prints a value for a YAML file.',
    'Files are replaced at once or not at all, and keep their permissions; with several files nothing is written unless all can be opened.',
    'A password file that is executable is run and prints the password; one whose name ends in -client is asked with --vault-id <id>.',
  ],
  usage: `<${Object.keys(ACTIONS).join('|')}> [file or string...] [flags]`,
  words: [
    { form: '<action>', meaning: 'what to do' },
    { form: '[words...]', meaning: 'files, or the strings of encrypt-string' },
  ],
  flags: [...VAULT_FLAGS, 'encryptVaultId', 'newVaultId', 'newVaultPasswordFile', 'outputFile', 'name', 'stdinName', 'prompt'],
  examples: [
    { line: 'sshoal vault encrypt group_vars/prod/secrets.yml --vault-id prod@prompt', meaning: 'encrypt a file, under an id' },
    { line: 'sshoal vault edit group_vars/prod/secrets.yml --vault-password-file ~/.vault', meaning: 'change it in an editor' },
    {
      line: 'sshoal vault encrypt-string -n db_password --prompt --vault-password-file ~/.vault',
      meaning: 'one value, for a file of variables',
    },
    { line: 'sshoal vault rekey secrets.yml --vault-id old@prompt --new-vault-id prod@prompt', meaning: 'give it another password' },
    { line: 'sshoal vault decrypt secrets.yml --output - -J', meaning: 'print what is inside' },
  ],
  run: async ({ words: [name = '', ...words], flags }, context) => {
    const action = actionOf(name.replace('_', '-'));
    refuseOthersFlags(name, action, flags);
    await action.run(words, flags, context);
    return EXIT.ok;
  },
};

async function load(): Promise<typeof import('../vault-files.ts') & typeof import('../vault-strings.ts')> {
  return { ...(await import('../vault-files.ts')), ...(await import('../vault-strings.ts')) };
}

function actionOf(name: string): Action {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action !== undefined) return action;
  const known = Object.keys(ACTIONS);
  throw new UsageError('UNKNOWN_VERB', `vault cannot \`${name}\``, {
    where: 'sshoal vault',
    fix: didYouMean(name, known, `It can ${known.join(', ')}`),
  });
}

// A flag that would do nothing is a misunderstanding.
function refuseOthersFlags(name: string, { flags: own }: Action, flags: Flags): void {
  const all = new Set(Object.values(ACTIONS).flatMap((action) => action.flags));
  for (const flag of all) {
    const value = flags[flag];
    const isGiven = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
    if (!isGiven || own.includes(flag)) continue;
    const form = flag === 'outputFile' ? '--output' : `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new UsageError('BAD_FLAG', `${form} means nothing to vault ${name}`, { where: `sshoal vault ${name}`, fix: 'Leave it out' });
  }
}
