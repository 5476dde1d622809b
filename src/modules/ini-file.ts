// The module ini_file: that an option of an INI file has a value, or is not there.
import { dict } from '../base/value.ts';
import { wantsAttributes } from './files/attributes.ts';
import { attributeDifferences } from './files/difference.ts';
import { contentDifference, EDIT_PARAMS, editFaults, editStep, lookAtFileOnly } from './files/edit-file.ts';
import { isOn, textOf, textsOf } from './parameters/params.ts';
import { failed, finished, type Report } from './script/answer.ts';
import { decodeText, encodeText } from './script/text.ts';
import type { FinishedStep, FoundFile, Module, ModuleContext, ParamSpecs, Params, Step } from './seam.ts';
import { editIni } from './texts/ini-text.ts';

const { name: _name, validate: _validate, ...EDITED }: ParamSpecs = EDIT_PARAMS;

/** `ini_file`: as community.general 8. */
export const iniFile: Module = {
  name: 'ini_file',
  collection: 'community.general',
  summary: 'Sets an option of an INI file, or takes it out',
  params: {
    ...EDITED,
    path: { type: 'path', required: true, aliases: ['dest'], description: 'the file' },
    section: { type: 'str', description: 'its name without brackets; default what stands before the first one' },
    option: { type: 'str', description: 'its name; without one it is about the whole section' },
    value: { type: 'str', description: 'what the option is set to' },
    values: { type: 'list', elements: 'str', description: 'what several lines of the option are set to' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether it is there' },
    exclusive: { type: 'bool', default: true, description: 'no other line of the option stays' },
    no_extra_spaces: { type: 'bool', default: false, description: 'write a=b, not a = b' },
    ignore_spaces: { type: 'bool', default: false, description: 'leave lines alone that differ in blanks only' },
    create: { type: 'bool', default: true, description: 'make the file when it is not there' },
    allow_no_value: { type: 'bool', default: false, description: 'the option may stand alone' },
    modify_inactive_option: { type: 'bool', default: true, description: 'a commented line of the option becomes the option' },
    follow: { type: 'bool', default: false, description: 'links', unsupported: 'Links are always followed; leave it out' },
    section_has_values: {
      type: 'list',
      elements: 'raw',
      description: 'which of several sections of a name',
      unsupported: 'Sections of one name are told apart by nothing else; use blockinfile or template',
    },
  },
  checkMode: 'inspects',
  check(params, templated) {
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    const faults = editFaults(params);
    if (has('value') && has('values')) faults.push('`value` and `values` exclude each other');
    const needsValue = params.state === 'present' && has('option') && !isOn(params, 'allow_no_value') && !templated.has('allow_no_value');
    if (needsValue && !has('value') && !has('values')) faults.push('`value` is needed, unless `allow_no_value` is on');
    for (const name of ['section', 'option']) {
      if (textOf(params, name)?.includes('\n') === true) faults.push(`\`${name}\` holds several lines`);
    }
    return faults;
  },
  compile: (params, context) => lookAtFileOnly(params, context, (found) => decide(found, params, context)),
};

function decide(found: FoundFile, params: Params, context: ModuleContext): Step {
  if (!found.exists && !isOn(params, 'create')) return failed(`Destination ${found.path} does not exist!`, { rc: 257 });
  const value = textOf(params, 'value');
  const section = textOf(params, 'section');
  // A mark of byte order is not part of the first line.
  const before = decodeText(found.bytes).replace(/^\ufeff/, '');
  const edited = editIni(before, {
    section: section === undefined || section === '' ? undefined : section,
    option: textOf(params, 'option'),
    values: value === undefined ? (textsOf(params, 'values') ?? []) : [value],
    isPresent: params.state === 'present',
    exclusive: isOn(params, 'exclusive'),
    noExtraSpaces: isOn(params, 'no_extra_spaces'),
    ignoreSpaces: isOn(params, 'ignore_spaces'),
    allowNoValue: isOn(params, 'allow_no_value'),
    modifyInactive: isOn(params, 'modify_inactive_option'),
  });
  const after = edited.changed ? Buffer.from(encodeText(edited.text)) : undefined;
  const end = (report?: Report): FinishedStep => {
    const diff = [
      ...(after === undefined ? [] : contentDifference(found, after, `${found.path} (content)`)),
      ...(report === undefined ? [] : attributeDifferences(report, found.path)),
    ];
    return finished({
      changed: edited.changed || report?.values.get('changed') === 'true',
      failed: false,
      msg: edited.msg,
      values: dict({ path: found.path, backup_file: report?.values.get('backup_file') }),
      ...(context.diff ? { diff } : {}),
    });
  };
  if (after === undefined && !wantsAttributes(params)) return end();
  return editStep(found, after, params, context, end);
}
