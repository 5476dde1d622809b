// The verb doc: what modules take and give, from the descriptions that tasks are checked with. It reaches no host.
import { existsSync } from 'node:fs';
import { neutralise } from '../../base/terminal.ts';
import { EXIT } from '../exit-code.ts';
import { noJunit } from '../output-flags.ts';
import type { Verb } from '../verb.ts';

export const docVerb: Verb = {
  name: 'doc',
  summary: 'say what modules take, as ansible-doc',
  notes: [
    'Without a name all modules are listed: those built in, those of library/ and roles/*/library/ in this directory, those of --library. A file there that is no module is listed too, with what is wrong with it.',
    'Modules of your own are described by the head of the sh file, or by what the JavaScript file exports; such a file is run on this machine to read that. --schema prints a JSON Schema for editors, your own modules included.',
  ],
  usage: '[modules...] [flags]',
  words: [{ form: '[modules...]', meaning: 'names; all in a list when not given' }],
  flags: ['library', 'schema', 'output', 'color', 'config'],
  examples: [
    { line: 'sshoal doc', meaning: 'all modules, a line each' },
    { line: 'sshoal doc copy', meaning: 'parameters, values and examples of one' },
    { line: 'sshoal doc --library modules -o json motd', meaning: 'one of your own, for a program to read' },
    { line: 'sshoal doc --schema playbook > playbook.schema.json', meaning: 'let the editor check playbooks while you write' },
  ],
  run: async ({ words, flags }, context) => {
    if (flags.output === 'junit') throw noJunit('doc');
    const [{ directoriesOf, modulesBeside }, { ACTIONS }, doc] = await Promise.all([
      import('../libraries.ts'),
      import('../../playbook/actions/registry.ts'),
      import('../doc-text.ts'),
    ]);
    // As if a playbook stood in this directory.
    const space = await modulesBeside(['playbook.yml'], flags, context);
    for (const directory of directoriesOf(flags, context).filter((one) => !existsSync(one)))
      context.stderr.write(`note: there is no library ${neutralise(directory)}\n`);
    const entries = doc.entriesOf(space, ACTIONS.values());
    if (flags.schema !== undefined) {
      const { playbookSchema } = await import('../../playbook/schema.ts');
      const { modulesSchema } = await import('../../modules/docs/schema.ts');
      const descriptions = entries.flatMap((entry) => (entry.kind === 'described' ? [entry.description] : []));
      const schema = flags.schema === 'modules' ? modulesSchema(descriptions) : playbookSchema(descriptions);
      context.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
      return EXIT.ok;
    }
    const wanted = words.length === 0 ? entries : doc.chosen(words, entries);
    context.stdout.write(doc.entriesText(wanted, words.length === 0 ? 'list' : 'whole', flags, context));
    return EXIT.ok;
  },
};
