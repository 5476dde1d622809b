// lookup first_found: the first of several files that exists.
import path from 'node:path';
import { type Dict, isDict, type Value } from '../../base/value.ts';
import { isOn, textsOf } from '../../modules/parameters/params.ts';
import type { ParamSpecs, Params } from '../../modules/seam.ts';
import { findFile } from '../run/find-file.ts';
import { readOptions } from './options.ts';
import type { Lookup } from './seam.ts';
import { failed, textTerm } from './terms.ts';

const OPTIONS: ParamSpecs = {
  files: { type: 'list', elements: 'str', default: [], description: 'Names, instead of the terms' },
  paths: { type: 'list', elements: 'str', default: [], description: 'Directories in which each name is looked for' },
  skip: { type: 'bool', default: false, description: 'Where there is none, be content with nothing' },
};

export const firstFound: Lookup = {
  name: 'first_found',
  summary: 'the path of the first file that exists; a term is a name, or a dict of the options',
  options: OPTIONS,
  find: (terms, options, { directories, subdirectory = 'files' }) => {
    const { names, skip } = search(terms, options);
    for (const name of names) {
      const found = findFile(name, subdirectory, directories);
      if (found !== undefined) return [found];
    }
    if (skip) return [];
    throw failed('first_found', `there is none of these: ${names.join(', ')}`, 'Add one of the files, or give skip: true');
  },
};

interface Search {
  readonly names: readonly string[];
  readonly skip: boolean;
}

// As ansible 2.14: a term with files of its own, but without paths, takes the place of all terms before it; the last skip counts.
function search(terms: readonly Value[], options: Params): Search {
  let found: Search = { names: [], skip: false };
  for (const term of terms) {
    if (Array.isArray(term)) {
      const inner = search(term, options);
      found = { names: [...found.names, ...inner.names], skip: inner.skip };
      continue;
    }
    const own = isDict(term) ? readOptions('first_found', OPTIONS, term as Dict) : options;
    const files = split(textsOf(own, 'files') ?? [], /[,;]/);
    const paths = split(textsOf(own, 'paths') ?? [], /[,:;]/);
    const skip = isOn(own, 'skip');
    if (paths.length > 0) found = { names: [...found.names, ...paths.flatMap((one) => files.map((file) => path.join(one, file)))], skip };
    else if (files.length > 0) found = { names: files, skip };
    else found = { names: isDict(term) ? found.names : [...found.names, textTerm('first_found', term)], skip };
  }
  return found;
}

function split(texts: readonly string[], separator: RegExp): string[] {
  return texts.flatMap((text) => text.split(separator));
}
