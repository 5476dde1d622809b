// lookup unvault: the content of files that may be vaults, to the last newline.
import { readText } from './read-text.ts';
import type { Lookup } from './seam.ts';
import { textTerm } from './terms.ts';

export const unvault: Lookup = {
  name: 'unvault',
  summary: 'the content of files that may be encrypted, unchanged',
  options: {},
  find: (terms, _options, context) => terms.map((term) => readText('unvault', textTerm('unvault', term), 'files', context).text),
};
