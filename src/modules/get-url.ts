// The module get_url: a file of the host is what a server has. The host fetches it itself.
import { dict, isDict, type Value } from '../base/value.ts';
import { ATTRIBUTE_PARAMS, attributeScript, pathInfo } from './files/attributes.ts';
import { DIGEST, REPLACE } from './files/file-script.ts';
import { PRESERVE } from './files/mode.ts';
import { WORK } from './files/work.ts';
import { isOn, textOf } from './parameters/params.ts';
import { ask, finished, type Report, type Script } from './script/answer.ts';
import { credentialParams, HTTP_PARAMS, requestScript, wordsOf } from './script/http.ts';
import { assign, flag, reportingScript } from './script/script.ts';
import { scalarText } from './script/text.ts';
import type { Answer, Module, ModuleContext, Params, Step } from './seam.ts';

const ALGORITHMS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

/** `get_url`: as ansible 2.14, with the host's curl. What has the wrong checksum never replaces the file that is there. */
export const getUrl: Module = {
  name: 'get_url',
  summary: 'Fetches a file from a server to the host',
  params: {
    ...HTTP_PARAMS,
    ...credentialParams(['username'], ['password']),
    dest: { type: 'path', required: true, description: 'where it goes; in a directory it gets the name the server gives' },
    checksum: { type: 'str', default: '', description: 'ALGORITHM:SUM, or ALGORITHM:URL of a list of sums' },
    timeout: { type: 'int', default: 10, description: 'seconds that nothing may come' },
    backup: { type: 'bool', default: false, description: 'keep the old file under a name with the time in it' },
    tmp_dest: { type: 'path', description: 'without effect: it is made beside its place' },
    ...ATTRIBUTE_PARAMS,
  },
  checkMode: 'inspects',
  check(params) {
    const faults: string[] = [];
    const checksum = textOf(params, 'checksum') ?? '';
    const [, algorithm, sum] = /^([^:]*):(.*)$/.exec(checksum) ?? [];
    if (checksum !== '' && (algorithm === undefined || !ALGORITHMS.includes(algorithm))) {
      faults.push(`\`checksum\` is <algorithm>:<checksum>, the algorithm one of ${ALGORITHMS.join(', ')}`);
    } else if (sum !== undefined && !isUrl(sum) && !/^[0-9a-fA-F]+$/.test(sum.replace(/\W+/g, ''))) {
      faults.push(`\`checksum\` holds no sum in hexadecimal: ${sum}`);
    }
    if (params.mode === PRESERVE) faults.push('`mode: preserve` needs a source on the controller, and there is none');
    return faults;
  },
  compile(params, context) {
    const step = ask(getScript(params, context), context, (report) => result(report, params, 0));
    return { ...step, read: (answer) => withElapsed(step.read(answer), answer) };
  },
};

function isUrl(text: string): boolean {
  return /^(?:https?|ftp|file):/.test(text);
}

function withElapsed(step: Step, answer: Answer): Step {
  if (step.kind !== 'finished') return step;
  step.result.values.set('elapsed', elapsedSeconds(answer));
  return step;
}

/** Whole seconds that a script took. */
export function elapsedSeconds(answer: Answer): number {
  return Math.floor((answer.endedAtMs - answer.startedAtMs) / 1000);
}

/** Headers of the parameters. */
export function headersOf(params: Params): (readonly [string, string])[] {
  const { headers } = params;
  return isDict(headers) ? [...headers].map(([name, value]) => [String(name), scalarText(value)] as const) : [];
}

function getScript(params: Params, context: ModuleContext): Script {
  const checksum = textOf(params, 'checksum') ?? '';
  const [, algorithm = '', sum = ''] = /^([^:]*):(.*)$/.exec(checksum) ?? [];
  const url = textOf(params, 'url') ?? '';
  return reportingScript(
    context,
    { dest: textOf(params, 'dest') ?? '' },
    attributeScript(params),
    DIGEST,
    REPLACE,
    WORK,
    requestScript(params, { method: context.checkMode ? 'HEAD' : 'GET', headers: headersOf(params), followsRedirects: true }),
    assign('url', url),
    `${assign('algorithm', algorithm)} ${assign('sum', isUrl(sum) ? '' : sum.replace(/\W+/g, '').toLowerCase())} ${assign('sum_url', isUrl(sum) ? sum : '')}`,
    assign('url_name', nameOf(url)),
    ...['force', 'backup'].map((name) => flag(name, isOn(params, name))),
    GET,
  );
}

function nameOf(url: string): string {
  return (
    url
      .replace(/[?#].*$/s, '')
      .replace(/^\w+:\/\/[^/]*/, '')
      .split('/')
      .at(-1) || 'index.html'
  );
}

const GET = `begin_work
real_dest() { if [ -L "$dest" ] && [ -e "$dest" ]; then real_path "$dest"; dest=$real; fi; }
read_sum() {
  request "$sum_url" ''
  if [ "$http_failed" ] || { [ "$http_code" != 200 ] && [ "$http_code" != 000 ]; }; then refuse; fi
  # One sum alone, or lines SUM NAME with a mark of how the file was read before the name.
  sum=$(wanted_name=$url_name awk 'NR == 1 { first = $1; fields = NF } { name = $0; sub(/^[^ ]+ [ *]?/, "", name); sub(/^[.\\/]+/, "", name); if (name == ENVIRON["wanted_name"] && found == "") found = $1 }
    END { if (NR == 1 && fields == 1) print first; else print found }' "$work/body" | tr -cd '0-9A-Za-z' | tr A-F a-f)
  if [ ! "$sum" ]; then fail "Unable to find a checksum for file '$url_name' in '$sum_url'"; fi
}
refuse() {
  report status_code "$http_code"; report url "$url"; report dest "$dest"
  if [ "$http_failed" ]; then report response "$http_trouble"; else report response "HTTP Error $http_code: $(sed -n 's/^HTTP[^ ]* [0-9]* *//p' "$work/head" | tr -d '\\r' | sed -n '$p')"; fi
  fail 'Request failed'
}
newer_than='' was_there=''
if [ "$sum_url" ]; then
  check_was=$check check=''
  read_sum
  check=$check_was
fi
if [ ! -d "$dest" ] && [ -e "$dest" ]; then
  newer_than=$dest
  if [ "$sum" ]; then
    digest "$algorithm" "$dest"
    if [ "$digest" = "$sum" ]; then
      if [ ! "$force" ]; then
        ensure_attrs "$dest"
        report kept yes; report_path_info "$dest"; report dest "$dest"
        finish
      fi
    else newer_than=''; fi
  fi
  if [ "$force" ]; then newer_than=''; fi
fi
request "$url" "$newer_than"
report url "$url"; report head "$(cat "$work/head")"; report status_code "$http_code"
if [ "$http_failed" ]; then refuse; fi
if [ "$http_code" = 304 ]; then report dest "$dest"; report_path_info "$dest"; finish; fi
case $url-$http_code in file:*-* | ftp:*-* | *-200) ;; *) refuse ;; esac
if [ -d "$dest" ]; then
  name=$(tr -d '\\r' <"$work/head" | sed -n 's/^[Cc]ontent-[Dd]isposition: attachment; *filename="\\{0,1\\}\\([^"]*\\).*/\\1/p' | sed -n '$p')
  if [ ! "$name" ]; then name=\${http_url%%[?#]*}; fi
  name=\${name##*/}
  dest=\${dest%/}/\${name:-index.html}
fi
report dest "$dest"
directory_of "$dest"
if [ ! -d "$directory" ]; then fail "Destination $directory does not exist"; fi
digest_dest() { digest sha1 "$dest"; report checksum_dest "$digest"; dest_sum=$digest; }
dest_sum=''
if [ -e "$dest" ]; then digest_dest; fi
digest sha1 "$work/body"
if [ "$check" ]; then report checksum_src "$digest"; changed=true; finish; fi
report checksum_src "$digest"; src_sum=$digest
if [ "$sum" ]; then
  digest "$algorithm" "$work/body"
  if [ ! "$digest" ]; then fail "This host has no tool for $algorithm"; fi
  if [ "$digest" != "$sum" ]; then fail "The checksum for $dest did not match $sum; it was $digest."; fi
fi
if [ -e "$dest" ] && cmp -s "$work/body" "$dest"; then ensure_attrs "$dest"
else
  changed=true
  if [ "$backup" ] && [ -e "$dest" ]; then backup "$dest"; fi
  make_temp "$directory"
  cat "$work/body" >"$temp" || fail "Could not write $temp"
  dress_temp "$dest"
  put_in_place "$dest"
fi
digest md5 "$dest"; report md5sum "$digest"
report_path_info "$dest"`;

function result(report: Report, params: Params, elapsed: number): Step {
  const { values } = report;
  const changed = values.get('changed') === 'true';
  const status = Number(values.get('status_code') ?? 0);
  const kept = changed ? 'file already exists but file attributes changed' : 'file already exists';
  const known: Record<string, Value | undefined> = values.has('kept') ? {} : { status_code: status === 0 ? null : status };
  return finished({
    changed,
    failed: false,
    msg: values.has('kept') ? kept : wordsOf(status === 0 ? 200 : status, values.get('head') ?? ''),
    values: dict({
      url: textOf(params, 'url'),
      dest: values.get('dest'),
      elapsed,
      ...known,
      ...(status === 304 ? {} : { checksum_src: values.get('checksum_src') ?? null, checksum_dest: values.get('checksum_dest') ?? null }),
      md5sum: values.get('md5sum'),
      backup_file: values.get('backup_file'),
      ...pathInfo(report),
    }),
  });
}
