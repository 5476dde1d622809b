// The keywords of plays, roles, blocks and tasks: which are understood, and which Ansible has besides. It parses nothing.
import type { Position } from '../../base/position.ts';
import { didYouMean } from '../../base/suggest.ts';
import { PlaybookError, UnsupportedError } from '../errors.ts';

/** How far a keyword goes: as in ansible 2.14, otherwise than there, or refused before anything is touched. */
export interface Support {
  readonly status: 'supported' | 'differs' | 'not yet';
  readonly note?: string;
}
export type Place = 'play' | 'role' | 'block' | 'task';
type Table = Readonly<Record<string, Support>>;

const YES: Support = { status: 'supported' };
const differs = (note: string): Support => ({ status: 'differs', note });
const notHere = (note?: string): Support => ({ status: 'not yet', ...(note === undefined ? {} : { note }) });

function all(support: Support, ...names: readonly string[]): Table {
  return Object.fromEntries(names.map((name) => [name, support]));
}

const COMMON: Table = {
  ...all(YES, 'name', 'vars', 'tags', 'become', 'become_user', 'become_method', 'become_exe', 'become_flags'),
  ...all(YES, 'connection', 'port', 'remote_user', 'environment'),
  ...all(YES, 'check_mode', 'diff', 'ignore_errors', 'ignore_unreachable', 'no_log', 'run_once', 'throttle', 'timeout'),
  on_unreachable: differs('of sshoal alone: `fail` makes it a failure that can be rescued, `retry(n)` tries again first'),
  any_errors_fatal: differs('hosts that did not fail go to the rescue too, as ansible 2.17'),
  module_defaults: differs('groups of modules are accepted, without effect: none holds a module that is there'),
  ...all(differs('roles and playbooks of collections; their modules are Python'), 'collections'),
  ...all(differs('accepted, without effect'), 'debugger'),
};
const CONDITIONAL = all(YES, 'when', 'delegate_to', 'delegate_facts');

/** Every keyword of Ansible by where it stands. */
export const KEYWORDS: Readonly<Record<Place, Table>> = {
  play: {
    ...COMMON,
    ...all(YES, 'hosts', 'gather_facts', 'tasks', 'pre_tasks', 'post_tasks', 'roles', 'handlers', 'vars_files', 'user'),
    ...all(YES, 'serial', 'max_fail_percentage', 'order', 'force_handlers', 'gather_subset', 'gather_timeout', 'fact_path'),
    strategy: differs('linear, free and host_pinned; no debug'),
    vars_prompt: YES,
  },
  role: { ...COMMON, ...CONDITIONAL, ...all(YES, 'role') },
  block: {
    ...COMMON,
    ...CONDITIONAL,
    ...all(YES, 'block', 'rescue', 'always'),
    notify: YES,
  },
  task: {
    ...COMMON,
    ...CONDITIONAL,
    ...all(YES, 'args', 'action', 'local_action', 'register', 'loop', 'loop_control', 'changed_when', 'failed_when', 'until', 'retries'),
    ...all(YES, 'delay', 'notify', 'listen', 'poll'),
    async: differs('modules that are one script; the job needs no Python'),
    first_available_file: notHere('use with_first_found'),
  },
};

/** What a keyword is in a place: undefined when it is understood; else Ansible's but not ours yet, or unknown there. */
export function keywordFault(place: Place, keyword: string, where: Position, further: Iterable<string> = []): PlaybookError | undefined {
  const support = supportOf(place, keyword);
  if (support === undefined) {
    return new PlaybookError('UNKNOWN_KEYWORD', `There is no ${place} keyword \`${keyword}\``, {
      where,
      fix: didYouMean(keyword, [...Object.keys(KEYWORDS[place]), ...further], `See the keywords of a ${place} in the documentation`),
    });
  }
  return support.status === 'not yet' ? notYet(`The ${place} keyword \`${keyword}\``, where, support.note) : undefined;
}

/** Whether Ansible has the keyword there, and we too. */
export function isKeyword(place: Place, keyword: string): boolean {
  const support = supportOf(place, keyword);
  return support !== undefined && support.status !== 'not yet';
}

function supportOf(place: Place, keyword: string): Support | undefined {
  return Object.hasOwn(KEYWORDS[place], keyword) ? KEYWORDS[place][keyword] : undefined;
}

/** Ansible has it, and we do not: said before anything is touched, never passed over. */
export function notYet(what: string, where: Position, instead?: string): UnsupportedError {
  return new UnsupportedError('NOT_SUPPORTED_YET', `${what} is not supported yet`, what, {
    where,
    fix: instead ?? 'Leave it out, or play this playbook with ansible-playbook for now',
  });
}
