// The module copy, and the way from bytes to a file on the host that template shares. It reads no file of the controller.
import { createHash } from 'node:crypto';
import { dict, type Value } from '../base/value.ts';
import { ATTRIBUTE_PARAMS, attributeScript, pathInfo } from './files/attributes.ts';
import { COPY_DIRECTORY } from './files/copy-tree.ts';
import { attributeDifferences, notShown, shownContent } from './files/difference.ts';
import { DIGEST, REPLACE } from './files/file-script.ts';
import { directoryMode, INSTALL, MAKE_DIRECTORIES, PRESERVE_REMOTE } from './files/install-script.ts';
import { PRESERVE } from './files/mode.ts';
import { sendTree } from './files/send-tree.ts';
import { validateFaults, validateScript } from './files/validate.ts';
import { isOn, isSourceFile, isSourceTree, textOf } from './parameters/params.ts';
import { ask, askLast, failed, finished, type Report, type Script } from './script/answer.ts';
import { assign, flag, reportingScript, word, writeBytes } from './script/script.ts';
import { encodeText, pythonJson } from './script/text.ts';
import type { Difference, FinishedStep, Module, ModuleContext, ParamSpecs, Params, SourceFile, Step } from './seam.ts';

/** Parameters of copy and template alike. */
export const DESTINATION_PARAMS: ParamSpecs = {
  dest: { type: 'path', required: true, description: 'where the file goes; with a slash at the end, a directory that is made' },
  backup: { type: 'bool', default: false, description: 'keep the old file under a name with the time in it' },
  force: { type: 'bool', default: true, aliases: ['thirsty'], description: 'replace a file that differs' },
  follow: { type: 'bool', default: false, description: 'where dest is a link, replace the file it leads to' },
  validate: { type: 'str', description: 'a command that must accept the new file, given as %s, before it gets its name' },
  ...ATTRIBUTE_PARAMS,
};

/** Where the new content comes from. */
type Body =
  | { readonly kind: 'inline'; readonly bytes: Uint8Array; readonly name: string | undefined }
  | { readonly kind: 'upload'; readonly source: SourceFile; readonly name: string }
  | { readonly kind: 'remote'; readonly path: string; readonly made?: string };

/** `copy`: a file of the controller, a text, or (`remote_src`) a file of the host -> a file of the host. As ansible 2.14. */
export const copy: Module = {
  name: 'copy',
  summary: 'Copies a file or a text to the host',
  params: {
    src: {
      type: 'source',
      directories: true,
      description: 'a file or directory of the controller, or of the host with remote_src; a slash at its end means only what is in it',
    },
    content: { type: 'raw', description: 'the text itself; a dict or list is written as JSON' },
    remote_src: { type: 'bool', default: false, description: 'src is a file of the host' },
    checksum: { type: 'str', description: 'the SHA-1 the source must have' },
    directory_mode: { type: 'mode', description: 'the mode of directories that are made' },
    local_follow: {
      type: 'bool',
      description: 'whether what links in a directory lead to is copied; default so of the controller, not on the host',
    },
    decrypt: { type: 'bool', default: true, description: 'decrypt a vaulted source' },
    ...DESTINATION_PARAMS,
  },
  checkMode: 'inspects',
  check(params, templated) {
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    const faults: string[] = [];
    if (!has('src') && !has('content')) faults.push('`copy` needs `src` or `content`');
    if (has('src') && has('content')) faults.push('`src` and `content` exclude each other');
    if (params.content !== undefined && textOf(params, 'dest')?.endsWith('/')) {
      faults.push('`content` needs a file name in `dest`, and it ends with a slash');
    }
    if (isOn(params, 'remote_src') && params.content !== undefined) faults.push('`remote_src` needs `src`, not `content`');
    return [...faults, ...validateFaults(params)];
  },
  compile(params, context) {
    const { src, content } = params;
    if (isSourceTree(src)) return sendTree(src, { head: treeHead(params, context), uploadPath: uploadPath(context) }, params, context);
    if (isSourceFile(src)) return install(sourceBody(src), params, context);
    if (src !== undefined && isOn(params, 'remote_src'))
      return install({ kind: 'remote', path: textOf(params, 'src') ?? '' }, params, context);
    if (src !== undefined) return failed(`The file ${textOf(params, 'src') ?? ''} of the controller was not read`);
    const text = typeof content === 'string' ? content : pythonJson((content ?? '') as Value);
    return install({ kind: 'inline', bytes: encodeText(text), name: undefined }, params, context);
  },
};

/** Sends a source file to `dest`: what template does once its text is rendered. */
export function installSource(source: SourceFile, params: Params, context: ModuleContext): Step {
  return install(sourceBody(source), params, context);
}

/**
 * Makes `dest` what a file is that the script itself makes: what assemble does.
 *
 * @param made - Sets `$src` to that file; it runs first.
 * @param path - What the result calls its source.
 */
export function installMade(made: string, path: string, params: Params, context: ModuleContext): Step {
  return install({ kind: 'remote', path, made }, params, context);
}

function sourceBody(source: SourceFile): Body {
  // A controller may be Windows; elsewhere a backslash is part of a name.
  const name = source.path.split(source.path.startsWith('/') ? '/' : /[/\\]/).at(-1) ?? '';
  return source.content === undefined ? { kind: 'upload', source, name } : { kind: 'inline', bytes: source.content, name };
}

function install(body: Body, params: Params, context: ModuleContext): Step {
  const expected = textOf(params, 'checksum');
  const sums = checksums(body);
  if (expected !== undefined && sums.checksum !== undefined && expected.toLowerCase() !== sums.checksum) {
    return failed(BAD_CHECKSUM, { checksum: sums.checksum, expected_checksum: expected });
  }
  const end = (report: Report): FinishedStep => result(report, body, sums, context);
  const script = (uploaded: boolean): Script => installScript(body, uploaded, params, context);
  if (body.kind !== 'upload') return askLast(script(false), context, end);
  return ask(script(false), context, (report) => {
    if (report.values.get('wants') !== 'upload') return end(report);
    return {
      kind: 'upload',
      source: body.source,
      remotePath: uploadPath(context),
      next: () => ask(script(true), context, end),
    };
  });
}

const BAD_CHECKSUM = 'The source does not have the expected checksum, nothing was done';

interface Sums {
  readonly checksum?: string;
  readonly md5sum?: string;
}

function checksums(body: Body): Sums {
  if (body.kind === 'upload') return { checksum: body.source.sha1 };
  if (body.kind === 'remote') return {};
  const sum = (algorithm: string): string => createHash(algorithm).update(body.bytes).digest('hex');
  return { checksum: sum('sha1'), md5sum: sum('md5') };
}

/** Large bodies wait here: the user who logs in can write there, whoever owns the destination. */
export function uploadPath(context: ModuleContext): string {
  return `/tmp/.sshoal-${context.token}.upload`;
}

function installScript(body: Body, uploaded: boolean, params: Params, context: ModuleContext): Script {
  const dest = textOf(params, 'dest') ?? '';
  return reportingScript(
    context,
    { dest: dest.replace(/(?<=.)\/+$/, ''), ...(body.kind === 'remote' ? { src: body.path } : {}) },
    attributeScript(params, modeOf(body, params)),
    DIGEST,
    REPLACE,
    assign('expected', textOf(params, 'checksum')?.toLowerCase()),
    ...(body.kind === 'remote' ? [COPY_DIRECTORY, flag('local_follow', isOn(params, 'local_follow'))] : []),
    bodyScript(body, uploaded, context),
    ...(body.kind === 'remote' ? [] : [assign('name', body.name)]),
    ...(body.kind === 'remote' && params.mode === PRESERVE ? [PRESERVE_REMOTE] : []),
    ...['force', 'follow', 'backup'].map((name) => flag(name, isOn(params, name))),
    flag('diff', context.diff),
    flag('on_host', body.kind === 'remote'),
    flag('here', body.kind !== 'upload' || uploaded),
    validateScript(textOf(params, 'validate')),
    INSTALL,
    ...(dest.endsWith('/') ? [MAKE_DIRECTORIES, directoryMode(textOf(params, 'directory_mode')), 'make_directories'] : ['into_directory']),
    'install',
  );
}

/** What the script for a directory begins with: the same as for a file, but for the file. */
function treeHead(params: Params, context: ModuleContext): string[] {
  return [
    attributeScript(params, params.mode === PRESERVE ? undefined : textOf(params, 'mode')),
    DIGEST,
    REPLACE,
    ...['force', 'backup'].map((name) => flag(name, isOn(params, name))),
    `${flag('follow', false)} ${flag('on_host', false)} ${flag('here', true)} ${flag('diff', context.diff)}`,
    validateScript(textOf(params, 'validate')),
    INSTALL,
    MAKE_DIRECTORIES,
    directoryMode(textOf(params, 'directory_mode')),
  ];
}

// `preserve` is the mode of the controller's file; of a file of the host, only the host knows.
function modeOf(body: Body, params: Params): string | undefined {
  const mode = textOf(params, 'mode');
  if (mode !== PRESERVE) return mode;
  const source = isSourceFile(params.src) ? params.src : undefined;
  return source === undefined || body.kind === 'remote' ? undefined : (source.mode & 0o7777).toString(8).padStart(4, '0');
}

/** `new_content` writes the new bytes, `same_content PATH` compares a file with them. */
function bodyScript(body: Body, uploaded: boolean, context: ModuleContext): string {
  if (body.kind === 'inline') return `new_content() {\n${writeBytes(body.bytes)}\n}\n${COMPARE}`;
  if (body.kind === 'remote')
    return `${body.made === undefined ? '' : `${body.made}\n`}${REMOTE_SOURCE}\nnew_content() { cat "$src"; }\n${COMPARE}`;
  const path = uploadPath(context);
  const sha1 = word(body.source.sha1);
  if (!uploaded) return `same_content() { digest sha1 "$1"; [ "$digest" = ${sha1} ]; }\nnew_content() { :; }`;
  return `sweep() { rm -f ${path}; if [ "$temp" ]; then rm -f "$temp" "$temp.err"; fi; }
trap sweep EXIT
digest sha1 ${path}
if [ "$digest" ] && [ "$digest" != ${sha1} ]; then fail 'The file did not arrive as it was sent'; fi
new_content() { cat ${path}; }
${COMPARE}`;
}

const COMPARE = 'same_content() { new_content | cmp -s - "$1"; }';

const REMOTE_SOURCE = `if [ ! -e "$src" ]; then fail "Source $src not found"; fi
if [ -d "$src" ]; then copy_directory; fi
if [ ! -f "$src" ]; then fail "Cannot copy invalid source '$src': not a file"; fi
if [ ! -r "$src" ]; then fail "Source $src not readable"; fi
digest sha1 "$src"; report checksum "$digest"
if [ "$expected" ] && [ "$expected" != "$digest" ]; then fail '${BAD_CHECKSUM}'; fi
digest md5 "$src"; report md5sum "$digest"
name=\${src##*/}`;

function result(report: Report, body: Body, sums: Sums, context: ModuleContext): FinishedStep {
  const { values } = report;
  const dest = values.get('dest') ?? '';
  const source = body.kind === 'remote' ? body.path : body.kind === 'upload' ? body.source.path : body.name;
  const diff = [...(values.has('replaced') ? [contentDifference(report, body, dest)] : []), ...attributeDifferences(report, dest)];
  return finished({
    changed: values.get('changed') === 'true',
    failed: false,
    values: dict({
      dest,
      src: source,
      checksum: values.has('tree') ? null : (sums.checksum ?? values.get('checksum')),
      md5sum: values.has('tree') ? null : (sums.md5sum ?? values.get('md5sum')),
      ...pathInfo(report),
      backup_file: values.get('backup_file'),
    }),
    ...(context.diff ? { diff } : {}),
  });
}

function contentDifference(report: Report, body: Body, dest: string): Difference {
  const oldSize = Number(report.values.get('old_size') ?? 0);
  const before = report.body !== undefined ? shownContent(report.body) : oldSize > 0 ? notShown(oldSize, 'too large to show') : '';
  const [after, afterHeader] =
    body.kind === 'inline'
      ? [shownContent(body.bytes), body.name ?? dest]
      : body.kind === 'upload'
        ? [notShown(body.source.sizeBytes, `SHA-1 ${body.source.sha1}`), body.source.path]
        : [`(SHA-1 ${report.values.get('checksum') ?? 'unknown'})\n`, body.path];
  return { beforeHeader: dest, afterHeader, before, after };
}
