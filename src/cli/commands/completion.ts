// The verb completion: a script for the user's shell.
import { SCRIPTS, SHELLS, type Shell } from '../completion/scripts.ts';
import { EXIT } from '../exit-code.ts';
import type { Verb } from '../verb.ts';

export const completionVerb: Verb = {
  name: 'completion',
  summary: 'print a script that makes a shell complete verbs, flags, hosts and groups',
  notes: [
    'The script says in its first lines how it is installed. Hosts and groups are those of the inventory that the line itself or the configuration chooses; executable inventory scripts are not run for it.',
  ],
  usage: 'bash|zsh|fish',
  words: [{ form: '<shell>', meaning: 'bash, zsh or fish', choices: SHELLS }],
  flags: [],
  examples: [
    { line: 'sshoal completion bash > ~/.local/share/bash-completion/completions/sshoal', meaning: 'for every bash from now on' },
    { line: 'sshoal completion fish | source', meaning: 'for this shell, if it is fish' },
  ],
  unconfigured: true,
  run: async ({ words }, context) => {
    context.stdout.write(SCRIPTS[words[0] as Shell]);
    return await Promise.resolve(EXIT.ok);
  },
};
