// The verb ping: whether hosts let us in.
import { COURSE_FLAGS, JOURNAL_FLAGS, NODE_FLAGS, REACH_FLAGS, REPORT_FLAGS } from '../flag-groups.ts';
import { OBSERVE_FLAGS } from '../observe-flags.ts';
import type { Verb } from '../verb.ts';

export const pingVerb: Verb = {
  name: 'ping',
  summary: 'log in to many hosts, and run nothing',
  notes: [],
  usage: '<pattern> [flags]',
  words: [{ form: '<pattern>', meaning: 'hosts and groups, as in Ansible; with -w there is none' }],
  flags: [...NODE_FLAGS, ...REACH_FLAGS, ...REPORT_FLAGS, ...JOURNAL_FLAGS, ...OBSERVE_FLAGS, ...COURSE_FLAGS],
  examples: [
    { line: 'sshoal ping all', meaning: 'who is there' },
    { line: 'sshoal ping web --host-key ask', meaning: 'meet new hosts, and keep the keys you accept' },
  ],
  run: async ({ words, flags }, context) => {
    const [pattern = ''] = words;
    const [{ performAdHoc }, { wanted }] = await Promise.all([import('../ad-hoc.ts'), import('../who.ts')]);
    const instructions = async () => () => ({ kind: 'ping', timeoutMs: flags.timeout }) as const;
    return await performAdHoc({ verb: 'ping', subject: wanted(pattern, flags), pattern, instructions }, flags, context);
  },
};
