// The verb complete: what the completion scripts ask while somebody writes. It says nothing rather than something wrong.
import { SshoalError } from '../../base/errors.ts';
import type { Reply } from '../completion/candidates.ts';
import { SHELLS } from '../completion/scripts.ts';
import { bashWords, plainWords } from '../completion/shell-words.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { Verb } from '../verb.ts';

export const completeVerb: Verb = {
  name: 'complete',
  summary: 'say what can stand at the cursor',
  notes: [
    'The first line is names, files or playbooks; the shell itself finds the latter two. The candidates follow, one a line: whole words, then a tab and their meaning; for bash the piece alone that it replaces.',
  ],
  usage: 'bash|zsh|fish -- [words...]',
  words: [
    { form: '<shell>', meaning: 'who asks', choices: SHELLS },
    { form: '[words...]', meaning: 'the words after the name of the program, up to the cursor, as the shell has them' },
  ],
  flags: [],
  examples: [{ line: "sshoal complete zsh -- run 'web:d'", meaning: 'groups and hosts that begin with d' }],
  hidden: true,
  unconfigured: true,
  run: async ({ words: [shell, ...pieces] }, context) => {
    const { words, dropped } = shell === 'bash' ? bashWords(pieces) : plainWords(pieces);
    const reply = await replyTo(words, context);
    const lines = reply.kind === 'names' ? reply.candidates : [];
    const shown = lines.map(({ text, meaning }) =>
      shell === 'bash' ? text.slice(dropped) : meaning === '' ? text : `${text}\t${meaning}`,
    );
    context.stdout.write([reply.kind, ...shown, ''].join('\n'));
    return EXIT.ok;
  },
};

async function replyTo(words: readonly string[], context: Context): Promise<Reply> {
  const [{ candidatesFor }, { situationOf }] = await Promise.all([
    import('../completion/candidates.ts'),
    import('../completion/situation.ts'),
  ]);
  try {
    return await candidatesFor(situationOf(words), async (given) => {
      // Loaded here: only where a name of a host can stand is an inventory read.
      const { inventoryNames } = await import('../completion/names.ts');
      return await inventoryNames(given, context);
    });
  } catch (error) {
    // A fault of an inventory or a configuration is said when the line is run; in the midst of writing it would only be in the way.
    if (error instanceof SshoalError) return { kind: 'names', candidates: [] };
    throw error;
  }
}
