// lookup file: the content of files.
import { isOn } from '../../modules/parameters/params.ts';
import { readText } from './read-text.ts';
import type { Lookup } from './seam.ts';
import { textTerm } from './terms.ts';

export const file: Lookup = {
  name: 'file',
  summary: 'the content of files',
  options: {
    rstrip: { type: 'bool', default: true, description: 'Without blanks and newlines at the end' },
    lstrip: { type: 'bool', default: false, description: 'Without blanks and newlines at the beginning' },
  },
  find: (terms, options, context) =>
    terms.map((term) => {
      const { text } = readText('file', textTerm('file', term), 'files', context);
      const right = isOn(options, 'rstrip') ? text.trimEnd() : text;
      return isOn(options, 'lstrip') ? right.trimStart() : right;
    }),
};
