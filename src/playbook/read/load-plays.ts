// Playbook files read into plays, those that they import among them. Every fault goes to the list; nothing is run.
import path from 'node:path';
import type { Faults } from '../../base/errors.ts';
import type { Dict } from '../../base/value.ts';
import { type YamlEntry, type YamlMap, type YamlNode, yamlValue } from '../../base/yaml.ts';
import { shortName } from '../../modules/registry.ts';
import type { Play } from '../ast.ts';
import { PlaybookError } from '../errors.ts';
import { membershipOf, playbookInCollections } from './collections.ts';
import { notYet } from './keywords.ts';
import { earlyValue, nothingMet, type ParseContext, type Project } from './parse-context.ts';
import { NO_DIRECTIVES, parseDirectives } from './parse-directives.ts';
import { type Imported, parsePlay } from './parse-play.ts';
import { isFile, readTrees, shownAs } from './task-files.ts';

const IMPORT_KEYWORDS = new Set(['name', 'vars', 'tags', 'when']);
const NOT_IMPORTED: Imported = { vars: new Map(), tags: [], when: [] };

/** What all files of one reading share. */
export interface Reading {
  readonly project: Project;
  readonly faults: Faults;
  /** Variables known before anything runs. */
  readonly extraVars: Dict;
}

/** The plays of a playbook. @param named - A file; or a playbook of a collection, wherever it seems to be. @param opened - Playbooks that import this one, outermost first. */
export function loadPlays(named: string, reading: Reading, imported: Imported = NOT_IMPORTED, opened: readonly string[] = []): Play[] {
  const { faults, project, extraVars } = reading;
  const file = isFile(named) ? named : (playbookInCollections(path.basename(named), project.collectionsPath) ?? named);
  const trees = faults.collect(() => readPlaybook(file, project));
  if (trees?.length === 0)
    faults.add(new PlaybookError('PLAYBOOK_SHAPE', 'This playbook is empty', { where: file, fix: 'Write at least one play' }));
  const directory = path.dirname(path.resolve(file));
  project.addTemplates(path.join(directory, 'templates'));
  project.addTemplates(directory);
  const context = {
    project,
    jinja: project.templar.jinja,
    faults,
    playDirectory: directory,
    directory,
    role: undefined,
    inHandlers: false,
    early: extraVars,
    open: [],
  };
  return (trees ?? []).flatMap((tree) => {
    if (tree.kind === 'list')
      return tree.items.flatMap((item) => playsOf(item, file, reading, imported, context, [...opened, path.resolve(file)]));
    faults.add(
      new PlaybookError('PLAYBOOK_SHAPE', 'A playbook is a list of plays', {
        where: tree.position,
        fix: 'Begin each play with - hosts: ...',
      }),
    );
    return [];
  });
}

function playsOf(
  node: YamlNode,
  file: string,
  reading: Reading,
  imported: Imported,
  context: Omit<ParseContext, 'met'>,
  opened: readonly string[],
): Play[] {
  if (node.kind !== 'map') {
    reading.faults.add(
      new PlaybookError('PLAYBOOK_SHAPE', 'A play is a map with `hosts` and `tasks`', {
        where: node.position,
        fix: 'Begin each play with - hosts: ...',
      }),
    );
    return [];
  }
  const other = node.entries.find(({ key }) => shortName(String(key)) === 'import_playbook');
  if (other !== undefined) return importedPlays(other, node, reading, imported, context, opened);
  const old = node.entries.find(({ key }) => shortName(String(key)) === 'include');
  if (old !== undefined) {
    reading.faults.add(notYet(`\`${String(old.key)}\``, old.keyPosition, 'Use import_playbook'));
    return [];
  }
  return [parsePlay(node, file, imported, context)];
}

function importedPlays(
  statement: YamlEntry,
  map: YamlMap,
  reading: Reading,
  outer: Imported,
  bare: Omit<ParseContext, 'met'>,
  opened: readonly string[],
): Play[] {
  const { faults } = reading;
  for (const { key, keyPosition } of map.entries) {
    if (IMPORT_KEYWORDS.has(String(key)) || key === statement.key) continue;
    faults.add(
      new PlaybookError('UNKNOWN_KEYWORD', `import_playbook has no \`${String(key)}\``, {
        where: keyPosition,
        fix: `Known: ${[...IMPORT_KEYWORDS].join(', ')}`,
      }),
    );
  }
  const context: ParseContext = { ...bare, met: nothingMet() };
  const own = parseDirectives(map, NO_DIRECTIVES, context);
  const at = statement.node.position;
  const vars = new Map([...own.vars, ...outer.vars]);
  const name = faults.collect(() =>
    earlyValue(yamlValue(statement.node), at, { ...context, early: new Map([...vars, ...reading.extraVars]) }),
  );
  if (name === undefined) return [];
  const file = typeof name === 'string' && name !== '' ? fileOf(name, context) : undefined;
  if (file === undefined || !isFile(file) || opened.includes(file)) {
    const why =
      file === undefined
        ? 'import_playbook names no file'
        : opened.includes(file)
          ? `${file} imports itself`
          : `There is no playbook ${file}`;
    faults.add(new PlaybookError('PLAYBOOK_NOT_FOUND', why, { where: at, fix: 'Check the path; it is relative to this playbook' }));
    return [];
  }
  const imported: Imported = { vars, tags: [...outer.tags, ...own.tags], when: [...outer.when, ...own.when] };
  return loadPlays(shownAs(file, at.file), reading, imported, opened);
}

/** A playbook of a collection, or a file. */
function fileOf(name: string, { playDirectory, project }: ParseContext): string {
  const own = membershipOf(playDirectory);
  const directories = [path.join(playDirectory, 'collections'), ...project.collectionsPath, ...(own === undefined ? [] : [own.directory])];
  return playbookInCollections(name, directories) ?? path.resolve(playDirectory, name);
}

function readPlaybook(file: string, project: Project): YamlNode[] {
  if (!isFile(file)) throw new PlaybookError('PLAYBOOK_NOT_FOUND', `There is no playbook ${file}`, { where: file, fix: 'Check the path' });
  return readTrees(file, file, project);
}
