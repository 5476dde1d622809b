// lookup varnames: names of variables that regular expressions find.
import { pythonRegex } from '../../jinja/regex/python-regex.ts';
import type { Lookup } from './seam.ts';
import { failed, MOST_PATTERN_MS } from './terms.ts';

export const varnames: Lookup = {
  name: 'varnames',
  summary: 'names of variables by regular expression',
  options: {},
  find: (terms, _options, { names }) =>
    terms.flatMap((term) => {
      if (typeof term !== 'string') throw failed('varnames', 'a pattern must be text', 'Put it in quotes');
      const pattern = pythonRegex(term);
      const time = { patternMs: MOST_PATTERN_MS };
      return names().filter((name) => pattern.search(name, time) !== null);
    }),
};
