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
import {
  BLOCK_KEYWORDS,
  BLOCK_LATER,
  PLAY_KEYWORDS,
  PLAY_LATER,
  STATEMENTS_LATER,
  TASK_KEYWORDS,
  TASK_LATER,
} from '#src/playbook/keywords';
import { LOOKUPS } from '#src/playbook/lookups/registry';

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
    '| what | supported |',
    '|---|---|',
    row('play keywords', PLAY_KEYWORDS),
    row('block keywords', BLOCK_KEYWORDS),
    row('task keywords', TASK_KEYWORDS),
    row(
      'modules',
      MODULES.map((module) => module.name),
    ),
    row('actions', ACTIONS.keys()),
    row('lookups', LOOKUPS.keys()),
    row('filters', jinja.filterNames),
    row('tests', jinja.testNames),
    '',
    '| what | refused with NOT_SUPPORTED_YET |',
    '|---|---|',
    row('play keywords', PLAY_LATER),
    row('block keywords', BLOCK_LATER),
    row('task keywords', TASK_LATER),
    row('statements', STATEMENTS_LATER),
    '',
  ].join('\n');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
