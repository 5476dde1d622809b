// The module uri: a request that the host makes, and what came back. It does not know what servers do with it.
import { dict, fromJson, isDict, type Value } from '../base/value.ts';
import { ATTRIBUTE_PARAMS, attributeScript, pathInfo } from './files/attributes.ts';
import { DIGEST, REPLACE } from './files/file-script.ts';
import { PRESERVE } from './files/mode.ts';
import { sourceOf, WORK, withSource } from './files/work.ts';
import { elapsedSeconds, headersOf } from './get-url.ts';
import { isOn, textOf } from './parameters/params.ts';
import { ask, failed, finished, type Report, type Script } from './script/answer.ts';
import { credentialParams, HTTP_PARAMS, parseHead, requestScript, wordsOf } from './script/http.ts';
import { flag, globWords, reportingScript, writeBytes } from './script/script.ts';
import { decodeText, encodeText, pythonJson, scalarText } from './script/text.ts';
import type { Answer, Module, ModuleContext, Params, Step } from './seam.ts';

/** Larger answers are no values: let them go to `dest`. */
const CONTENT_LIMIT_BYTES = 8 * 1024 * 1024;

/** `uri`: as ansible 2.14, with the host's curl. */
export const uri: Module = {
  name: 'uri',
  summary: 'Makes a request from the host',
  params: {
    ...HTTP_PARAMS,
    ...credentialParams(['user'], ['password']),
    method: { type: 'str', default: 'GET', description: 'GET, POST, PUT...' },
    body: { type: 'raw', description: 'what is sent; with body_format a dict or a list becomes text' },
    body_format: {
      type: 'str',
      default: 'raw',
      choices: ['form-urlencoded', 'json', 'raw'],
      description: 'json, form-urlencoded or raw; it sets Content-Type too',
    },
    src: { type: 'source', description: 'a file that is sent: of the controller, or of the host with remote_src' },
    remote_src: { type: 'bool', default: false, description: 'src is a file of the host' },
    status_code: { type: 'list', elements: 'int', default: [200], description: 'the answers that are no failure' },
    return_content: { type: 'bool', default: false, description: 'add content, what came back' },
    follow_redirects: {
      type: 'str',
      default: 'safe',
      choices: ['all', 'no', 'none', 'safe', 'urllib2', 'yes'],
      description: 'all, none, or safe: of GET and HEAD',
    },
    timeout: { type: 'int', default: 30, description: 'seconds that nothing may come' },
    dest: { type: 'path', description: 'a file or directory of the host for what comes back' },
    creates: { type: 'path', description: 'nothing is asked when this is there' },
    removes: { type: 'path', description: 'nothing is asked unless this is there' },
    ca_path: { type: 'path', description: 'certificates of the host to trust' },
    unix_socket: { type: 'path', description: 'a socket of the host to ask through' },
    ...ATTRIBUTE_PARAMS,
  },
  checkMode: 'skips',
  check(params, templated) {
    const faults: string[] = [];
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    if (has('body') && has('src')) faults.push('`body` and `src` exclude each other');
    if (!/^[A-Za-z]+$/.test(textOf(params, 'method') ?? 'GET')) faults.push('`method` is one word, like GET or POST');
    if (params.body_format === 'raw' && (isDict(params.body) || Array.isArray(params.body))) {
      faults.push('`body` is a dict or a list: give `body_format: json`, or form-urlencoded');
    }
    if (params.mode === PRESERVE) faults.push('`mode: preserve` needs a source on the controller, and there is none');
    return faults;
  },
  compile(params, context) {
    const source = sourceOf(params, 'src');
    const script = (delivered: string): Script => uriScript(params, context, delivered);
    const then = (report: Report): Step => result(report, params);
    if (source !== undefined) return timed(withSource(source, context, script, then));
    if (params.src !== undefined && !isOn(params, 'remote_src'))
      return failed(`The file ${textOf(params, 'src') ?? ''} of the controller was not read`);
    return timed(ask(script(''), context, then));
  },
};

// How long it took is known from the answer only.
function timed(step: Step): Step {
  if (step.kind === 'upload') return { ...step, next: () => timed(step.next()) };
  if (step.kind === 'finished') return step;
  const read = (answer: Answer): Step => {
    const end = step.read(answer);
    if (end.kind === 'finished' && end.result.values.has('status')) end.result.values.set('elapsed', elapsedSeconds(answer));
    return end;
  };
  return { ...step, read };
}

function uriScript(params: Params, context: ModuleContext, delivered: string): Script {
  const method = (textOf(params, 'method') ?? 'GET').toUpperCase();
  const follows = textOf(params, 'follow_redirects') ?? 'safe';
  const isSafe = method === 'GET' || method === 'HEAD';
  const body = bodyOf(params);
  const sendsBody = body !== undefined || params.src !== undefined;
  const paths = ['dest', ...(params.src !== undefined && delivered === '' ? ['src'] : [])].filter(
    (name) => textOf(params, name) !== undefined,
  );
  const guard = (name: string, test: string): string[] =>
    textOf(params, name) === undefined
      ? []
      : [`if ${test}there ${globWords(textOf(params, name) ?? '')}; then report skipped ${name}; finish; fi`];
  return reportingScript(
    context,
    Object.fromEntries(paths.map((name) => [name, textOf(params, name) ?? ''])),
    ...(paths.includes('dest') ? [] : ["dest=''"]),
    'there() { for one; do if [ -e "$one" ]; then return 0; fi; done; return 1; }',
    ...guard('creates', ''),
    ...guard('removes', '! '),
    attributeScript(params),
    DIGEST,
    REPLACE,
    WORK,
    requestScript(params, {
      method,
      headers: [...headersOf(params), ...contentType(params)],
      followsRedirects: ['all', 'yes'].includes(follows) || (isSafe && ['safe', 'urllib2'].includes(follows)),
      sendsBody,
    }),
    'begin_work',
    delivered,
    ...(body === undefined ? [] : [`write_sent() {\n${writeBytes(encodeText(body))}\n}\nwrite_sent >"$work/sent"`]),
    ...(params.src === undefined
      ? []
      : [`cat "${delivered === '' ? '$src' : '$source'}" >"$work/sent" || fail "Unable to open source file"`]),
    `is_good() { case $1 in ${statusesOf(params).join(' | ')}) return 0 ;; esac; return 1; }`,
    flag('force', isOn(params, 'force')),
    `url=${writtenWord(textOf(params, 'url') ?? '')}`,
    ASK,
  );
}

function writtenWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

const ASK = `newer_than=''
if [ -f "$dest" ] && [ ! "$force" ]; then newer_than=$dest; fi
request "$url" "$newer_than"
if [ "$http_failed" ]; then report trouble "$http_trouble"; fi
report status "$http_code"; report url "$http_url"; report head "$(cat "$work/head")"
if [ "$dest" ] && is_good "$http_code" && [ "$http_code" != 304 ]; then
  if [ -d "$dest" ]; then
    name=\${http_url%%[?#]*}; name=\${name##*/}
    dest=\${dest%/}/\${name:-index.html}
  fi
  changed=true
  if [ -f "$dest" ] && cmp -s "$work/body" "$dest"; then ensure_attrs "$dest"
  else
    directory_of "$dest"
    make_temp "$directory"
    cat "$work/body" >"$temp" || fail "Could not write $temp"
    dress_temp "$dest"
    put_in_place "$dest"
  fi
fi
if [ "$dest" ]; then report path "$dest"; report_path_info "$dest"; fi
if [ "$(($(wc -c <"$work/body")))" -gt ${CONTENT_LIMIT_BYTES} ]; then report large yes; else send_body "$work/body"; fi`;

function statusesOf(params: Params): number[] {
  return Array.isArray(params.status_code) ? params.status_code.map(Number) : [200];
}

function contentType(params: Params): (readonly [string, string])[] {
  if (headersOf(params).some(([name]) => name.toLowerCase() === 'content-type')) return [];
  const format = textOf(params, 'body_format');
  if (format === 'json') return [['Content-Type', 'application/json']];
  return format === 'form-urlencoded' ? [['Content-Type', 'application/x-www-form-urlencoded']] : [];
}

function bodyOf(params: Params): string | undefined {
  const body = params.body as Value | undefined;
  const format = textOf(params, 'body_format');
  if (body === undefined) return format === 'json' && params.src === undefined ? 'null' : undefined;
  if (typeof body === 'string') return body;
  if (format === 'json') return pythonJson(body);
  return format === 'form-urlencoded' ? formText(body) : scalarText(body);
}

// As Python's urlencode: blanks become plus signs, a list gives its name once for each item.
function formText(body: Value): string {
  const pairs: (readonly [Value, Value])[] = isDict(body)
    ? [...body].map(([key, value]) => [key, value] as const)
    : Array.isArray(body)
      ? body.map((pair) => (Array.isArray(pair) ? ([pair[0] ?? null, pair[1] ?? null] as const) : ([pair, null] as const)))
      : [];
  const written = (value: Value): string =>
    encodeURIComponent(scalarText(value))
      .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll('%20', '+');
  return pairs
    .flatMap(([key, value]) =>
      (Array.isArray(value) ? value : [value]).filter((one) => one !== null).map((one) => `${written(key)}=${written(one)}`),
    )
    .join('&');
}

function result(report: Report, params: Params): Step {
  const { values } = report;
  const skipped = values.get('skipped');
  if (skipped !== undefined) {
    const path = textOf(params, skipped) ?? '';
    const stdout = `skipped, since '${path}' ${skipped === 'creates' ? 'exists' : 'does not exist'}`;
    return finished({ changed: false, failed: false, values: dict({ stdout, stdout_lines: [stdout] }) });
  }
  const status = values.has('trouble') ? -1 : Number(values.get('status'));
  const head = values.get('head') ?? '';
  const { headers } = parseHead(head);
  const said = values.has('trouble') ? `Request failed: ${values.get('trouble') ?? ''}` : wordsOf(status, head);
  const isGood = statusesOf(params).includes(status);
  if (values.has('large') && isOn(params, 'return_content')) {
    return failed(`The answer is larger than ${CONTENT_LIMIT_BYTES} bytes; let it go to \`dest\``, { status });
  }
  const content = decodeText(report.body ?? new Uint8Array());
  const url = values.get('url') ?? '';
  const cookies = cookiesOf(head);
  const info: Record<string, Value | undefined> = {
    ...Object.fromEntries([...headers].map(([name, value]) => [name.replaceAll('-', '_'), value])),
    ...locationOf(headers, textOf(params, 'url') ?? ''),
    status,
    url,
    redirected: status === -1 ? false : url !== textOf(params, 'url'),
    elapsed: 0,
    cookies: dict(cookies),
    cookies_string: Object.entries(cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join('; '),
    json: isJson(headers) ? readJson(content) : undefined,
    // What an answer said that HTTP calls a failure, and that was wanted.
    body: status >= 300 && isGood && !isOn(params, 'return_content') && !isJson(headers) ? content : undefined,
    content: isOn(params, 'return_content') ? content : undefined,
    path: values.get('path'),
    ...pathInfo(report),
  };
  const msg = isGood ? said : `Status code was ${status} and not [${statusesOf(params).join(', ')}]: ${said}`;
  return finished({ changed: isGood && values.get('changed') === 'true', failed: !isGood, msg, values: dict(info) });
}

function locationOf(headers: ReadonlyMap<string, string>, url: string): Record<string, string> {
  const location = headers.get('location');
  if (location === undefined) return {};
  return { location: URL.canParse(location, url) ? new URL(location, url).href : location };
}

function cookiesOf(head: string): Record<string, string> {
  return Object.fromEntries(
    [...head.matchAll(/^set-cookie:\s*([^=;\s]+)=([^;\r\n]*)/gim)].map(([, name = '', value = '']) => [name, value]),
  );
}

function isJson(headers: ReadonlyMap<string, string>): boolean {
  return /^[^;]*[/+](?:json|javascript)\s*(?:;|$)/i.test(headers.get('content-type') ?? '');
}

function readJson(content: string): Value | undefined {
  try {
    return fromJson(JSON.parse(content));
  } catch (error) {
    // As in Ansible, what says it is JSON and is not has no key `json`.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
