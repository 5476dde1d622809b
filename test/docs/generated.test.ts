// Pages of docs/ that are made from the program: UPDATE_DOCS=1 writes them anew.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { toJson } from '#src/base/value';
import { Environment } from '#src/jinja/environment';
import { MODULES } from '#src/modules/registry';
import type { ParamSpec, ParamSpecs } from '#src/modules/seam';
import { ACTIONS } from '#src/playbook/actions/registry';
import { KEYWORDS, type Place } from '#src/playbook/keywords';
import { LOOKUPS } from '#src/playbook/lookups/registry';
import { STATEMENTS_LATER } from '#src/playbook/parse-doing';
import { LOOP_KEYWORDS } from '#src/playbook/parse-loop';

const DOCS = path.resolve(import.meta.dirname, '../../../docs');

describe('the generated pages', () => {
  it('docs/modules.md lists every module and action with its parameters', () => same('modules.md', modulesPage()));

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
  const parts = [...MODULES, ...ACTIONS.values()]
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, summary, params }) => `## ${name}\n\n${capital(summary)}.\n\n${paramTable(params)}`);
  return `# Modules\n\nThis page is made from the program itself. Short names and those with \`ansible.builtin.\` mean the same.\n\n${parts.join('\n')}`;
}

function lookupsPage(): string {
  const parts = [...LOOKUPS.values()]
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      ({ name, summary, options }) =>
        `## ${name}\n\n${capital(summary)}.\n\n${paramTable(options).replace('No parameters', 'No options').replace('| parameter |', '| option |')}`,
    );
  return `# Lookups\n\nThis page is made from the program itself. A lookup is called in a template, \`lookup('env', 'HOME')\`; \`query\` and \`q\` always give a list; \`with_env: [HOME]\` loops over it. In templates every lookup also takes \`wantlist\`, and \`errors\`: strict, warn or ignore.\n\n${parts.join('\n')}`;
}

function paramTable(params: ParamSpecs | undefined): string {
  if (params === undefined) return 'Takes any names and values.\n';
  const rows = Object.entries(params)
    .filter(([, spec]) => spec.unsupported === undefined)
    .map(
      ([name, spec]) =>
        `| \`${name}\`${spec.required === true ? ' (required)' : ''} | ${typeText(spec)} | ${spec.default === undefined ? '' : `\`${JSON.stringify(toJson(spec.default))}\``} | ${spec.description.replaceAll('|', '\\|')} |`,
    );
  const refused = Object.entries(params).flatMap(([name, spec]) => (spec.unsupported === undefined ? [] : [`\`${name}\``]));
  const table =
    rows.length === 0 ? 'No parameters.\n' : `| parameter | type | default | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  return refused.length === 0 ? table : `${table}\nRefused with an error that says what to do instead: ${refused.join(', ')}.\n`;
}

function typeText(spec: ParamSpec): string {
  const choices = spec.choices === undefined ? '' : `: ${spec.choices.join(', ')}`;
  const aliases = spec.aliases === undefined || spec.aliases.length === 0 ? '' : `; also \`${spec.aliases.join('`, `')}\``;
  return `${spec.type}${choices}${aliases}`;
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

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
