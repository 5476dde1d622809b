// The verb explain-var: where a variable of a host comes from. It plays nothing.
import path from 'node:path';
import type { Where } from '../../base/errors.ts';
import { formatPosition } from '../../base/position.ts';
import { neutralise } from '../../base/terminal.ts';
import { Sealed, toJson, type Value, Verbatim } from '../../base/value.ts';
import type { VariableExplanation, VariablePlace } from '../../playbook/variables/explain.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { factOptions } from '../fact-options.ts';
import { FACT_CACHE_FLAGS, VAULT_FLAGS } from '../flag-groups.ts';
import type { Flags } from '../flags.ts';
import { collectionsPath, rolesPath } from '../roles-path.ts';
import type { Verb } from '../verb.ts';

export const explainVarVerb: Verb = {
  name: 'explain-var',
  summary: 'say where a variable of a host comes from',
  notes: [
    'Every place that sets it is named, the weakest first, with its level in the order of Ansible; * marks the one that counts before the first task, and ~ those that count in a task or once it has run.',
    'With playbooks their variables are told too, for each play that the host is in. Nothing is played, so of facts only those are known that are kept from run to run.',
    'What roles say to the tasks of a play counts there too; with --role it is told as the tasks of that role see it.',
  ],
  usage: '<host> <name> [playbook...] [flags]',
  words: [
    { form: '<host>', meaning: 'a host of the inventory, or localhost' },
    { form: '<name>', meaning: 'the name of the variable' },
    { form: '[playbook...]', meaning: 'files whose plays may set it' },
  ],
  flags: [
    'inventory',
    'extraVars',
    'limit',
    ...VAULT_FLAGS,
    'playbookDir',
    'role',
    'rolesPath',
    'collectionsPath',
    'library',
    ...FACT_CACHE_FLAGS,
    'output',
    'config',
  ],
  examples: [
    { line: 'sshoal explain-var web01 port', meaning: 'what inventory, group_vars and host_vars say' },
    { line: 'sshoal explain-var web01 port site.yml -e port=81', meaning: 'and what the plays of a playbook and -e say' },
    { line: 'sshoal explain-var web01 port site.yml --role nginx', meaning: 'as the tasks of a role see it' },
    { line: 'sshoal explain-var web01 port -o json', meaning: 'the same for a program to read' },
  ],
  run: async ({ words: [host = '', name = '', ...files], flags }, context) => {
    const [{ Playbook }, { Inventory }, { readVaultKeys }, { inventorySourcesIfAny }, { readExtraVars }, { modulesBeside }] =
      await Promise.all([
        import('../../playbook/playbook.ts'),
        import('../../inventory/inventory.ts'),
        import('../vault-passwords.ts'),
        import('../inventory-sources.ts'),
        import('../extra-vars.ts'),
        import('../libraries.ts'),
      ]);
    const vault = await readVaultKeys(flags, context);
    const playbooks = files.map((file) => path.resolve(context.cwd, file));
    const modules = await modulesBeside(playbooks, flags, context);
    const playbook = Playbook.load(playbooks, { vault, modules, rolesPath: rolesPath(flags), collectionsPath: collectionsPath(flags) });
    const sources = inventorySourcesIfAny(flags.inventory, context);
    const inventory = await Inventory.load(sources, { cwd: context.cwd, vault, traced: true, signal: context.signal });
    const limits = await Promise.all(flags.limit.map(async (limit) => await Inventory.readLimit(limit, context.cwd)));
    const explanations = await playbook.explain(host, name, {
      role: flags.role,
      facts: await factOptions(flags),
      signal: context.signal,
      inventory,
      extraVars: await readExtraVars(flags.extraVars, context.cwd, vault),
      limit: limits.length > 0 ? limits.flat() : undefined,
      environment: context.env,
      directory: path.resolve(context.cwd, flags.playbookDir ?? '.'),
      extraPlace: await extraPlace(name, flags, context, async (value) => (await readExtraVars([value], context.cwd, vault)).has(name)),
    });
    const text = flags.output === 'text' ? explanations.map((one) => asText(one, context.cwd)).join('\n') : asJson(explanations, flags);
    context.stdout.write(context.secrets.mask(text));
    return EXIT.ok;
  },
};

/** The last -e that sets a variable. */
async function extraPlace(
  name: string,
  { extraVars }: Flags,
  { cwd }: Context,
  sets: (value: string) => Promise<boolean>,
): Promise<Where | undefined> {
  for (const value of extraVars.toReversed()) {
    if (await sets(value)) return value.startsWith('@') ? path.resolve(cwd, value.slice(1)) : `-e ${name}`;
  }
  return undefined;
}

const MARKS: Readonly<Record<VariablePlace['counts'], string>> = { now: ' ', wins: '*', later: '~' };

function asText({ host, name, play, value, error, places }: VariableExplanation, cwd: string): string {
  const what = value === undefined ? (error === undefined ? 'is not set' : `cannot be told: ${error.message}`) : `= ${valueText(value)}`;
  const rows = places.map((place) => [
    `${MARKS[place.counts]} ${String(place.rank).padStart(2)}`,
    place.level,
    place.of ?? '',
    place.where === undefined ? '' : placeText(place.where, cwd),
    place.value === undefined ? '' : valueText(place.value),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const heading = `${host}: ${name} ${what}${play === undefined ? '' : `, in the play ${play}`}`;
  return `${[heading, ...lines].map(neutralise).join('\n')}\n`;
}

function asJson(explanations: readonly VariableExplanation[], { output }: Flags): string {
  const data = explanations.map(({ host, name, play, value, error, places }) => ({
    host,
    name,
    play: play ?? null,
    value: value === undefined ? null : toJson(value),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
    places: places.map(({ value: written, where, of, ...place }) => ({
      ...place,
      of: of ?? null,
      where: where === undefined ? null : typeof where === 'string' ? where : { file: where.file, line: where.line, column: where.column },
      value: written === undefined ? null : toJson(written),
    })),
  }));
  return output === 'jsonl' ? data.map((one) => `${JSON.stringify(one)}\n`).join('') : `${JSON.stringify(data, null, 2)}\n`;
}

function valueText(value: Value): string {
  if (value instanceof Sealed && !(value instanceof Verbatim)) return '(encrypted)';
  return JSON.stringify(toJson(value));
}

function placeText(where: Where, cwd: string): string {
  const [file, rest] = typeof where === 'string' ? [where, ''] : [where.file, formatPosition(where).slice(where.file.length)];
  const relative = path.relative(cwd, path.resolve(cwd, file));
  const shown = path.isAbsolute(file) && !relative.startsWith('..') ? relative : file;
  return `${shown}${rest}`;
}
