// The verb shell: one prompt, many hosts.
import { REACH_FLAGS, RECORD_FLAGS } from '../flag-groups.ts';
import { noJunit } from '../output-flags.ts';
import type { Verb } from '../verb.ts';

export const shellVerb: Verb = {
  name: 'shell',
  summary: 'type commands for many hosts at one prompt',
  notes: [
    'Every line runs on all hosts, each time in a new shell; the connections stay open. Lines that begin with : are commands of the shell itself: they change who is worked on, directory, variables, user, and send and fetch files. :help lists them.',
    'Ctrl-C ends what runs on the hosts and leads back to the prompt; Ctrl-D leaves. What is typed is kept in $XDG_STATE_HOME/sshoal/history (~/.local/state), except lines that start with a space. Every line writes a journal of its own, except those; see sshoal runs.',
    'Without a terminal the lines come from stdin, and the first that fails is the last, unless --keep-going.',
  ],
  usage: '<pattern> [flags]',
  words: [{ form: '<pattern>', meaning: 'hosts and groups, as in Ansible' }],
  flags: [...REACH_FLAGS, 'timeout', 'keepGoing', ...RECORD_FLAGS],
  examples: [
    { line: 'sshoal shell web', meaning: 'a prompt for all hosts of the group web' },
    { line: "sshoal shell 'web:!web07' -b --host-key ask", meaning: 'as root; new hosts are shown, and asked about together' },
    { line: 'sshoal shell all < lines.txt', meaning: 'the lines of a file, one after another' },
  ],
  run: async ({ words, flags }, context) => {
    if (flags.output === 'junit') throw noJunit('shell');
    const [pattern = ''] = words;
    const { openShell } = await import('../shell/open.ts');
    return await openShell(pattern, flags, context);
  },
};
