// The verb config: what is set, where it comes from, and how to begin a file of one's own.
import { EXIT } from '../exit-code.ts';
import type { Verb } from '../verb.ts';

const WHAT = ['show', 'path', 'init'] as const;

export const configVerb: Verb = {
  name: 'config',
  summary: 'show what is configured, and where',
  notes: [
    'show lists every setting with its value and the file, line or variable that it comes from; with --all also what is set for Ansible and does nothing here. path lists the files that are looked for. init prints a sshoal.yml in which everything is commented out.',
  ],
  usage: 'show|path|init [flags]',
  words: [{ form: '<what>', meaning: 'show, path or init', choices: WHAT }],
  flags: ['all', 'output', 'color', 'config'],
  examples: [
    { line: 'sshoal config show --all', meaning: 'what holds here, and what ansible.cfg says in vain' },
    { line: 'sshoal config path', meaning: 'which files are read' },
    { line: 'sshoal config init > sshoal.yml', meaning: 'begin a file for this directory' },
  ],
  unconfigured: true,
  run: async ({ words, flags }, context) => {
    const [what] = words;
    if (what === 'init') {
      const { configTemplate } = await import('../config/template.ts');
      context.stdout.write(configTemplate());
      return EXIT.ok;
    }
    const [{ readConfiguration }, { placesText, settingsText }] = await Promise.all([
      import('../config/configuration.ts'),
      import('../config/listing.ts'),
    ]);
    if (what === 'path') {
      const { findPlaces } = await import('../config/find-config.ts');
      context.stdout.write(placesText(findPlaces(flags.config, context), flags.output));
      return EXIT.ok;
    }
    const configuration = await readConfiguration(flags.config, context);
    context.stdout.write(context.secrets.mask(settingsText(configuration, flags, context)));
    return EXIT.ok;
  },
};
