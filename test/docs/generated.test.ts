// Pages of docs/ that are made from the program: UPDATE_DOCS=1 writes them anew.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Environment } from '#src/jinja/environment';
import { describeModule, type ModuleDescription, type ParamDescription } from '#src/modules/docs/description';
import { modulesSchema } from '#src/modules/docs/schema';
import { MODULES } from '#src/modules/registry';
import { ACTIONS } from '#src/playbook/actions/registry';
import { LOOKUPS } from '#src/playbook/lookups/registry';
import { KEYWORDS, type Place } from '#src/playbook/read/keywords';
import { STATEMENTS_LATER } from '#src/playbook/read/parse-doing';
import { LOOP_KEYWORDS } from '#src/playbook/read/parse-loop';
import { playbookSchema } from '#src/playbook/schema';

const DOCS = path.resolve(import.meta.dirname, '../../../docs');
const DESCRIPTIONS = [...MODULES, ...ACTIONS.values()].map(describeModule).toSorted((a, b) => (a.name < b.name ? -1 : 1));

describe('the generated pages', () => {
  it('docs/modules.md lists every module and action with its parameters', () => same('modules.md', modulesPage()));

  it('docs/modules.schema.json and docs/playbook.schema.json are what editors read', () => {
    same('modules.schema.json', `${JSON.stringify(modulesSchema(DESCRIPTIONS), null, 2)}\n`);
    same('playbook.schema.json', `${JSON.stringify(playbookSchema(DESCRIPTIONS), null, 2)}\n`);
  });

  it('docs/lookups.md lists every lookup with its options', () => same('lookups.md', lookupsPage()));

  it('docs/compatibility.md lists what of the language is there, between its marks', () => {
    const file = path.join(DOCS, 'compatibility.md');
    const text = readFileSync(file, 'utf8');
    const [before = '', , after = ''] = text.split(/<!-- (?:begin|end) of the generated part -->/);

    same('compatibility.md', `${before}<!-- begin of the generated part -->\n${languagePart()}<!-- end of the generated part -->${after}`);
  });
});

function same(name: string, expected: string): void {
  const file = path.join(DOCS, name);
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, expected);
  assert.equal(readFileSync(file, 'utf8'), expected);
}

function modulesPage(): string {
  const parts = DESCRIPTIONS.map((module) =>
    [
      `## ${module.name}`,
      `${module.summary}.${module.notes.map((note) => ` ${note}`).join('')}`,
      paramTable(module),
      returnTable(module),
      `In check mode it ${module.checkMode === 'inspects' ? 'says what it would change' : 'is skipped'}${module.diff ? '; differences are shown with `--diff`' : ''}.`,
      `\`\`\`yaml\n${module.examples}\n\`\`\``,
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  );
  return `# Modules\n\nThis page is made from the program itself; \`sshoal doc\` says the same, and knows your own modules too. Short names and those with \`ansible.builtin.\` mean the same.\n\n${parts.join('\n\n')}\n`;
}

function lookupsPage(): string {
  const parts = [...LOOKUPS.values()]
    .map(({ name, summary, options }) => describeModule({ name, summary, params: options }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((lookup) => {
      const table = paramTable(lookup).replace('No parameters', 'No options').replace('| parameter |', '| option |');
      return `## ${lookup.name}\n\n${lookup.summary}.\n\n${table}\n`;
    });
  return `# Lookups\n\nThis page is made from the program itself. A lookup is called in a template, \`lookup('env', 'HOME')\`; \`query\` and \`q\` always give a list; \`with_env: [HOME]\` loops over it. In templates every lookup also takes \`wantlist\`, and \`errors\`: strict, warn or ignore.\n\n${parts.join('\n')}`;
}

function paramTable({ params, refused }: ModuleDescription): string {
  if (params === undefined) return 'Takes any names and values.';
  const rows = params.map((param) => {
    const otherwise = param.default === undefined ? '' : `\`${JSON.stringify(param.default)}\``;
    return `| \`${param.name}\`${param.required ? ' (required)' : ''} | ${typeText(param)} | ${otherwise} | ${cell(param.description)} |`;
  });
  const table = rows.length === 0 ? 'No parameters.' : `| parameter | type | default | meaning |\n|---|---|---|---|\n${rows.join('\n')}`;
  const names = Object.keys(refused).map((name) => `\`${name}\``);
  return names.length === 0 ? table : `${table}\n\nRefused with an error that says what to do instead: ${names.join(', ')}.`;
}

function returnTable({ returns }: ModuleDescription): string {
  const rows = Object.entries(returns).map(([name, { type = 'str', description }]) => `| \`${name}\` | ${type} | ${cell(description)} |`);
  return rows.length === 0 ? '' : `| registers | type | meaning |\n|---|---|---|\n${rows.join('\n')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function typeText({ type, choices, aliases }: ParamDescription): string {
  const also = aliases === undefined ? '' : `; also \`${aliases.join('`, `')}\``;
  return `${type}${choices === undefined ? '' : `: ${choices.join(', ')}`}${also}`;
}

function languagePart(): string {
  const jinja = new Environment();
  const row = (what: string, names: Iterable<string>): string =>
    `| ${what} | ${[...names]
      .toSorted()
      .map((name) => `\`${name}\``)
      .join(', ')} |`;
  return [
    ...keywordTable(),
    '',
    '| what | supported |',
    '|---|---|',
    row('loops', ['loop', ...LOOP_KEYWORDS]),
    row('statements', ['import_playbook', 'import_role', 'import_tasks', 'include_role', 'include_tasks']),
    row(
      'modules',
      MODULES.map((module) => module.name),
    ),
    row('actions', ACTIONS.keys()),
    row('lookups', LOOKUPS.keys()),
    row('filters', jinja.filterNames),
    row('tests', jinja.testNames),
    row('refused with NOT_SUPPORTED_YET', STATEMENTS_LATER.keys()),
    '',
  ].join('\n');
}

/** Every keyword of Ansible, and what it is in each of the places where it may stand. */
function keywordTable(): string[] {
  const places: readonly Place[] = ['play', 'role', 'block', 'task'];
  const names = [...new Set(places.flatMap((place) => Object.keys(KEYWORDS[place])))].toSorted();
  const rows = names.map((name) => {
    const cells = places.map((place) => KEYWORDS[place][name]?.status ?? '');
    const notes = new Set(places.flatMap((place) => KEYWORDS[place][name]?.note ?? []));
    return `| \`${name}\` | ${cells.join(' | ')} | ${[...notes].join('; ')} |`;
  });
  return ['| keyword | play | role | block | task | |', '|---|---|---|---|---|---|', ...rows];
}
