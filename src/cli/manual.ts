// The manual page of all verbs as Markdown, made of the same values as the help. docs/cli.md is its output.
import { CONFIGURATION, settingRows, VARIABLES } from './environment.ts';
import { EXIT_MEANINGS } from './exit-code.ts';
import { REACH_FLAGS } from './flag-groups.ts';
import { optionMeaning, optionOf } from './flag-options.ts';
import type { FlagName } from './flags.ts';
import { sentence } from './program.ts';
import type { Verb } from './verb.ts';
import { verbs } from './verbs.ts';

const INTRODUCTION = `# The command line

This page is made from the program itself; \`sshoal <verb> --help\` says the same.

Flags may stand anywhere after the verb; everything after \`--\` belongs to the command that is run.
Where the inventory says how to reach a host, it wins over the flags, as in Ansible; \`-e\` wins over both.`;

/** The whole page. */
export function manual(): string {
  const parts = [INTRODUCTION, exitCodes(), configuration(), ...verbs.filter((verb) => verb.hidden !== true).map(verbPart), sharedFlags()];
  return `${parts.join('\n\n')}\n`;
}

function exitCodes(): string {
  return `## Exit codes\n\n${table(
    ['code', 'meaning'],
    EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning]),
  )}`;
}

function configuration(): string {
  const code = (text: string): string => `\`${text}\``;
  const variables = VARIABLES.map(({ names, meaning }) => [names.map(code).join(', '), meaning]);
  const settings = settingRows().map((row) => row.map(code));
  return [
    '## Configuration and environment',
    ...CONFIGURATION,
    table(['in sshoal.yml', 'variable', 'flag'], settings),
    table(['variable', 'meaning'], variables),
  ].join('\n\n');
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
