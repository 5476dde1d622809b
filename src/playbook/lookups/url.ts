// lookup url: what web servers answer. The request runs on a thread of its own, and the templates wait for it: hence a deadline.
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { Float, isDict, type Value } from '../../base/value.ts';
import { isOn } from '../../modules/parameters/params.ts';
import { splitLines } from '../../modules/script/text.ts';
import type { ParamSpecs, Params } from '../../modules/seam.ts';
import { seconds } from '../run/task-run.ts';
import type { Controller, Lookup } from './seam.ts';
import { failed, textTerm } from './terms.ts';
import type { UrlAnswer, UrlRequest } from './url-request.ts';

const OPTIONS: ParamSpecs = {
  validate_certs: { type: 'bool', default: true, description: 'Whether the certificate must be good' },
  split_lines: { type: 'bool', default: true, description: 'A list of lines, not one text' },
  use_proxy: { type: 'bool', default: true, description: 'Mind http_proxy and https_proxy of the environment' },
  username: { type: 'str', description: 'For Basic authentication' },
  password: { type: 'str', description: 'For Basic authentication' },
  headers: { type: 'dict', default: new Map(), description: 'Further headers' },
  force: { type: 'bool', default: false, description: 'Ask caches not to answer' },
  timeout: { type: 'float', default: 10, description: 'Seconds all of it may take' },
  http_agent: { type: 'str', default: 'ansible-httpget', description: 'The header User-Agent' },
  force_basic_auth: { type: 'bool', default: false, description: 'Accepted: the password is sent at once in any case' },
  follow_redirects: {
    type: 'str',
    default: 'urllib2',
    choices: ['urllib2', 'all', 'yes', 'safe', 'none', 'no'],
    description: 'Whether another address is followed',
  },
  use_gssapi: { type: 'bool', unsupported: 'Fetch it with curl in the lookup pipe', description: 'Kerberos' },
  use_netrc: { type: 'bool', default: false, unsupported: 'Give username and password', description: 'Passwords of ~/.netrc' },
  unix_socket: { type: 'path', description: 'A socket to connect to instead' },
  ca_path: { type: 'path', description: 'Certificates to trust, instead of those of Node' },
  unredirected_headers: { type: 'list', elements: 'str', default: [], description: 'Headers that another address does not get' },
  ciphers: { type: 'list', elements: 'str', default: [], description: 'Ciphers of TLS, as OpenSSL names them' },
};

export const url: Lookup = {
  name: 'url',
  summary: 'what web servers answer to GET, by line',
  options: OPTIONS,
  find: (terms, options, { controller }) =>
    terms.flatMap((term) => {
      const body = fetched(textTerm('url', term), options, controller);
      return isOn(options, 'split_lines') ? splitLines(body) : [body];
    }),
};

function fetched(address: string, options: Params, { environment }: Controller): string {
  if (!/^https?:\/\//i.test(address)) throw failed('url', `\`${address}\` is no web address`, 'Begin it with http:// or https://');
  if (isOn(options, 'use_proxy') && options.unix_socket === undefined) refuseProxy(address, environment);
  const answer = ask(requestOf(address, options));
  if (answer.kind === 'body') return answer.body;
  throw failed('url', `${address}: ${answer.message}`, 'Try the address with curl on this machine');
}

function requestOf(address: string, options: Params): UrlRequest {
  const headers: Record<string, string> = { 'user-agent': String(options.http_agent as string) };
  if (isOn(options, 'force')) headers['cache-control'] = 'no-cache';
  const { username, password } = options;
  if (typeof username === 'string')
    headers.authorization = `Basic ${Buffer.from(`${username}:${typeof password === 'string' ? password : ''}`).toString('base64')}`;
  if (isDict(options.headers)) for (const [name, value] of options.headers) headers[String(name).toLowerCase()] = textOf(value);
  const list = (name: string): string[] => (options[name] as Value[]).map(textOf);
  return {
    address,
    headers,
    timeoutMs: seconds(options.timeout as Value),
    follow: !['none', 'no'].includes(String(options.follow_redirects as string)),
    unredirected: list('unredirected_headers').map((name) => name.toLowerCase()),
    validateCertificates: isOn(options, 'validate_certs'),
    socketPath: options.unix_socket as string | undefined,
    caPath: options.ca_path as string | undefined,
    ciphers: list('ciphers').join(':') || undefined,
  };
}

function textOf(value: Value): string {
  return value instanceof Float ? String(value.value) : String(value as string);
}

// Blocks this thread, and only this one, until the other has answered.
function ask(request: UrlRequest): UrlAnswer {
  const { port1, port2 } = new MessageChannel();
  const done = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./url-request.js', import.meta.url), {
    workerData: { request, port: port2, done },
    transferList: [port2],
  });
  // It ends by itself at the deadline; the second more is for starting it.
  Atomics.wait(done, 0, 0, request.timeoutMs + 5_000);
  const received = receiveMessageOnPort(port1) as { readonly message: UrlAnswer } | undefined;
  port1.close();
  worker.unref();
  return received?.message ?? { kind: 'failed', message: `no answer within ${request.timeoutMs / 1_000} s` };
}

function refuseProxy(address: string, environment: Controller['environment']): void {
  const { hostname, protocol } = new URL(address);
  const name = protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const proxy = environment[name] ?? environment[name.toUpperCase()] ?? '';
  const spared = (environment.no_proxy ?? environment.NO_PROXY ?? '').split(',').map((one) => one.trim().replace(/^\*?\./, ''));
  if (proxy === '' || spared.some((one) => one === '*' || (one !== '' && (hostname === one || hostname.endsWith(`.${one}`))))) return;
  throw failed('url', `${name} is set, and proxies are not supported`, 'Give use_proxy=false, or fetch it with curl in the lookup pipe');
}
