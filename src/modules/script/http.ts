// Requests that the host itself makes, with its curl: the parameters, how curl is told, and what came back. It knows no module.
import { integerOf, isOn, textOf } from '../parameters/params.ts';
import type { ParamSpecs, Params } from '../seam.ts';
import { flag, pathWord, writeBytes } from './script.ts';
import { encodeText } from './text.ts';

/** Parameters of every module that makes requests. */
export const HTTP_PARAMS: ParamSpecs = {
  url: { type: 'str', required: true, description: 'http, https, ftp or file' },
  headers: { type: 'dict', description: 'headers of the request' },
  force: { type: 'bool', default: false, aliases: ['thirsty'], description: 'ask for it even when it is not newer' },
  http_agent: { type: 'str', default: 'ansible-httpget', description: 'who asks' },
  use_proxy: { type: 'bool', default: true, description: 'go through the proxy of the environment' },
  validate_certs: { type: 'bool', default: true, description: 'check the certificate of the server' },
  force_basic_auth: { type: 'bool', default: false, description: 'send user and password before they are asked for' },
  client_cert: { type: 'path', description: 'a certificate of the host to show' },
  client_key: { type: 'path', description: 'the key of the certificate' },
  ciphers: { type: 'list', elements: 'str', description: 'ciphers to allow' },
  use_netrc: { type: 'bool', default: true, description: 'look for the password in the netrc of the host' },
  decompress: { type: 'bool', default: true, description: 'unpack what is sent packed' },
  use_gssapi: { type: 'bool', default: false, description: 'Kerberos', unsupported: 'Have it done with a command task: curl --negotiate' },
  unredirected_headers: {
    type: 'list',
    elements: 'str',
    default: [],
    description: 'not to send elsewhere',
    unsupported: 'Set follow_redirects: none',
  },
};

/** How a request differs from a plain one. */
export interface Request {
  readonly method: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly followsRedirects: boolean;
  /** Whether `$work/sent` is the body. */
  readonly sendsBody?: boolean;
}

/**
 * The function `request URL NEWER_THAN`, which puts what came into $work/body and $work/head and sets http_code, http_url, http_trouble. Nothing secret is seen in a
 * list of processes. Needs WORK.
 */
export function requestScript(params: Params, request: Request): string {
  const cert = ['client_cert', 'client_key', 'ca_path', 'unix_socket'].filter((name) => textOf(params, name) !== undefined);
  const options: Readonly<Record<string, string>> = {
    client_cert: '--cert',
    client_key: '--key',
    ca_path: '--cacert',
    unix_socket: '--unix-socket',
  };
  return [
    ...cert.map((name) => `${name}=${pathWord(textOf(params, name) ?? '')}`),
    `curl_config() {\n${writeBytes(encodeText(curlConfig(params, request)))}\n}`,
    `curl_paths() { "$@" ${cert.map((name) => `${options[name]} "$${name}"`).join(' ')}; }`,
    flag('head_only', request.method === 'HEAD'),
    REQUEST,
  ].join('\n');
}

const REQUEST = `request() {
  command -v curl >/dev/null 2>&1 || fail 'There is no curl on this host'
  : >"$work/head"; : >"$work/body"
  { curl_config; printf 'url = "%s"\\n' "$(printf %s "$1" | sed 's/[\\\\"]/\\\\&/g')"; if [ "$2" ]; then printf 'time-cond = "%s"\\n' "$(printf %s "$2" | sed 's/[\\\\"]/\\\\&/g')"; fi; } >"$work/config"
  if [ ! -e "$work/sent" ]; then : >"$work/sent"; fi
  if curl_paths curl -q -sS -K "$work/config" -o "$work/body" -D "$work/head" -w '%{http_code} %{url_effective}' <"$work/sent" >"$work/said" 2>"$work/trouble"; then http_failed=''
  else http_failed=yes; fi
  rm -f "$work/config"
  # Told to write what it gets, curl writes the headers of an answer without a body.
  if [ "$head_only" ]; then : >"$work/body"; fi
  http_trouble=$(cat "$work/trouble") http_said=$(cat "$work/said")
  http_code=\${http_said%% *} http_url=\${http_said#* }
}`;

function curlConfig(params: Params, request: Request): string {
  const stall = String(integerOf(params, 'timeout') ?? 10);
  const lines: (readonly [string, string] | string)[] = [
    ['user-agent', textOf(params, 'http_agent') ?? ''],
    // As in Ansible, not how long it takes in all: how long nothing may come.
    ['connect-timeout', stall],
    ['speed-time', stall],
    ['speed-limit', '1'],
    ...(request.headers ?? []).map(([name, value]) => ['header', value === '' ? `${name};` : `${name}: ${value}`] as const),
    ...methodLines(request),
    ...(request.followsRedirects ? ['location'] : []),
    ...(request.sendsBody === true ? [['data-binary', '@-'] as const] : []),
    ...(isOn(params, 'validate_certs') ? [] : ['insecure']),
    ...(isOn(params, 'use_proxy') ? [] : [['noproxy', '*'] as const]),
    ...(isOn(params, 'use_netrc') ? ['netrc-optional'] : []),
    ...(isOn(params, 'decompress') && request.headers?.some(([name]) => name.toLowerCase() === 'accept-encoding') ? ['compressed'] : []),
    ...(Array.isArray(params.ciphers) ? [['ciphers', params.ciphers.map(String).join(':')] as const] : []),
    ...credentials(params),
  ];
  return lines.map((line) => (typeof line === 'string' ? `${line}\n` : `${line[0]} = "${escaped(line[1])}"\n`)).join('');
}

// Said only where curl would not do it by itself: what is said here is said to every server it is sent on to.
function methodLines({ method, sendsBody = false }: Request): (readonly [string, string] | string)[] {
  if (method === 'HEAD') return ['head'];
  return method === (sendsBody ? 'POST' : 'GET') ? [] : [['request', method]];
}

function credentials(params: Params): (readonly [string, string] | string)[] {
  const [user, password] = [textOf(params, 'url_username'), textOf(params, 'url_password')];
  if (user === undefined) return [];
  return [['user', `${user}:${password ?? ''}`], isOn(params, 'force_basic_auth') ? 'basic' : 'anyauth'];
}

function escaped(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
}

/** The headers of the last answer, names in lower case; those that came several times joined by commas. */
export function parseHead(text: string): { readonly reason: string; readonly headers: ReadonlyMap<string, string> } {
  const blocks = text
    .replaceAll('\r', '')
    .split(/\n\n+/)
    .filter((block) => block.startsWith('HTTP/'));
  const [status = '', ...lines] = (blocks.at(-1) ?? '').split('\n');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (name === '') continue;
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return { reason: status.replace(/^HTTP\/\S+ \d+ ?/, ''), headers };
}

/** `OK (12 bytes)`, or what HTTP calls the failure: as Ansible words them. */
export function wordsOf(status: number, text: string): string {
  const { reason, headers } = parseHead(text);
  if (status >= 200 && status < 300) return `OK (${headers.get('content-length') ?? 'unknown'} bytes)`;
  return `HTTP Error ${status}: ${reason}`;
}

/** Parameters of a user and a password. */
export function credentialParams(...names: readonly [user: readonly string[], password: readonly string[]]): ParamSpecs {
  return {
    url_username: { type: 'str', aliases: names[0], description: 'the user' },
    url_password: { type: 'str', aliases: names[1], description: 'the password' },
  };
}
