// The module lineinfile: that one line is in a file, or not.
import { dict } from '../base/value.ts';
import { ModuleError } from './errors.ts';
import { CREATE_PARAM, EDIT_PARAMS, editFaults, editFile, lookAtFileOnly, patternFaults } from './files/edit-file.ts';
import { type Edited, ensureLine, type LineEdit, linesOf, removeLines } from './files/edit-lines.ts';
import { isOn, textOf } from './parameters/params.ts';
import { pythonRegex } from './regex/python-regex.ts';
import { failed, finished } from './script/answer.ts';
import type { FoundFile, Module, ModuleContext, Params, Step } from './seam.ts';

/** `lineinfile`: as ansible 2.14. Only the bytes that differ are sent back; a link is followed, and stays. */
export const lineinfile: Module = {
  name: 'lineinfile',
  summary: 'Puts one line into a file, or takes it out',
  params: {
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether the line is there' },
    regexp: { type: 'str', aliases: ['regex'], description: 'a regular expression of Python: the line to replace or remove' },
    search_string: { type: 'str', description: 'a text in the line to replace or remove' },
    line: { type: 'str', aliases: ['value'], description: 'the line' },
    insertafter: { type: 'str', description: 'EOF, or a regular expression: a new line goes after it' },
    insertbefore: { type: 'str', description: 'BOF, or a regular expression: a new line goes before it' },
    backrefs: { type: 'bool', default: false, description: 'line holds groups of regexp; without a match nothing happens' },
    firstmatch: { type: 'bool', default: false, description: 'the first match counts, not the last' },
    ...CREATE_PARAM,
    ...EDIT_PARAMS,
  },
  checkMode: 'inspects',
  check(params, templated) {
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    const faults = editFaults(params);
    if (has('insertbefore') && has('insertafter')) faults.push('`insertbefore` and `insertafter` exclude each other');
    if (has('regexp') && has('search_string')) faults.push('`regexp` and `search_string` exclude each other');
    if (isOn(params, 'backrefs') && has('search_string')) faults.push('`backrefs` and `search_string` exclude each other');
    if (isOn(params, 'backrefs') && !has('regexp')) faults.push('`backrefs` needs `regexp`');
    if (params.state === 'present' && !has('line')) faults.push('`line` is needed, unless `state` is absent');
    if (params.state === 'absent' && !has('line') && !has('regexp') && !has('search_string')) {
      faults.push('one of `line`, `regexp` and `search_string` is needed');
    }
    return [...faults, ...patternsOf(params).flatMap((pattern) => patternFaults(() => pythonRegex(pattern)))];
  },
  compile: (params, context) => lookAtFileOnly(params, context, (found) => decide(found, params, context)),
};

function patternsOf(params: Params): string[] {
  const places = ['insertafter', 'insertbefore'].map((name) => textOf(params, name)).filter((text) => text !== 'EOF' && text !== 'BOF');
  return [textOf(params, 'regexp'), ...places].filter((text) => text !== undefined);
}

function decide(found: FoundFile, params: Params, context: ModuleContext): Step {
  const isAbsent = params.state === 'absent';
  if (!found.exists && isAbsent) return finished({ changed: false, failed: false, msg: 'file not present', values: dict() });
  if (!found.exists && !isOn(params, 'create')) return failed(`Destination ${found.path} does not exist !`, { rc: 257 });
  const lines = linesOf(found.bytes.toString('latin1'));
  let edited: Edited;
  try {
    edited = isAbsent ? removeLines(lines, editOf(params)) : ensureLine(lines, editOf(params));
  } catch (error) {
    if (error instanceof ModuleError) return failed(error.message);
    throw error;
  }
  const after = Buffer.from(edited.lines.join(''), 'latin1');
  const values = (backup = '') => ({ backup, found: edited.found });
  return editFile(found, { after, msg: edited.msg, values }, params, context);
}

function editOf(params: Params): LineEdit {
  return {
    line: textOf(params, 'line'),
    regexp: textOf(params, 'regexp'),
    searchString: textOf(params, 'search_string'),
    insertAfter: textOf(params, 'insertafter'),
    insertBefore: textOf(params, 'insertbefore'),
    backrefs: isOn(params, 'backrefs'),
    firstMatch: isOn(params, 'firstmatch'),
  };
}
