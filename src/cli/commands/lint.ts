// The verb lint: what is wrong with playbooks, and how much of them can be played. It touches no host.
import type { Where } from '../../base/errors.ts';
import type { LintReport } from '../../playbook/lint.ts';
import { errorData, JSON_VERSION, type JsonObject, maskedJson } from '../../report/machine/json-data.ts';
import { styleOf } from '../../report/style.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { VAULT_FLAGS } from '../flag-groups.ts';
import { lintText } from '../lint-text.ts';
import { pathFor } from '../path-for.ts';
import { collectionsPath, rolesPath } from '../roles-path.ts';
import type { Verb } from '../verb.ts';

export const lintVerb: Verb = {
  name: 'lint',
  summary: 'say what is wrong with playbooks, and how much of them can be played',
  notes: [
    'Read is all that a playbook imports, includes under a plain name, or needs as a role; a directory stands for all playbooks in and below it, and no word at all for this one. No host is touched.',
    'The exit code is 0 when nothing was found, and 2 when something was: a fault, or something of Ansible that is not supported.',
    'As text, faults that are alike are one, with some of their places; the other forms have every place.',
    'With -o json it is one document: version, playbooks, plays, tasks, supported, unsupported (name, fix, places), faults (code, message, where, fix). With -o jsonl every fault and every unsupported place is a line, with its kind; the last line, of the kind summary, has the counts.',
  ],
  usage: '[playbook...] [flags]',
  words: [{ form: '[playbook...]', meaning: 'files, or directories with playbooks' }],
  flags: ['extraVars', 'rolesPath', 'collectionsPath', 'library', ...VAULT_FLAGS, 'output', 'color', 'config'],
  examples: [
    { line: 'sshoal lint', meaning: 'all playbooks in this directory' },
    { line: 'sshoal lint site.yml', meaning: 'one, with its roles and all that it imports' },
    { line: 'sshoal lint playbooks -o jsonl', meaning: 'a line for each thing that was found, for a program to read' },
  ],
  run: async ({ words, flags }, context) => {
    if (flags.output === 'junit')
      throw new UsageError('BAD_FLAG', 'lint writes no JUnit report', { where: '--output', fix: 'Use text, json or jsonl' });
    const [{ findLintable, lintPlaybooks }, { readVaultKeys }, { readExtraVars }, { modulesBeside }] = await Promise.all([
      import('../../playbook/lint.ts'),
      import('../vault-passwords.ts'),
      import('../extra-vars.ts'),
      import('../libraries.ts'),
    ]);
    const vault = await readVaultKeys(flags, context);
    const extraVars = await readExtraVars(flags.extraVars, context.cwd, vault);
    const playbooks = findLintable((words.length === 0 ? ['.'] : words).map((word) => pathFor(word, context.cwd)));
    const modules = await modulesBeside(playbooks, flags, context);
    const report = lintPlaybooks(playbooks, {
      extraVars,
      rolesPath: rolesPath(flags),
      collectionsPath: collectionsPath(flags),
      vault,
      modules,
    });
    context.stdout.write(FORMS[flags.output](report, context));
    return report.faults.length === 0 && report.gaps.length === 0 ? EXIT.ok : EXIT.failed;
  },
};

const FORMS: Readonly<Record<'text' | 'json' | 'jsonl', (report: LintReport, context: Context) => string>> = {
  text: (report, { stdout, secrets }) => secrets.mask(lintText(report, styleOf(stdout.colour))),
  json: (report, { secrets }) => `${maskedJson(asDocument(report), (text) => secrets.mask(text), 2)}\n`,
  jsonl: (report, { secrets }) =>
    asLines(report)
      .map((line) => `${maskedJson(line, (text) => secrets.mask(text))}\n`)
      .join(''),
};

function asDocument({ gaps, faults, ...counts }: LintReport): JsonObject {
  return {
    version: JSON_VERSION,
    ...counts,
    unsupported: gaps.map(({ name, uses }) => ({ name, fix: uses[0]?.fix, places: uses.map(({ where }) => placeData(where)) })),
    faults: faults.map((fault) => ({ ...errorData(fault), ...placeData(fault.where) })),
  };
}

function asLines({ gaps, faults, ...counts }: LintReport): JsonObject[] {
  return [
    ...faults.map((fault) => ({ kind: 'fault', ...errorData(fault), ...placeData(fault.where) })),
    ...gaps.flatMap(({ name, uses }) => uses.map(({ fix, where }) => ({ kind: 'unsupported', name, fix, ...placeData(where) }))),
    { kind: 'summary', version: JSON_VERSION, ...counts, faults: faults.length, unsupported: gaps.length },
  ];
}

/** A place for a program: `file`, and where it is known `line` and `column`. */
function placeData(where: Where | undefined): JsonObject {
  if (where === undefined || typeof where === 'string') return { file: where };
  return { file: where.file, line: where.line, column: where.column };
}
