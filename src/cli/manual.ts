// The manual page of all verbs as Markdown, made of the same values as the help. docs/cli.md is its output.

import { EXIT_MEANINGS } from './exit-code.ts';
import { type FlagName, optionOf, REACH_FLAGS } from './flags.ts';
import { optionMeaning, sentence } from './program.ts';
import type { Verb } from './verb.ts';
import { verbs } from './verbs.ts';

const INTRODUCTION = `# The command line

This page is made from the program itself; \`sshoal <verb> --help\` says the same.

Flags may stand anywhere after the verb; everything after \`--\` belongs to the command that is run.
Where the inventory says how to reach a host, it wins over the flags, as in Ansible; \`-e\` wins over both.`;

const ENVIRONMENT = `## Environment

| variable | meaning |
|---|---|
| \`SSHOAL_INVENTORY\`, \`ANSIBLE_INVENTORY\` | inventory sources with commas, where no \`-i\` is given |
| \`SSHOAL_PASSWORD\` | login password, instead of a question |
| \`SSHOAL_BECOME_PASSWORD\` | become password, instead of a question |
| \`SSHOAL_PASSPHRASE\` | passphrase of private keys, instead of a question |
| \`SSHOAL_VAULT_PASSWORD_FILE\`, \`ANSIBLE_VAULT_PASSWORD_FILE\` | as \`--vault-password-file\` |
| \`ANSIBLE_VAULT_IDENTITY_LIST\` | as \`--vault-id\`, several with commas |
| \`ANSIBLE_VAULT_ENCRYPT_IDENTITY\` | as \`--encrypt-vault-id\` |
| \`VISUAL\`, \`EDITOR\` | the editor of \`sshoal vault edit\`; \`vi\` when not given |
| \`NO_COLOR\` | no colours, where not empty |
| \`FORCE_COLOR\` | colours in pipes too; \`0\` for none |

Without \`-i\` and these variables, the first of \`./inventories/\`, \`./inventory\`, \`./inventory.ini\`, \`./inventory.yml\`, \`./inventory.yaml\`, \`./inventory.json\` is read.
Questions are asked only where stdin and stderr are terminals.`;

/** The whole page. */
export function manual(): string {
  const parts = [INTRODUCTION, exitCodes(), ENVIRONMENT, ...verbs.map(verbPart), sharedFlags()];
  return `${parts.join('\n\n')}\n`;
}

function exitCodes(): string {
  return `## Exit codes\n\n${table(
    ['code', 'meaning'],
    EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning]),
  )}`;
}

function verbPart(verb: Verb): string {
  const reaches = REACH_FLAGS.every((name) => verb.flags.includes(name));
  const own = reaches ? verb.flags.filter((name) => !(REACH_FLAGS as readonly FlagName[]).includes(name)) : verb.flags;
  const flags = own.length === 0 ? [] : [flagTable(own)];
  const shared = reaches ? ['And all [flags of verbs that reach hosts](#flags-of-verbs-that-reach-hosts).'] : [];
  const examples = verb.examples.map(({ line, meaning }) => `# ${meaning}\n${line}`).join('\n');
  const words =
    verb.words.length === 0
      ? []
      : [
          table(
            ['word', 'meaning'],
            verb.words.map(({ form, meaning }) => [`\`${form}\``, meaning]),
          ),
        ];
  return [
    `## sshoal ${verb.name}`,
    sentence(verb.summary),
    `\`\`\`sh\nsshoal ${verb.name} ${verb.usage}\n\`\`\``,
    ...verb.notes,
    ...words,
    ...flags,
    ...shared,
    `\`\`\`sh\n${examples}\n\`\`\``,
  ].join('\n\n');
}

function sharedFlags(): string {
  return `## Flags of verbs that reach hosts\n\n${flagTable(REACH_FLAGS)}`;
}

function flagTable(names: readonly FlagName[]): string {
  const rows = names.map((name) => {
    const option = optionOf(name);
    return [`\`${option.flags}\``, optionMeaning(option)];
  });
  return table(['flag', 'meaning'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
