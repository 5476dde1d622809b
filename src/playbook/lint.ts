// Everything there is to say of playbooks before they are played: their faults, and what of them cannot be played. It plays nothing.
import { Faults, type SshoalError } from '../base/errors.ts';
import { formatPosition } from '../base/position.ts';
import { UnsupportedError } from './errors.ts';
import { findPlaybooks } from './find-playbooks.ts';
import { loadPlays } from './read/load-plays.ts';
import { type LoadOptions, newProject } from './read/project.ts';
import { isDirectory } from './read/task-files.ts';

/** Something of Ansible that playbooks use, and that is not there. */
export interface Gap {
  /** The module as it is written, or what else it is: ``The task keyword `first_available_file` ``. */
  readonly name: string;
  /** One for each place where it is used, with its remedy. */
  readonly uses: readonly UnsupportedError[];
}

/** What was found in playbooks and all that they import, include by a plain name, or need as roles. */
export interface LintReport {
  readonly playbooks: readonly string[];
  readonly plays: number;
  /** Tasks as they are written: a file or a role that is used twice counts once. */
  readonly tasks: number;
  readonly supported: number;
  /** What is used most comes first. */
  readonly gaps: readonly Gap[];
  /** What is wrong, each once. */
  readonly faults: readonly SshoalError[];
}

/**
 * Reads playbooks as {@link Playbook.load} does, and throws nothing of what it finds.
 *
 * @param paths - Files; a directory stands for all playbooks in and below it.
 * @throws PlaybookError PLAYBOOK_NOT_FOUND for a directory without any.
 * @example
 * ```ts
 * const { tasks, supported, faults } = lintPlaybooks(['site.yml']);
 * ```
 */
export function lintPlaybooks(paths: readonly string[], options: LoadOptions = {}): LintReport {
  const playbooks = findLintable(paths);
  const project = newProject(options);
  const found = new Faults();
  const plays = playbooks.flatMap((file) => loadPlays(file, { project, faults: found, extraVars: options.extraVars ?? new Map() }));
  const each = eachOnce(found.list);
  return {
    playbooks,
    plays: plays.length,
    tasks: project.coverage.tasks,
    supported: project.coverage.supported,
    gaps: gapsOf(each.filter((fault) => fault instanceof UnsupportedError)),
    faults: each.filter((fault) => !(fault instanceof UnsupportedError)),
  };
}

/** Files as they are, and the playbooks of directories, each once. @throws as {@link lintPlaybooks}. */
export function findLintable(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((one) => (isDirectory(one) ? findPlaybooks(one) : [one])))];
}

function gapsOf(faults: readonly UnsupportedError[]): Gap[] {
  const names = [...new Set(faults.map(({ subject }) => subject))];
  const gaps = names.map((name) => ({ name, uses: faults.filter(({ subject }) => subject === name) }));
  return gaps.sort((a, b) => b.uses.length - a.uses.length);
}

/** A role that several plays use says the same each time it is read. */
function eachOnce(faults: readonly SshoalError[]): SshoalError[] {
  const byPlace = new Map(faults.map((fault) => [`${fault.code} ${fault.message} ${placeOf(fault)}`, fault]));
  return [...byPlace.values()];
}

function placeOf({ where }: SshoalError): string {
  return where === undefined || typeof where === 'string' ? (where ?? '') : formatPosition(where);
}
