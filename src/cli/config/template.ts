// What `sshoal config init` prints: a sshoal.yml in which every setting is explained and none is set.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { optionMeaning } from '../flag-options.ts';
import { SETTINGS, type Setting } from './settings.ts';

/** What stands for a value where the program has none by itself. */
const EXAMPLES: Readonly<Record<string, string>> = {
  inventory: '[hosts.ini]',
  connection: 'ssh',
  user: 'deploy',
  port: '22',
  private_key: '~/.ssh/id_ed25519',
  ssh_config: '~/.ssh/config',
  ssh_common_args: '-J jump.example.org',
  connect_timeout: '10s',
  timeout: '5m',
  connect_rate: '50',
  deadline: '1h',
  idle_timeout: '30s',
  known_hosts: '[~/.ssh/known_hosts]',
  become_user: 'root',
  become_method: 'sudo',
  become_exe: '/usr/local/bin/sudo',
  become_flags: '-H -E',
  vault_id: '[prod@prompt]',
  vault_password_file: '[~/.vault]',
  tags: '[config]',
  skip_tags: '[slow]',
  roles_path: '[~/roles]',
  collections_path: '[~/collections]',
  fact_caching_connection: '~/.cache/facts',
  fact_caching_timeout: '24h',
  library: '[modules]',
  journal_keep: '90d',
  journal_max_size: '1G',
};

/** The text, which editors check against the schema that comes with the program. */
export function configTemplate(): string {
  const schema = pathToFileURL(path.resolve(import.meta.dirname, '../../../docs/sshoal.schema.json')).href;
  const head = [
    `# yaml-language-server: $schema=${schema}`,
    '# What the flags of sshoal are when nobody gives them. A flag wins, then a variable such as SSHOAL_FORKS, then this file,',
    '# then ansible.cfg. Relative paths start at this file. See what holds: sshoal config show',
  ];
  return `${[...head, ...[...SETTINGS.values()].map(settingLines)].join('\n')}\n`;
}

function settingLines({ key, option }: Setting): string {
  const value = EXAMPLES[key] ?? String(option.defaultValue);
  return `\n# ${optionMeaning(option)}\n# ${key}: ${value}`;
}
