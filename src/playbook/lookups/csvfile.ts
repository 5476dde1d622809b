// lookup csvfile: a column of the line of a CSV file that begins with a key.

import type { ParamSpecs } from '../../modules/seam.ts';
import { readOptions } from './options.ts';
import { readText } from './read-text.ts';
import type { Lookup } from './seam.ts';
import { failed, inlineOptions, textTerm } from './terms.ts';

const OPTIONS: ParamSpecs = {
  file: { type: 'str', default: 'ansible.csv', description: 'The file' },
  col: { type: 'str', default: '1', description: 'The number of the column, from 0' },
  delimiter: { type: 'str', default: 'TAB', description: 'What stands between columns; TAB for a tabulator' },
  default: { type: 'raw', description: 'What a key comes to that is not there; nothing when not given' },
  encoding: { type: 'str', default: 'utf-8', description: 'How the file is encoded' },
};

export const csvfile: Lookup = {
  name: 'csvfile',
  summary: 'a column of the line of a CSV file that begins with a key',
  options: OPTIONS,
  find: (terms, options, context) => {
    let own = options;
    return terms.flatMap((term) => {
      const { key, given } = inlineOptions('csvfile', textTerm('csvfile', term), Object.keys(OPTIONS));
      if (key === undefined) throw failed('csvfile', 'a term must begin with a key', "Write lookup('csvfile', 'key', file='users.csv')");
      // As in Ansible: what one term says holds for those after it.
      const inline = readOptions('csvfile', OPTIONS, given);
      own = { ...own, ...Object.fromEntries([...given.keys()].map((name) => [name, inline[name]])) };
      const { file, text } = readText('csvfile', String(own.file as string), 'files', context, String(own.encoding as string));
      const delimiter = own.delimiter === 'TAB' ? '\t' : String(own.delimiter as string);
      if ([...delimiter].length !== 1) throw failed('csvfile', 'delimiter must be one character', 'Write delimiter=, or delimiter=TAB');
      const row = rowsOf(text, delimiter).find(([first]) => first === key);
      if (row === undefined) return own.default === undefined ? [] : ([own.default].flat() as string[]);
      const column = Number(own.col);
      const value = Number.isInteger(column) ? row.at(column) : undefined;
      if (value === undefined)
        throw failed('csvfile', `the line of ${key} in ${file} has no column ${String(own.col as string)}`, 'Columns count from 0');
      return [value];
    });
  },
};

/** Lines and columns as Python's csv module reads them in the dialect of Excel. */
function rowsOf(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  let begun = false;
  const endField = (): void => {
    row.push(field);
    field = '';
    begun = false;
  };
  const endRow = (): void => {
    if (begun || row.length > 0) endField();
    rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quoted) {
      if (char !== '"') field += char;
      else if (text[at + 1] === '"') {
        field += '"';
        at++;
      } else quoted = false;
    } else if (char === '"' && field === '' && !begun) {
      quoted = true;
      begun = true;
    } else if (char === delimiter) endField();
    else if (char === '\n' || char === '\r') {
      if (char === '\r' && text[at + 1] === '\n') at++;
      endRow();
    } else {
      field += char;
      begun = true;
    }
  }
  if (begun || row.length > 0) endRow();
  return rows;
}
