// The module unarchive: what is in an archive is in a directory. It does not know what is in it.
import { dict, type Value } from '../base/value.ts';
import { ATTRIBUTE_PARAMS, attributeScript, pathInfo, wantsAttributes } from './files/attributes.ts';
import { REPLACE } from './files/file-script.ts';
import { PRESERVE } from './files/mode.ts';
import { UNARCHIVE } from './files/unarchive-script.ts';
import { sourceOf, WORK, withSource } from './files/work.ts';
import { isOn, textOf, textsOf } from './parameters/params.ts';
import { ask, failed, finished, type Report, type Script } from './script/answer.ts';
import { requestScript } from './script/http.ts';
import { assign, flag, globWords, reportingScript, word } from './script/script.ts';
import type { Module, ModuleContext, Params, Step } from './seam.ts';

/**
 * `unarchive`: as ansible 2.14, with the host's GNU tar and unzip. Check mode skips archives of tar, as there. Of zip, contents are
 * compared, not times.
 */
export const unarchive: Module = {
  name: 'unarchive',
  summary: 'Unpacks an archive on the host',
  params: {
    src: { type: 'source', required: true, description: 'the archive: of the controller, or with remote_src of the host, or a URL' },
    dest: { type: 'path', required: true, description: 'a directory that is there' },
    remote_src: { type: 'bool', default: false, description: 'src is of the host, or a URL it fetches' },
    copy: { type: 'bool', default: true, description: 'the old word for the opposite of remote_src' },
    creates: { type: 'path', description: 'nothing is done when this is there' },
    list_files: { type: 'bool', default: false, description: 'add files, what is in the archive' },
    exclude: { type: 'list', elements: 'str', default: [], description: 'what to leave out' },
    include: { type: 'list', elements: 'str', default: [], description: 'what to unpack, and nothing else' },
    keep_newer: { type: 'bool', default: false, description: 'leave files alone that are newer' },
    extra_opts: { type: 'list', elements: 'str', default: [], description: 'further options of tar or unzip' },
    validate_certs: { type: 'bool', default: true, description: 'check the certificate of the server' },
    decrypt: { type: 'bool', default: true, description: 'decrypt a vaulted source' },
    io_buffer_size: { type: 'int', default: 65_536, description: 'without effect' },
    ...ATTRIBUTE_PARAMS,
  },
  checkMode: 'inspects',
  check(params) {
    const faults: string[] = [];
    if ((textsOf(params, 'include')?.length ?? 0) > 0 && (textsOf(params, 'exclude')?.length ?? 0) > 0) {
      faults.push('`include` and `exclude` exclude each other');
    }
    if (params.mode === PRESERVE) faults.push('`mode: preserve` is what unpacking does: leave it out');
    return faults;
  },
  compile(params, context) {
    const source = sourceOf(params, 'src');
    const isRemote = isOn(params, 'remote_src') || params.copy === false;
    const then = (report: Report): Step => result(report, params, source?.path);
    if (source === undefined && !isRemote) return failed(`The file ${textOf(params, 'src') ?? ''} of the controller was not read`);
    if (source === undefined) return ask(unpackScript(params, context, ''), context, then);
    return withSource(source, context, (delivered) => unpackScript(params, context, delivered), then);
  },
};

function unpackScript(params: Params, context: ModuleContext, delivered: string): Script {
  const words = (name: string): string => (textsOf(params, name) ?? []).map(word).join(' ');
  const excluded = (textsOf(params, 'exclude') ?? []).map((one) => one.replace(/\/+$/, ''));
  const creates = textOf(params, 'creates');
  const src = textOf(params, 'src') ?? '';
  const isUrl = delivered === '' && src.includes('://');
  return reportingScript(
    context,
    { dest: textOf(params, 'dest') ?? '', ...(delivered === '' && !isUrl ? { source: src } : {}) },
    ...(creates === undefined
      ? []
      : [
          'there() { for one; do if [ -e "$one" ]; then return 0; fi; done; return 1; }',
          `if there ${globWords(creates)}; then report skipped yes; finish; fi`,
        ]),
    attributeScript(params),
    REPLACE,
    WORK,
    'begin_work',
    delivered,
    ...(isUrl
      ? [
          requestScript({ use_proxy: true, validate_certs: params.validate_certs }, { method: 'GET', followsRedirects: true }),
          `url=${word(src)}`,
          `request "$url" ''`,
          `if [ "$http_failed" ]; then fail "Failure downloading $url, $http_trouble"; fi`,
          `case $http_code in 2?? | 000) ;; *) fail "Failure downloading $url, HTTP Error $http_code" ;; esac`,
          'source=$work/body',
        ]
      : []),
    ...['keep_newer', 'list_files'].map((name) => flag(name, isOn(params, name))),
    `${flag('dressed', wantsAttributes(params))} ${assign('owner', textOf(params, 'owner'))} ${assign('group', textOf(params, 'group'))} ${assign('mode', textOf(params, 'mode'))}`,
    `tar_words() { ${spaced('"$tar" "$@"', words('extra_opts'), excluded.map((one) => word(`--exclude=${one}`)).join(' '), '-f "$source"', words('include'))}; }`,
    `unzip_words() { ${spaced('unzip -o -q', words('extra_opts'), '"$source"', words('include'), excluded.length === 0 ? '' : `-x ${excluded.map(word).join(' ')}`, '-d "$1"')}; }`,
    UNARCHIVE,
  );
}

function spaced(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

function result(report: Report, params: Params, path: string | undefined): Step {
  const { values } = report;
  if (values.has('skipped')) {
    const msg = `skipped, since ${textOf(params, 'creates') ?? ''} exists`;
    return finished({ changed: false, failed: false, skipped: true, msg, values: dict() });
  }
  if (values.has('no_check')) {
    const msg = 'remote module (ansible.legacy.unarchive) does not support check mode when using gtar';
    return finished({ changed: false, failed: false, skipped: true, msg, values: dict() });
  }
  const files: Value[] = (values.get('files') ?? '').split('\n').filter((line) => line !== '');
  const extracted = values.has('extracted')
    ? dict({ rc: 0, out: values.get('stdout') ?? '', err: values.get('stderr') ?? '', cmd: values.get('extracted')?.split('\n') ?? [] })
    : undefined;
  return finished({
    changed: values.get('changed') === 'true',
    failed: false,
    values: dict({
      handler: values.get('handler'),
      dest: textOf(params, 'dest'),
      src: path ?? textOf(params, 'src'),
      extract_results: extracted,
      files: isOn(params, 'list_files') ? files : undefined,
      ...pathInfo(report),
    }),
  });
}
