// A directory of the controller sent to the host, file by file as copy sends one: what is the same there is not sent. It reads no file.
import { dict } from '../../base/value.ts';
import { textOf } from '../parameters/params.ts';
import { ask, finished, type Report } from '../script/answer.ts';
import { assign, reportingScript, word, writeBytes } from '../script/script.ts';
import type { Difference, ModuleContext, Params, SourceFile, SourceTree, Step } from '../seam.ts';
import { wantsAttributes } from './attributes.ts';
import { notShown, shownContent } from './difference.ts';
import { PRESERVE, wantedMode } from './mode.ts';

/** So much content goes into one script. */
const CHUNK_BYTES = 1024 * 1024;
/** So many names go to one program that sums: fewer than any host takes. */
const NAMES_AT_ONCE = 200;

type TreeFile = Extract<SourceTree['entries'][number], { kind: 'file' }>;

/** What copy puts around the files. */
export interface TreeFrame {
  /** The script before the entries: `dest` is the directory, `make_directories` and `install` do what they do for a file. */
  readonly head: readonly string[];
  /** Where a file too large for a script waits. */
  readonly uploadPath: string;
}

/** What the scripts so far came to. */
interface Sent {
  readonly changed: boolean;
  readonly diff: readonly Difference[];
}

/** As copy of ansible 2.14 with a directory: files, then directories, then links. */
export function sendTree(tree: SourceTree, frame: TreeFrame, params: Params, context: ModuleContext): Step {
  const files = tree.entries.filter((entry) => entry.kind === 'file');
  const paths: Readonly<Record<string, string>> = { dest: base(params) };
  return ask(reportingScript(context, paths, SUMS, ...lookLines(files)), context, (report) => {
    const sums = readSums(report);
    const all = wantsAttributes(params);
    const wanted = files.filter(
      ({ path, source }, index) => all || report.values.has(`link.${index}`) || sums.get(`./${path}`) !== source.sha1,
    );
    const chunks = chunksOf(wanted, context);
    const next = (index: number, sent: Sent): Step => {
      const chunk = chunks[index];
      if (chunk === undefined) return end(tree, params, sent, context);
      const script = reportingScript(
        context,
        paths,
        ...frame.head,
        TREE,
        ...entryLines(chunk, index === chunks.length - 1, tree, frame, params),
      );
      const done = (found: Report): Step =>
        next(index + 1, { changed: sent.changed || changedIn(found), diff: [...sent.diff, ...differences(found, chunk)] });
      const [large] = chunk.filter(({ source }) => source.content === undefined);
      if (large === undefined || context.checkMode) return ask(script, context, done);
      return { kind: 'upload', source: large.source, remotePath: frame.uploadPath, next: () => ask(script, context, done) };
    };
    return next(0, { changed: false, diff: [] });
  });
}

function base(params: Params): string {
  return (textOf(params, 'dest') ?? '').replace(/(?<=.)\/+$/, '');
}

const SUMS = `sums() {
  if command -v sha1sum >/dev/null 2>&1; then sha1sum "$@"
  elif command -v shasum >/dev/null 2>&1; then shasum "$@"
  elif command -v openssl >/dev/null 2>&1; then openssl dgst -sha1 -r "$@"
  elif command -v busybox >/dev/null 2>&1; then busybox sha1sum "$@"
  fi 2>/dev/null
}
look() {
  for one; do
    if [ -L "$one" ]; then report "link.$index" yes; fi
    index=$((index + 1))
  done
  report "sums.$index" "$(sums "$@")"
}
index=0
if [ ! -d "$dest" ]; then finish; fi
cd "$dest" || fail "Cannot enter $dest"`;

function lookLines(files: readonly TreeFile[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at < files.length; at += NAMES_AT_ONCE) {
    const names = files.slice(at, at + NAMES_AT_ONCE).map(({ path }) => word(`./${path}`));
    lines.push(`look ${names.join(' ')}`);
  }
  return lines;
}

// A name with a newline in it may not be read here: its file is looked at again, and found to be the same.
function readSums({ values }: Report): ReadonlyMap<string, string> {
  const sums = new Map<string, string>();
  for (const [record, text] of values) {
    if (!record.startsWith('sums.')) continue;
    for (const line of text.split('\n')) {
      const [, escaped, sum = '', name = ''] = /^(\\?)([0-9a-f]{40}) [ *]?(.*)$/.exec(line) ?? [];
      sums.set(escaped === '\\' ? name.replace(/\\([\\nr])/g, (_all, char: string) => ({ n: '\n', r: '\r' })[char] ?? char) : name, sum);
    }
  }
  return sums;
}

/** Small files together, each large one by itself; in check mode nothing is sent at all. At least one: directories and links go with the last. */
function chunksOf(files: readonly TreeFile[], { checkMode }: ModuleContext): TreeFile[][] {
  const chunks: TreeFile[][] = [[]];
  let size = 0;
  for (const file of files) {
    const bytes = checkMode ? 0 : (file.source.content?.length ?? CHUNK_BYTES);
    if (size > 0 && size + bytes > CHUNK_BYTES) {
      chunks.push([]);
      size = 0;
    }
    chunks.at(-1)?.push(file);
    size += bytes;
  }
  return chunks;
}

const TREE = `base=$dest any=false
send_file() {
  dest=$base/$relative
  name=\${dest##*/}
  directory_of "$dest"; dest=$directory
  changed=false
  make_directories
  install
  if [ "$changed" = true ]; then any=true; report "did.$index" yes; fi
}
show_old() {
  if [ ! "$diff" ] || [ ! -f "$dest" ]; then return 0; fi
  report "had.$index" yes
  send_body "$dest"
}
send_directory() {
  path=$base/$1
  if [ -d "$path" ]; then
    changed=false
    ensure_attrs "$path"
    if [ "$changed" = true ]; then any=true; fi
  elif [ -e "$path" ] || [ -L "$path" ]; then fail "$path already exists, and is no directory"
  else
    any=true name=.
    dest=$path
    make_directories
  fi
}
send_link() {
  path=$base/$1
  target=''
  if [ -L "$path" ]; then link_target "$path"
  elif [ -d "$path" ] && [ "$(ls -A "$path")" ]; then fail "the directory $path is not empty, refusing to convert it"; fi
  changed=false
  if [ ! -L "$path" ] || [ "$target" != "$2" ]; then
    dest=\${path%/*} name=.
    make_directories
    if [ -d "$path" ] && [ ! -L "$path" ]; then change 'Error while replacing' rmdir "$path"; fi
    change 'Error while linking' ln -sfn -- "$2" "$path"
  fi
  if [ ! "$check" ]; then ensure_attrs "$path"; fi
  if [ "$changed" = true ]; then any=true; fi
}`;

function entryLines(chunk: readonly TreeFile[], isLast: boolean, tree: SourceTree, frame: TreeFrame, params: Params): string[] {
  const lines = chunk.flatMap(({ path, source }, index) => [
    ...(params.mode === PRESERVE ? [wantedMode((source.mode & 0o7777).toString(8).padStart(4, '0'))] : []),
    contentScript(source, frame),
    `${assign('relative', path)} index=${index}`,
    'send_file',
  ]);
  if (isLast) {
    const inside = (kind: 'directory' | 'link') => tree.entries.flatMap((entry) => (entry.kind === kind ? [entry] : []));
    lines.push(wantedMode(params.directory_mode === PRESERVE ? undefined : textOf(params, 'directory_mode')));
    for (const { path } of inside('directory')) lines.push(`send_directory ${word(path)}`);
    for (const entry of inside('link')) if (entry.kind === 'link') lines.push(`send_link ${word(entry.path)} ${word(entry.target)}`);
  }
  return [...lines, 'changed=$any'];
}

function contentScript({ content, sha1 }: SourceFile, { uploadPath }: TreeFrame): string {
  if (content === undefined)
    return `same_content() { digest sha1 "$1"; [ "$digest" = ${sha1} ]; }
new_content() { cat ${uploadPath} && rm -f ${uploadPath}; }`;
  return `same_content() { new_content | cmp -s - "$1"; }\nnew_content() {\n${writeBytes(content)}\n}`;
}

function changedIn({ values }: Report): boolean {
  return values.get('changed') === 'true';
}

function differences({ values, bodies }: Report, chunk: readonly TreeFile[]): Difference[] {
  let body = 0;
  return chunk.flatMap(({ source }, index) => {
    const old = values.has(`had.${index}`) ? bodies[body++] : undefined;
    if (!values.has(`did.${index}`)) return [];
    const after = source.content === undefined ? notShown(source.sizeBytes, `SHA-1 ${source.sha1}`) : shownContent(source.content);
    const before = old === undefined ? '' : shownContent(old);
    return before === after ? [] : [{ beforeHeader: source.path, afterHeader: source.path, before, after }];
  });
}

function end(tree: SourceTree, params: Params, { changed, diff }: Sent, context: ModuleContext): Step {
  return finished({
    changed,
    failed: false,
    values: dict({ dest: `${base(params)}/`, src: tree.path }),
    ...(context.diff ? { diff } : {}),
  });
}
