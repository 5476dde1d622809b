// The variables of the environment, and where the configuration comes from, in words: what manual and man page say alike.
import { SECRET_VARIABLES, SETTINGS } from './config/settings.ts';

export interface Explained {
  readonly names: readonly string[];
  readonly meaning: string;
}

const SECRET_MEANINGS: Readonly<Record<string, string>> = {
  password: 'login password, instead of a question',
  become_password: 'become password, instead of a question',
  passphrase: 'passphrase of private keys, instead of a question',
};

/** The variables with a meaning of their own; each setting has one besides. */
export const VARIABLES: readonly Explained[] = [
  { names: ['SSHOAL_CONFIG'], meaning: 'the sshoal.yml to read, where no --config is given; none reads no file' },
  ...[...SECRET_VARIABLES].map(([name, variable]) => ({ names: [variable], meaning: SECRET_MEANINGS[name] ?? name })),
  { names: ['ANSIBLE_CONFIG'], meaning: 'the ansible.cfg to read, or its directory' },
  { names: ['ANSIBLE_VAULT_ENCRYPT_IDENTITY'], meaning: 'as --encrypt-vault-id' },
  { names: ['VISUAL', 'EDITOR'], meaning: 'the editor of sshoal vault edit; vi when not given' },
  { names: ['NO_COLOR'], meaning: 'no colours, where not empty' },
  { names: ['FORCE_COLOR'], meaning: 'colours in pipes too; 0 for none' },
];

/** Where settings come from, one paragraph each; names of files and variables stand bare. */
export const CONFIGURATION: readonly string[] = [
  'What nobody gives as a flag comes from a variable SSHOAL_*, then from sshoal.yml, then from a variable ANSIBLE_*, then from ansible.cfg, then from the program itself. A flag that may be repeated replaces what is configured, and is not added to it. What the inventory says about a host wins over all of them. sshoal config show names every setting with its value and its origin.',
  'The first sshoal.yml that is there is read, and no other: that of --config, of SSHOAL_CONFIG, ./sshoal.yml, $XDG_CONFIG_HOME/sshoal/sshoal.yml (~/.config where that is not set), /etc/sshoal/sshoal.yml. Relative paths in it start in its directory. A key that means nothing is an error, and so is a password.',
  'Likewise the first ansible.cfg: that of ANSIBLE_CONFIG, ./ansible.cfg, ~/.ansible.cfg, /etc/ansible/ansible.cfg. What of it does not apply is listed by sshoal config show --all. What would change the outcome and cannot be followed, such as hash_behaviour = merge, is an error.',
  'In a directory where everybody may write, neither ./sshoal.yml nor ./ansible.cfg is read, as in Ansible: they could make you run the programs of others.',
  'Without an inventory from any of these, the first of ./inventories/, ./inventory, ./inventory.ini, ./inventory.yml, ./inventory.yaml, ./inventory.json is read. Questions are asked only where stdin and stderr are terminals.',
];

/** Each setting with the ways to set it. */
export function settingRows(): readonly (readonly [key: string, variable: string, flag: string])[] {
  return [...SETTINGS.values()].map(({ key, variable, option }) => [key, variable, option.long ?? option.flags]);
}
