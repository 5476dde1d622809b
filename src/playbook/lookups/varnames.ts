// lookup varnames: names of variables that regular expressions find.
import { pythonRegex } from '../../jinja/python-regex.ts';
import type { Lookup } from './seam.ts';
import { failed } from './terms.ts';

export const varnames: Lookup = {
  name: 'varnames',
  summary: 'names of variables by regular expression',
  options: {},
  find: (terms, _options, { names }) =>
    terms.flatMap((term) => {
      if (typeof term !== 'string') throw failed('varnames', 'a pattern must be text', 'Put it in quotes');
      const pattern = pythonRegex(term);
      return names().filter((name) => pattern.test(name));
    }),
};
