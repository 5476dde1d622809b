// The man page sshoal(1), made of the same values as the help and docs/cli.md. docs/sshoal.1 is its output.
import type { Option } from 'commander';
import { CONFIGURATION, settingRows, VARIABLES } from './environment.ts';
import { EXIT_MEANINGS } from './exit-code.ts';
import { REACH_FLAGS } from './flag-groups.ts';
import { optionMeaning, optionOf } from './flag-options.ts';
import type { FlagName } from './flags.ts';
import { DESCRIPTION, sentence, version } from './program.ts';
import type { Verb } from './verb.ts';
import { verbs } from './verbs.ts';

const FILES: readonly (readonly [file: string, meaning: string])[] = [
  ['./sshoal.yml', 'the configuration of a directory'],
  ['~/.config/sshoal/sshoal.yml', 'that of a user'],
  ['/etc/sshoal/sshoal.yml', 'that of a machine'],
  ['./ansible.cfg, ~/.ansible.cfg, /etc/ansible/ansible.cfg', 'read for what applies'],
  ['~/.ssh/config, ~/.ssh/known_hosts', 'read as ssh reads them'],
];

/** The page in roff, for man(7) macros as groff and mandoc know them. */
export function manPage(): string {
  const shown = verbs.filter((verb) => verb.hidden !== true);
  const lines = [
    '.\\" Made from the program itself: do not edit.',
    // No date: the page shall be the same whenever it is made.
    `.TH SSHOAL 1 "" "sshoal ${roff(version())}" "User Commands"`,
    '.SH NAME',
    `sshoal \\- ${roff(DESCRIPTION.charAt(0).toLowerCase() + DESCRIPTION.slice(1).replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    ...shown.flatMap(({ name, usage }, index) => [...(index === 0 ? [] : ['.br']), `.B sshoal ${name}`, line(usage)]),
    '.SH DESCRIPTION',
    line('Flags may stand anywhere after the verb; everything after -- belongs to the command that is run.'),
    line('Where the inventory says how to reach a host, it wins over the flags, as in Ansible; -e wins over both.'),
    '.SH VERBS',
    ...shown.flatMap(verbPart),
    '.SH OPTIONS',
    line('Flags of all verbs that reach hosts:'),
    ...flagParts(REACH_FLAGS),
    '.SH CONFIGURATION',
    ...paragraphs(CONFIGURATION),
    ...settingRows().flatMap(([key, variable, flag]) => tagged(`.B ${roff(key)}`, `${variable}, ${flag}`)),
    '.SH ENVIRONMENT',
    ...VARIABLES.flatMap(({ names, meaning }) => tagged(`.B ${roff(names.join(', '))}`, capital(meaning))),
    '.SH FILES',
    ...FILES.flatMap(([file, meaning]) => tagged(`.I ${roff(file)}`, capital(meaning))),
    '.SH EXIT STATUS',
    ...EXIT_MEANINGS.flatMap(([code, meaning]) => tagged(`.B ${code}`, capital(meaning))),
    '.SH SEE ALSO',
    '.BR ssh (1),',
    '.BR ssh_config (5),',
    '.BR ansible (1)',
  ];
  return `${lines.join('\n')}\n`;
}

function verbPart(verb: Verb): string[] {
  const reaches = REACH_FLAGS.every((name) => verb.flags.includes(name));
  const own = reaches ? verb.flags.filter((name) => !(REACH_FLAGS as readonly FlagName[]).includes(name)) : verb.flags;
  return [
    `.SS sshoal ${verb.name}`,
    line(sentence(verb.summary)),
    ...paragraphs(verb.notes),
    ...verb.words.flatMap(({ form, meaning }) => tagged(`.I ${roff(form)}`, capital(meaning))),
    ...flagParts(own),
    ...(reaches ? ['.PP', line('And all flags of verbs that reach hosts, under OPTIONS.')] : []),
    '.PP',
    line('Examples:'),
    ...verb.examples.flatMap((example) => ['.PP', line(`${capital(example.meaning)}:`), '.RS 4', '.nf', line(example.line), '.fi', '.RE']),
  ];
}

function flagParts(names: readonly FlagName[]): string[] {
  return names.map(optionOf).flatMap((option) => tagged(flagTag(option), capital(optionMeaning(option))));
}

/** `-f, --forks <number>`: the flag in bold, what it takes in italics. */
function flagTag({ flags }: Option): string {
  const [, names = flags, value] = /^([^<[]*?)(?:\s*([<[].*))?$/.exec(flags) ?? [];
  const bold = `\\fB${roff(names)}\\fR`;
  return protectedLine(value === undefined ? bold : `${bold} \\fI${roff(value.replaceAll(/[<>]/g, ''))}\\fR`);
}

function tagged(tag: string, meaning: string): string[] {
  return ['.TP', tag, line(meaning)];
}

function paragraphs(texts: readonly string[]): string[] {
  return texts.flatMap((text) => ['.PP', line(text)]);
}

function line(text: string): string {
  return protectedLine(roff(text));
}

// A dot or quote in front would make a request of the line.
function protectedLine(text: string): string {
  return /^[.']/.test(text) ? `\\&${text}` : text;
}

/** Text as roff takes it: signs to copy from the page stay the plain ASCII ones. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti');
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
