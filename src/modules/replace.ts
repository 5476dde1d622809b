// The module replace: every match of a regular expression in a file becomes something else.

import { ModuleError } from './errors.ts';
import { EDIT_PARAMS, editFaults, editFile, lookAtFileOnly, patternFaults } from './files/edit-file.ts';
import { textOf } from './parameters/params.ts';
import { expandMatch, findAll, pythonRegex } from './regex/python-regex.ts';
import { failed } from './script/answer.ts';
import { decodeText, encodeText } from './script/text.ts';
import type { FoundFile, Module, ModuleContext, Params, Step } from './seam.ts';

/** `replace`: as ansible 2.14, which works on text: `\w` takes every letter of every script. Files are UTF-8. */
export const replace: Module = {
  name: 'replace',
  summary: 'Replaces every match of a regular expression in a file',
  params: {
    regexp: { type: 'str', required: true, description: 'a regular expression of Python, over the whole file: ^ and $ are of lines' },
    replace: { type: 'str', default: '', description: 'what each match becomes, with its groups as \\1 or \\g<name>; default: nothing' },
    after: { type: 'str', description: 'a regular expression: only what comes after it is looked at' },
    before: { type: 'str', description: 'a regular expression: only what comes before it is looked at' },
    encoding: { type: 'str', default: 'utf-8', choices: ['utf-8', 'UTF-8', 'utf8', 'ascii'], description: 'of the file' },
    ...EDIT_PARAMS,
  },
  checkMode: 'inspects',
  check: (params) => [
    ...editFaults(params),
    ...(textOf(params, 'regexp') === undefined ? [] : patternFaults(() => regexOf(params))),
    ...patternFaults(() => sectionOf(params)),
  ],
  compile: (params, context) => lookAtFileOnly(params, context, (found) => decide(found, params, context)),
};

function regexOf(params: Params): RegExp {
  return pythonRegex(textOf(params, 'regexp') ?? '', { isText: true, flags: 'm' });
}

// Between the two, as few characters as will do; after the one, as many as there are.
function sectionOf(params: Params): { readonly pattern: string; readonly regex: RegExp } | undefined {
  const [after = '', before = ''] = [textOf(params, 'after'), textOf(params, 'before')];
  if (after === '' && before === '') return undefined;
  const pattern = `${after}(?P<subsection>.*${after !== '' && before !== '' ? '?' : ''})${before}`;
  const regex = pythonRegex(pattern, { isText: true, flags: 's' });
  return { pattern, regex: new RegExp(regex, `${regex.flags}d`) };
}

function decide(found: FoundFile, params: Params, context: ModuleContext): Step {
  if (!found.exists) return failed(`Path ${found.path} does not exist !`, { rc: 257 });
  const text = decodeText(found.bytes);
  const section = sectionOf(params);
  const place = section === undefined ? [0, text.length] : section.regex.exec(text)?.indices?.groups?.subsection;
  // Not an edit at all: as in Ansible, not even mode and owner are set.
  if (place === undefined) {
    const msg = `Pattern for before/after params did not match the given file: ${section?.pattern ?? ''}`;
    return { kind: 'finished', result: { changed: false, failed: false, msg, values: new Map([['rc', 0]]) } };
  }
  const [start = 0, end = 0] = place;
  try {
    const { after, count } = substitute(text.slice(start, end), params);
    const isChanged = after !== text.slice(start, end);
    const edit = {
      after: isChanged ? Buffer.from(encodeText(text.slice(0, start) + after + text.slice(end))) : found.bytes,
      msg: isChanged ? `${count} replacements made` : '',
      header: found.path,
      values: (backup: string | undefined) => ({ rc: 0, backup_file: backup }),
    };
    return editFile(found, edit, params, context);
  } catch (error) {
    // A group that `replace` names and `regexp` does not have.
    if (error instanceof ModuleError) return failed(error.message);
    throw error;
  }
}

function substitute(text: string, params: Params): { readonly after: string; readonly count: number } {
  const regex = regexOf(params);
  const template = textOf(params, 'replace') ?? '';
  const parts: string[] = [];
  let [at, count] = [0, 0];
  for (const match of findAll(regex, text)) {
    parts.push(text.slice(at, match.index), expandMatch(match, template));
    at = match.index + match[0].length;
    count++;
  }
  return { after: parts.join('') + text.slice(at), count };
}
