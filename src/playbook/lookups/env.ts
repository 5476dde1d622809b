// lookup env: variables of the environment sshoal was started in.
import type { Lookup } from './seam.ts';
import { textTerm } from './terms.ts';

export const env: Lookup = {
  name: 'env',
  summary: 'variables of the environment',
  options: { default: { type: 'raw', default: '', description: 'What one comes to that is not set' } },
  find: (terms, options, { controller }) =>
    terms.map((term) => controller.environment[textTerm('env', term).trim().split(/\s+/)[0] ?? ''] ?? (options.default as string)),
};
