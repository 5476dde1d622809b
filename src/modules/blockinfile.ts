// The module blockinfile: lines between two marks in a file.
import { dict } from '../base/value.ts';
import { CREATE_PARAM, EDIT_PARAMS, editFaults, editFile, lookAtFileOnly, patternFaults } from './files/edit-file.ts';
import { isOn, textOf } from './parameters/params.ts';
import { pythonRegex } from './regex/python-regex.ts';
import { failed, finished } from './script/answer.ts';
import type { FoundFile, Module, ModuleContext, Params, Step } from './seam.ts';

/** `blockinfile`: as ansible 2.14. An empty block is taken out, as with `state: absent`. */
export const blockinfile: Module = {
  name: 'blockinfile',
  summary: 'Puts lines between two marks into a file, or takes them out',
  params: {
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether the block is there' },
    block: { type: 'str', default: '', aliases: ['content'], description: 'the lines' },
    marker: { type: 'str', default: '# {mark} ANSIBLE MANAGED BLOCK', description: 'the two marks; {mark} becomes what follows' },
    marker_begin: { type: 'str', default: 'BEGIN', description: 'in the mark before the block' },
    marker_end: { type: 'str', default: 'END', description: 'in the mark after the block' },
    insertafter: { type: 'str', description: 'EOF, or a regular expression of Python: a new block goes after the last line with it' },
    insertbefore: { type: 'str', description: 'BOF, or a regular expression of Python: a new block goes before the last line with it' },
    ...CREATE_PARAM,
    ...EDIT_PARAMS,
  },
  checkMode: 'inspects',
  check(params, templated) {
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    const faults = editFaults(params);
    if (has('insertbefore') && has('insertafter')) faults.push('`insertbefore` and `insertafter` exclude each other');
    return [...faults, ...patternFaults(() => placeOf(params))];
  },
  compile: (params, context) => lookAtFileOnly(params, context, (found) => decide(found, params, context)),
};

function decide(found: FoundFile, params: Params, context: ModuleContext): Step {
  const isPresent = params.state === 'present';
  if (!found.exists && !isOn(params, 'create')) return failed(`Path ${found.path} does not exist !`, { rc: 257 });
  if (!found.exists && !isPresent) {
    return finished({ changed: false, failed: false, msg: `File ${found.path} not present`, values: dict() });
  }
  const block = latin1(textOf(params, 'block') ?? '');
  const mark = (name: string): string => latin1(`${(textOf(params, 'marker') ?? '').replaceAll('{mark}', textOf(params, name) ?? '')}\n`);
  const marks = { begin: mark('marker_begin'), end: mark('marker_end') };
  const body = isPresent && block !== '' ? [marks.begin, ...endedLines(block), marks.end] : [];
  const before = found.bytes.toString('latin1');
  const after = setBlock(before, body, marks, placeOf(params));
  const isSame = found.exists && after === before;
  const msg = isSame ? '' : !found.exists ? 'File created' : body.length === 0 ? 'Block removed' : 'Block inserted';
  return editFile(found, { after: Buffer.from(after, 'latin1'), msg }, params, context);
}

/** Where a block goes that is not there yet. */
type Place =
  | { readonly kind: 'first' }
  | { readonly kind: 'last' }
  | { readonly kind: 'beside'; readonly regex: RegExp; readonly after: boolean; readonly wholeFile: boolean };

function placeOf(params: Params): Place {
  const [after, before] = [textOf(params, 'insertafter'), textOf(params, 'insertbefore')];
  const pattern = after ?? before;
  if (pattern === undefined || after === 'EOF') return { kind: 'last' };
  if (after === undefined && before === 'BOF') return { kind: 'first' };
  // Only with this flag can a pattern go over several lines.
  const wholeFile = /^\(\?[a-z]*m/.test(pattern);
  return { kind: 'beside', regex: pythonRegex(pattern), after: after !== undefined, wholeFile };
}

/** The text with these lines in the place of the block that was there, or at their place. Characters are bytes. */
function setBlock(text: string, body: readonly string[], marks: { readonly begin: string; readonly end: string }, place: Place): string {
  const lines = linesOf(text);
  const [begin, end] = [lines.lastIndexOf(marks.begin), lines.lastIndexOf(marks.end)];
  let at: number;
  if (begin < 0 || end < 0) {
    at = indexOf(place, lines, text);
  } else {
    at = Math.min(begin, end);
    lines.splice(at, Math.abs(begin - end) + 1);
  }
  const last = lines[at - 1];
  if (last !== undefined && !last.endsWith('\n')) lines[at - 1] = `${last}\n`;
  return lines.toSpliced(at, 0, ...body).join('');
}

function indexOf(place: Place, lines: readonly string[], text: string): number {
  if (place.kind === 'first') return 0;
  if (place.kind === 'last') return lines.length;
  const found = place.wholeFile ? lineOfMatch(place, text) : lines.findLastIndex((line) => place.regex.test(line));
  return found < 0 ? lines.length : place.after ? found + 1 : found;
}

function lineOfMatch(place: Place & { readonly kind: 'beside' }, text: string): number {
  const match = place.regex.exec(text);
  if (match === null) return -1;
  return text.slice(0, match.index + (place.after ? match[0].length : 0)).split('\n').length - 1;
}

/** Lines with their ends, as CPython's `bytes.splitlines(True)`. */
function linesOf(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];
}

function endedLines(block: string): string[] {
  return linesOf(block.endsWith('\n') ? block : `${block}\n`);
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
