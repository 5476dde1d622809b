// The module file: that a path is a file, a directory, a link or nothing, with these attributes. It sends no content.
import { dict, type Value } from '../base/value.ts';
import { ATTRIBUTE_PARAMS, attributeScript, noted, pathInfo } from './files/attributes.ts';
import { stateDifference } from './files/difference.ts';
import { FILE_STATES, RECURSE, TIMES } from './files/file-states.ts';
import { PRESERVE } from './files/mode.ts';
import { isOn, textOf } from './parameters/params.ts';
import { askLast, finished, type Report, type Script } from './script/answer.ts';
import { argumentWord, assign, flag, reportingScript } from './script/script.ts';
import type { FinishedStep, Module, ModuleContext, ParamSpec, Params } from './seam.ts';

/** The one format of times that `touch -t` of every host reads; Ansible's default. */
const TIME_FORMAT = '%Y%m%d%H%M.%S';
const TIME = /^(?:preserve|now|\d{12}\.\d\d)$/;
const time: ParamSpec = { type: 'str', description: 'preserve, now, or a time as 202611202214.05' };
const timeFormat: ParamSpec = { type: 'str', default: TIME_FORMAT, choices: [TIME_FORMAT], description: `of the times: ${TIME_FORMAT}` };

/** `file`: as ansible 2.14. A difference does not list what an absent directory held. */
export const file: Module = {
  name: 'file',
  summary: 'Makes, changes and removes files, directories and links',
  params: {
    path: { type: 'path', required: true, aliases: ['dest', 'name'], description: 'what it is about' },
    state: {
      type: 'str',
      choices: ['absent', 'directory', 'file', 'hard', 'link', 'touch'],
      description: 'what should be there; default what is there, or file',
    },
    src: { type: 'path', description: 'what a link leads to' },
    recurse: { type: 'bool', default: false, description: 'attributes of everything below a directory' },
    force: { type: 'bool', default: false, description: 'put a link in place of a file, or to what does not exist' },
    follow: { type: 'bool', default: true, description: 'where the path is a link, work on what it leads to' },
    modification_time: time,
    modification_time_format: timeFormat,
    access_time: time,
    access_time_format: timeFormat,
    ...ATTRIBUTE_PARAMS,
  },
  checkMode: 'inspects',
  check(params) {
    const faults: string[] = [];
    const state = textOf(params, 'state');
    const [path, src] = [textOf(params, 'path'), textOf(params, 'src')];
    if (state !== undefined && state !== 'directory' && isOn(params, 'recurse'))
      faults.push("`recurse` requires `state` to be 'directory'");
    if (state !== undefined && state !== 'link' && state !== 'hard' && src !== undefined) {
      faults.push("`src` requires `state` to be 'link' or 'hard'");
    }
    if (state === 'absent' && path !== undefined && /^\/+$/.test(path))
      faults.push('`path` is the root directory, and would be removed with everything in it');
    if (params.mode === PRESERVE) faults.push('`mode: preserve` needs a source, and `file` has none');
    for (const name of ['modification_time', 'access_time']) {
      const text = textOf(params, name);
      if (text !== undefined && !TIME.test(text))
        faults.push(`\`${name}\` is \`preserve\`, \`now\` or a time as ${TIME_FORMAT}, not \`${text}\``);
    }
    return faults;
  },
  compile(params, context) {
    return askLast(fileScript(params, context), context, (report) => result(report, params, context));
  },
};

function fileScript(params: Params, context: ModuleContext): Script {
  const src = textOf(params, 'src');
  return reportingScript(
    context,
    // The root stays itself without its slash at the end.
    { path: (textOf(params, 'path') ?? '').replace(/(?<=[^/])\/+$/, '') },
    attributeScript(params),
    TIMES,
    isOn(params, 'recurse') ? RECURSE : 'recurse() { :; }',
    FILE_STATES,
    assign('wanted', textOf(params, 'state')),
    `${flag('has_src', src !== undefined)} src=${argumentWord(src ?? '')}`,
    ...['recurse', 'force', 'follow'].map((name) => flag(name, isOn(params, name))),
    `${assign('mtime', textOf(params, 'modification_time'))} ${assign('atime', textOf(params, 'access_time'))}`,
    'ensure_state',
  );
}

function result(report: Report, params: Params, context: ModuleContext): FinishedStep {
  const { values } = report;
  const path = values.get('path') ?? '';
  const wanted = values.get('wanted') ?? '';
  const changed = values.get('changed') === 'true';
  const before = values.get('was') ?? '';
  const isSame = before === wanted;
  const side = (name: 'before' | 'after', state: string): Value =>
    dict({ path, ...(isSame ? {} : { state }), ...Object.fromEntries(noted(report, name)) });
  const diff = dict({ before: side('before', before), after: side('after', wanted) });
  const shown = stateDifference(diff.get('before') ?? null, diff.get('after') ?? null);
  const isLink = wanted === 'link' || wanted === 'hard';
  const info = pathInfo(report);
  const hasDiff = wanted !== 'absent' || changed;
  return finished({
    changed,
    failed: false,
    values: dict({
      [isLink || wanted === 'touch' ? 'dest' : 'path']: path,
      ...(isLink ? { src: values.get('src') ?? textOf(params, 'src') ?? null } : {}),
      ...info,
      state: info.state ?? (wanted === 'absent' ? 'absent' : undefined),
      ...(hasDiff ? { diff } : {}),
    }),
    ...(context.diff && changed && shown.before !== shown.after ? { diff: [shown] } : {}),
  });
}
