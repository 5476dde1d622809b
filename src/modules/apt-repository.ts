// The module apt_repository: that apt knows a repository. It does not know what is in it.
import { dict } from '../base/value.ts';
import { ATTRIBUTES, DIGEST, INSPECT, REPLACE } from './files/file-script.ts';
import { PRESERVE, wantedMode } from './files/mode.ts';
import { WORK } from './files/work.ts';
import { CACHE } from './packages/apt-script.ts';
import { addSource, fileNameOf, removeSource, type SourceFiles, sourceOfText } from './packages/apt-sources.ts';
import { integerOf, isOn, textOf } from './parameters/params.ts';
import { ask, finished, type Report } from './script/answer.ts';
import { assign, flag, reportingScript, word, writeBytes } from './script/script.ts';
import { decodeText, encodeText } from './script/text.ts';
import type { Module, ModuleContext, Params, Step } from './seam.ts';

/**
 * `apt_repository`: as ansible 2.14, but only the files that change are written. When apt cannot get the lists of packages, the files
 * are as before. `ppa:` is refused: only Launchpad knows what it stands for.
 */
export const aptRepository: Module = {
  name: 'apt_repository',
  summary: 'Adds and removes repositories of apt',
  params: {
    repo: { type: 'str', required: true, description: 'a line as of sources.list' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether it is there' },
    filename: { type: 'str', description: 'the file of sources.list.d, without .list; default a name made of the address' },
    mode: { type: 'mode', description: 'of a new file' },
    update_cache: {
      type: 'bool',
      default: true,
      aliases: ['update-cache'],
      description: 'get the lists of packages when something changed',
    },
    update_cache_retries: { type: 'int', default: 5, description: 'how often that is tried' },
    update_cache_retry_max_delay: { type: 'int', default: 12, description: 'seconds between two tries at most' },
    install_python_apt: { type: 'bool', default: true, description: 'without effect: no Python is needed' },
    validate_certs: { type: 'bool', default: true, description: 'without effect: only ppa: needed it' },
    codename: { type: 'str', description: 'of ppa:', unsupported: 'Write the repository as a whole line' },
  },
  checkMode: 'inspects',
  check(params) {
    const repo = textOf(params, 'repo');
    if (repo === undefined) return [];
    if (repo.startsWith('ppa:'))
      return ['`repo` is a PPA: write it as a line, deb https://ppa.launchpadcontent.net/OWNER/NAME/ubuntu CODENAME main'];
    if (params.mode === PRESERVE) return ['`mode: preserve` needs a source, and there is none'];
    return sourceOfText(repo) === undefined || repo.includes('\n') ? [`\`repo\` is an invalid repository string: ${repo}`] : [];
  },
  compile: (params, context) =>
    ask(reportingScript(context, {}, INSPECT, DIGEST, READ), context, (report) => decide(report, params, context)),
};

const READ = `command -v apt-get >/dev/null 2>&1 || fail 'There is no apt-get on this host'
count=0
for one in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  if [ ! -f "$one" ]; then continue; fi
  fingerprint "$one"
  report "file_$count" "$one"; report "sum_$count" "$digest"
  send_body "$one"
  count=$((count + 1))
done`;

function decide({ values, bodies }: Report, params: Params, context: ModuleContext): Step {
  const files: SourceFiles = new Map(bodies.map((body, index) => [values.get(`file_${index}`) ?? '', decodeText(body)]));
  const sums = new Map(bodies.map((_body, index) => [values.get(`file_${index}`) ?? '', values.get(`sum_${index}`) ?? '']));
  const source = sourceOfText(textOf(params, 'repo') ?? '') ?? '';
  const changed = params.state === 'absent' ? removeSource(files, source) : addSource(files, source, newFile(source, params));
  const end = (): Step => result(changed, files, params, context);
  if (changed.size === 0 || context.checkMode) return end();
  const script = reportingScript(
    context,
    {},
    INSPECT,
    wantedMode(textOf(params, 'mode')),
    ATTRIBUTES,
    DIGEST,
    REPLACE,
    WORK,
    CACHE,
    flag('update', isOn(params, 'update_cache')),
    ...['update_cache_retries', 'update_cache_retry_max_delay'].map((name) => assign(name, String(integerOf(params, name) ?? 0))),
    WRITE,
    ...[...changed].flatMap(([name, text], index) => [
      `content_${index}() {\n${writeBytes(encodeText(text))}\n}`,
      `write_list ${word(name)} ${word(sums.get(name) ?? '') || "''"} content_${index} ${text === '' ? 'gone' : 'kept'}`,
    ]),
    UPDATE,
  );
  return ask(script, context, end);
}

function newFile(source: string, params: Params): string {
  const filename = textOf(params, 'filename');
  const name = filename === undefined ? fileNameOf(source) : `${filename}.list`;
  return name.includes('/') ? name : `/etc/apt/sources.list.d/${name}`;
}

const WRITE = `begin_work
saved=0
# PATH SUM FUNCTION gone|kept: the old file is kept until apt has accepted the new ones.
write_list() {
  digest=''
  if [ -e "$1" ]; then fingerprint "$1"; cp -p "$1" "$work/old_$saved" || fail "Cannot save $1"; fi
  if [ "$digest" != "$2" ]; then restore; fail "$1 has changed while it was looked at, nothing was done"; fi
  printf '%s\\n' "$1" >"$work/name_$saved"
  saved=$((saved + 1))
  changed=true
  if [ "$4" = gone ]; then rm -f "$1"; return 0; fi
  directory_of "$1"
  mkdir -p "$directory" || fail "Failed to create directory $directory"
  make_temp "$directory"
  "$3" >"$temp" || fail "Could not write $temp"
  changed=false
  # A mode that is asked for is that of new files.
  if [ -e "$1" ]; then lstat "$1"; octal $((st_mode & 4095)); chmod "$octal" "$temp"; else dress_temp "$1"; fi
  changed=true
  put_in_place "$1"
}
restore() {
  while [ "$saved" -gt 0 ]; do
    saved=$((saved - 1))
    list=$(cat "$work/name_$saved")
    if [ -e "$work/old_$saved" ]; then cp -p "$work/old_$saved" "$list"; else rm -f "$list"; fi
  done
}`;

// What fails says so by itself, and ends its subshell only.
const UPDATE = `if [ "$update" ]; then
  (trap - EXIT; fetch_lists) || { restore; exit 1; }
fi`;

function result(changed: SourceFiles, files: SourceFiles, params: Params, context: ModuleContext): Step {
  const diff = [...changed].map(([name, after]) => ({
    beforeHeader: files.has(name) ? name : '/dev/null',
    afterHeader: after === '' ? '/dev/null' : name,
    before: files.get(name) ?? '',
    after,
  }));
  return finished({
    changed: changed.size > 0,
    failed: false,
    values: dict({ repo: textOf(params, 'repo'), state: textOf(params, 'state') }),
    ...(context.diff ? { diff } : {}),
  });
}
