// lookup config: settings of the run by the names Ansible gives them.
import type { Lookup } from './seam.ts';
import { failed } from './terms.ts';

const NO_PLUGINS = 'There are no plugins here: read the setting of the run itself';

export const config: Lookup = {
  name: 'config',
  summary: 'settings of the run by the names Ansible gives them: DEFAULT_FORKS, DEFAULT_REMOTE_USER',
  options: {
    on_missing: {
      type: 'str',
      default: 'error',
      choices: ['error', 'warn', 'skip'],
      description: 'What a setting that is not there comes to',
    },
    plugin_type: { type: 'str', unsupported: NO_PLUGINS, description: 'Whose setting' },
    plugin_name: { type: 'str', unsupported: NO_PLUGINS, description: 'Whose setting' },
  },
  find: (terms, { on_missing: onMissing }, { controller, warn }) =>
    terms.flatMap((term) => {
      if (typeof term !== 'string') throw failed('config', 'the name of a setting must be text', 'Put it in quotes');
      const value = controller.settings.get(term);
      if (value !== undefined) return [value];
      if (onMissing === 'error')
        throw failed(
          'config',
          `there is no setting ${term}`,
          `Known: ${[...controller.settings.keys()].join(', ')}; or give on_missing='skip'`,
        );
      if (onMissing === 'warn') warn(`Skipping, did not find setting ${term}`);
      return [];
    }),
};
