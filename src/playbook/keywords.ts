// The keywords of plays, blocks and tasks: which are understood, and which Ansible has besides. It parses nothing.
import type { Position } from '../base/position.ts';
import { didYouMean } from '../base/suggest.ts';
import { PlaybookError } from './errors.ts';
import { LOOP_KEYWORDS } from './loop-items.ts';

const COMMON = [
  'name',
  'vars',
  'when',
  'tags',
  'become',
  'become_user',
  'become_method',
  'environment',
  'ignore_errors',
  'ignore_unreachable',
  'any_errors_fatal',
  'check_mode',
  'diff',
  'no_log',
  'run_once',
  'timeout',
  'collections',
  'debugger',
] as const;
const COMMON_LATER = [
  'become_exe',
  'become_flags',
  'connection',
  'port',
  'remote_user',
  'throttle',
  'module_defaults',
  'delegate_to',
  'delegate_facts',
  'local_action',
];

export const PLAY_KEYWORDS: ReadonlySet<string> = new Set([
  ...COMMON.filter((name) => name !== 'when' && name !== 'run_once'),
  'hosts',
  'gather_facts',
  'tasks',
  'pre_tasks',
  'post_tasks',
  'handlers',
  'vars_files',
  'vars_prompt',
  'remote_user',
  'user',
  'connection',
  'serial',
  'max_fail_percentage',
  'strategy',
]);
export const PLAY_LATER = new Set([
  'roles',
  'gather_subset',
  'gather_timeout',
  'fact_path',
  'order',
  'force_handlers',
  'port',
  'throttle',
  'module_defaults',
  'become_exe',
  'become_flags',
  'run_once',
]);

export const BLOCK_KEYWORDS: ReadonlySet<string> = new Set([...COMMON, 'block', 'rescue', 'always', 'notify']);
export const BLOCK_LATER = new Set(COMMON_LATER);

export const TASK_KEYWORDS: ReadonlySet<string> = new Set([
  ...COMMON,
  'args',
  'action',
  'register',
  ...LOOP_KEYWORDS,
  'loop_control',
  'changed_when',
  'failed_when',
  'until',
  'retries',
  'delay',
  'notify',
  'listen',
]);
export const TASK_LATER = new Set([...COMMON_LATER, 'async', 'poll', 'with_filetree']);

/** Statements in the place of a module that are not there yet. */
export const STATEMENTS_LATER: ReadonlySet<string> = new Set([
  'include',
  'include_tasks',
  'import_tasks',
  'include_role',
  'import_role',
  'import_playbook',
  'add_host',
  'group_by',
  'pause',
  'set_stats',
  'wait_for_connection',
  'gather_facts',
]);

/** What a keyword is in a place: understood, Ansible's but not ours yet, or unknown there. */
export function keywordFault(
  kind: 'play' | 'block' | 'task',
  keyword: string,
  where: Position,
  further: Iterable<string> = [],
): PlaybookError | undefined {
  const [known, later] =
    kind === 'play' ? [PLAY_KEYWORDS, PLAY_LATER] : kind === 'block' ? [BLOCK_KEYWORDS, BLOCK_LATER] : [TASK_KEYWORDS, TASK_LATER];
  if (known.has(keyword)) return undefined;
  if (later.has(keyword)) return notYet(`The ${kind} keyword \`${keyword}\``, where);
  return new PlaybookError('UNKNOWN_KEYWORD', `There is no ${kind} keyword \`${keyword}\``, {
    where,
    fix: didYouMean(keyword, [...known, ...later, ...further], `See the keywords of a ${kind} in the documentation`),
  });
}

/** Ansible has it, and we do not: said before anything is touched, never passed over. */
export function notYet(what: string, where: Position, instead?: string): PlaybookError {
  return new PlaybookError('NOT_SUPPORTED_YET', `${what} is not supported yet`, {
    where,
    fix: instead ?? 'Leave it out, or play this playbook with ansible-playbook for now',
  });
}
