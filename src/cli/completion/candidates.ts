// What can stand at the cursor: verbs, flags, values, hosts and groups. It does not know how a shell is told.

import { optionMeaning, optionOf } from '../flag-options.ts';
import type { FlagName } from '../flags.ts';
import type { Verb } from '../verb.ts';
import { verbs } from '../verbs.ts';
import type { Place, Situation } from './situation.ts';

export interface Candidate {
  /** The whole word. */
  readonly text: string;
  readonly meaning: string;
}

/** Candidates, or what the shell itself knows best to find. */
export type Reply =
  | { readonly kind: 'names'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'files' }
  | { readonly kind: 'playbooks' };

/** Hosts and groups; called only where one can stand. */
export type FindNames = (given: Situation['given']) => Promise<readonly Candidate[]>;

const FILES: Reply = { kind: 'files' };
const NOTHING: Reply = { kind: 'names', candidates: [] };
const HELP: readonly Candidate[] = [{ text: '--help', meaning: 'show this help' }];
/** What stands for a path in the forms of flags and words. */
const PATHS = new Set(['<file>', '<source>', '<local>', '[local]']);
/** Flags whose value is a pattern of hosts, or a host. */
const ABOUT_HOSTS: ReadonlySet<FlagName> = new Set(['limit', 'host', 'onHost']);

/** What can stand at the cursor. */
export async function candidatesFor(situation: Situation, findNames: FindNames): Promise<Reply> {
  const { verb, place, current } = situation;
  if (place.kind === 'nothing') return NOTHING;
  if (place.kind === 'verb') return starting(current, verbCandidates());
  if (verb === undefined) return starting(current, [...HELP, { text: '--version', meaning: 'print the version' }]);
  if (place.kind === 'flag') return starting(current, [...flagCandidates(verb, situation), ...HELP]);
  if (place.kind === 'value') return await valueReply(place, situation, findNames);
  return await wordReply(verb, place.index, situation, findNames);
}

function verbCandidates(): Candidate[] {
  return verbs.filter((verb) => verb.hidden !== true).map(({ name, summary }) => ({ text: name, meaning: summary }));
}

function flagCandidates(verb: Verb, { given, current }: Situation): Candidate[] {
  return verb.flags.flatMap((name) => {
    const option = optionOf(name);
    const again = Array.isArray(option.defaultValue) || name === 'verbose';
    if (given.has(name) && !again) return [];
    // The short ones help only whoever has written no more than a dash.
    const forms = current === '-' ? [option.short, option.long] : [option.long];
    return forms.flatMap((text) => (text === undefined ? [] : [{ text, meaning: optionMeaning(option) }]));
  });
}

async function valueReply(place: Extract<Place, { kind: 'value' }>, situation: Situation, findNames: FindNames): Promise<Reply> {
  const option = optionOf(place.flag);
  if (option.argChoices !== undefined) {
    return starting(
      situation.current,
      option.argChoices.map((choice) => ({ text: `${place.before}${choice}`, meaning: '' })),
    );
  }
  if (ABOUT_HOSTS.has(place.flag)) return await patternReply(place.before, place.text, situation, findNames);
  return PATHS.has(/<.*>$/.exec(option.flags)?.[0] ?? '') ? FILES : NOTHING;
}

async function wordReply(verb: Verb, index: number, situation: Situation, findNames: FindNames): Promise<Reply> {
  const last = verb.words.at(-1);
  const word = verb.words[index] ?? (last?.form.includes('...') === true ? last : undefined);
  if (word === undefined) return NOTHING;
  if (word.choices !== undefined) {
    return starting(
      situation.current,
      word.choices.map((text) => ({ text, meaning: '' })),
    );
  }
  if (word.form === '<pattern>') return await patternReply('', situation.current, situation, findNames);
  if (word.form === '[playbook...]') return { kind: 'playbooks' };
  return PATHS.has(word.form) ? FILES : NOTHING;
}

/** Names after the last sign that parts a pattern, each with all that stands before it. */
async function patternReply(before: string, text: string, { given }: Situation, findNames: FindNames): Promise<Reply> {
  const [, parts = '', name = ''] = /^(.*[:,!&])?(.*)$/s.exec(text) ?? [];
  // Regular expressions, ranges and files of patterns are not made of names.
  if (/^~/.test(text) || /^@|\[/.test(name)) return NOTHING;
  const names = await findNames(given);
  const found = names.filter((one) => one.text.startsWith(name));
  return { kind: 'names', candidates: found.map((one) => ({ ...one, text: `${before}${parts}${one.text}` })) };
}

function starting(current: string, candidates: readonly Candidate[]): Reply {
  return { kind: 'names', candidates: candidates.filter(({ text }) => text.startsWith(current)) };
}
