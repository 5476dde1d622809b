// lookup vars: the values of variables whose names are made by templates.
import { UndefinedError } from '../../jinja/errors.ts';
import { data } from '../../jinja/values.ts';
import type { Lookup } from './seam.ts';
import { failed } from './terms.ts';

export const vars: Lookup = {
  name: 'vars',
  summary: 'variables by name',
  options: { default: { type: 'raw', description: 'What one comes to that is not defined' } },
  find: (terms, { default: otherwise }, { scope }) =>
    terms.map((term) => {
      if (typeof term !== 'string') throw failed('vars', 'the name of a variable must be text', 'Put it in quotes');
      try {
        const value = scope.get(term);
        if (value !== undefined) return data(value);
      } catch (error) {
        if (!(error instanceof UndefinedError) || otherwise === undefined) throw error;
      }
      if (otherwise !== undefined) return otherwise as string;
      throw new UndefinedError(term, `There is no variable ${term}`, {
        fix: `Define it, or give a default: lookup('vars', '${term}', default='')`,
      });
    }),
};
