// The module wait_for: until a port answers, a file is there, or neither. It changes nothing.
import { dict, type Value } from '../base/value.ts';
import { pathInfo } from './files/attributes.ts';
import { patternFaults } from './files/edit-file.ts';
import { INSPECT } from './files/file-script.ts';
import { integerOf, textOf } from './parameters/params.ts';
import { pythonRegex } from './regex/python-regex.ts';
import { ask, failed, finished, type Report, type Script } from './script/answer.ts';
import { assign, flag, reportingScript } from './script/script.ts';
import type { Answer, Module, ModuleContext, Params, ScriptStep, Step } from './seam.ts';

/** So much of a file or of an answer is looked through. */
const LOOK_LIMIT_BYTES = 4 * 1024 * 1024;
const DRAINED = 'Connections are not counted: have it done with a command task and until, ss -t';

/**
 * `wait_for`: as ansible 2.14, with the host's bash, curl or nc to reach ports. The host waits by itself; with `search_regex` each
 * look is a round trip, since the pattern is Python's.
 */
export const waitFor: Module = {
  name: 'wait_for',
  summary: 'Waits for a port or a file',
  params: {
    host: { type: 'str', default: '127.0.0.1', description: 'whose port' },
    port: { type: 'int', description: 'a port of TCP' },
    path: { type: 'path', description: 'a file of the host' },
    state: {
      type: 'str',
      default: 'started',
      choices: ['absent', 'present', 'started', 'stopped'],
      description: 'started and present: until it is there; stopped and absent: until it is not',
    },
    search_regex: { type: 'str', description: 'a regular expression of Python that the file or the answer must hold' },
    timeout: { type: 'int', default: 300, description: 'seconds to wait at most' },
    connect_timeout: { type: 'int', default: 5, description: 'seconds for one try' },
    delay: { type: 'int', default: 0, description: 'seconds before the first look' },
    sleep: { type: 'int', default: 1, description: 'seconds between two looks' },
    msg: { type: 'str', description: 'what to say when it took too long' },
    exclude_hosts: { type: 'list', elements: 'str', description: 'with drained', unsupported: DRAINED },
    active_connection_states: { type: 'list', elements: 'str', description: 'with drained', unsupported: DRAINED },
  },
  checkMode: 'skips',
  check(params, templated) {
    const faults: string[] = [];
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    if (has('port') && has('path')) faults.push('`port` and `path` exclude each other');
    if (has('path') && params.state === 'stopped') faults.push('`state: stopped` is of a port; of a file it is absent');
    const regex = textOf(params, 'search_regex');
    return [...faults, ...(regex === undefined ? [] : patternFaults(() => pythonRegex(regex, { flags: 'm' })))];
  },
  compile: (params, context) => look(params, context, undefined),
};

/** How long it has been waited before a script. */
interface Waited {
  readonly begunAtMs: number;
  readonly seconds: number;
}

function look(params: Params, context: ModuleContext, waited: Waited | undefined): ScriptStep {
  const script = waitScript(params, context, waited).join('\n');
  const read = (answer: Answer): Step => {
    const begunAtMs = waited?.begunAtMs ?? answer.startedAtMs;
    return ask(script, context, (report) => decide(report, params, context, begunAtMs, answer.endedAtMs)).read(answer);
  };
  return { kind: 'script', script, read };
}

function decide(report: Report, params: Params, context: ModuleContext, begunAtMs: number, nowMs: number): Step {
  const seconds = Math.floor((nowMs - begunAtMs) / 1000);
  const late = (): Step => failed(textOf(params, 'msg') ?? lateWords(params), { elapsed: seconds });
  if (report.values.has('timeout')) return late();
  if (report.body === undefined) return end(report, params, seconds, null);
  const match = pythonRegex(textOf(params, 'search_regex') ?? '', { flags: 'm' }).exec(Buffer.from(report.body).toString('latin1'));
  if (match !== null) return end(report, params, seconds, match);
  return seconds >= (integerOf(params, 'timeout') ?? 300) ? late() : look(params, context, { begunAtMs, seconds });
}

function waitScript(params: Params, context: ModuleContext, waited: Waited | undefined): Script {
  const number = (name: string): string => assign(name, String(integerOf(params, name) ?? 0));
  const path = textOf(params, 'path');
  return reportingScript(
    context,
    path === undefined ? {} : { path },
    INSPECT,
    ...(path === undefined ? ["path=''"] : []),
    `${assign('host', textOf(params, 'host'))} ${assign('port', integerOf(params, 'port')?.toString())}`,
    ...['timeout', 'connect_timeout', 'sleep'].map(number),
    assign('waited', String(waited?.seconds ?? 0)),
    // Between two looks with a pattern, the pause is of the second script.
    assign('delay', String(integerOf(params, waited === undefined ? 'delay' : 'sleep') ?? 0)),
    `${flag('gone', params.state === 'absent' || params.state === 'stopped')} ${flag('search', params.search_regex !== undefined)}`,
    WAIT,
  );
}

const WAIT = `begun=$(($(date +%s) - waited))
has() { command -v "$1" >/dev/null 2>&1; }
# What comes within the time for one try goes to our output.
talk() {
  if has curl; then curl -s -N --connect-timeout "$connect_timeout" --max-time "$connect_timeout" "telnet://$target_host:$port" </dev/null
  elif has nc; then nc -w "$connect_timeout" "$host" "$port" </dev/null
  else fail 'There is no curl or nc on this host'; fi
}
connects() {
  if has bash && has timeout; then timeout "$connect_timeout" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$host" "$port" 2>/dev/null
  elif has curl; then
    connected=$(curl -s -o /dev/null --connect-timeout "$connect_timeout" --max-time "$connect_timeout" -w '%{time_connect}' "telnet://$target_host:$port" </dev/null) || :
    # Within one machine it takes microseconds.
    case $(printf %s "$connected" | tr -d '0.,') in '') return 1 ;; esac
  elif has nc; then nc -w "$connect_timeout" "$host" "$port" </dev/null >/dev/null 2>&1
  else fail 'There is no bash, curl or nc on this host'; fi
}
case $host in *:*) target_host="[$host]" ;; *) target_host=$host ;; esac
is_there() {
  if [ "$path" ]; then [ -e "$path" ]; else connects; fi
}
is_so() { if [ "$gone" ]; then ! is_there; else is_there; fi; }
sleep "$delay"
if [ ! "$path$port" ]; then sleep "$timeout"; finish; fi
while ! is_so; do
  if [ $(($(date +%s) - begun)) -ge "$timeout" ]; then report timeout yes; finish; fi
  sleep "$sleep"
done
if [ "$path" ]; then report_path_info "$path"; fi
if [ "$search" ] && [ ! "$gone" ]; then
  heard=\${TMPDIR:-/tmp}/.sshoal-$token.heard
  trap 'rm -f "$heard"' EXIT
  (umask 77; set -C; : >"$heard") 2>/dev/null || fail "Cannot write $heard"
  if [ "$path" ]; then head -c ${LOOK_LIMIT_BYTES} "$path" >"$heard" || fail "Failed to read $path"
  else talk 2>/dev/null | head -c ${LOOK_LIMIT_BYTES} >"$heard"; fi
  send_body "$heard"
fi`;

function lateWords(params: Params): string {
  const [host, port, path, regex] = [
    textOf(params, 'host'),
    integerOf(params, 'port'),
    textOf(params, 'path'),
    textOf(params, 'search_regex'),
  ];
  const isGone = params.state === 'absent' || params.state === 'stopped';
  if (isGone)
    return port === undefined ? `Timeout when waiting for ${path} to be absent.` : `Timeout when waiting for ${host}:${port} to stop.`;
  if (regex !== undefined) return `Timeout when waiting for search string ${regex} in ${port === undefined ? path : `${host}:${port}`}`;
  return port === undefined ? `Timeout when waiting for file ${path}` : `Timeout when waiting for ${host}:${port}`;
}

function end(report: Report, params: Params, elapsed: number, match: RegExpExecArray | null): Step {
  const utf8 = (text: string | undefined): Value => (text === undefined ? null : Buffer.from(text, 'latin1').toString());
  return finished({
    changed: false,
    failed: false,
    values: dict({
      ...pathInfo(report),
      state: textOf(params, 'path') === undefined ? textOf(params, 'state') : (report.values.get('state') ?? textOf(params, 'state')),
      port: integerOf(params, 'port') ?? null,
      search_regex: textOf(params, 'search_regex') ?? null,
      path: textOf(params, 'path') ?? null,
      match_groups: (match ?? []).slice(1).map(utf8),
      match_groupdict: dict(Object.fromEntries(Object.entries(match?.groups ?? {}).map(([name, text]) => [name, utf8(text)]))),
      elapsed,
    }),
  });
}
