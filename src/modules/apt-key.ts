// The module apt_key: that apt trusts a key, or does not. Debian has given its tool up; the ways around it are in the failures.
import { dict } from '../base/value.ts';
import { WORK } from './files/work.ts';
import { textOf } from './parameters/params.ts';
import { ask, failed, finished, type Report } from './script/answer.ts';
import { requestScript } from './script/http.ts';
import { assign, pathWord, reportingScript, word, writeBytes } from './script/script.ts';
import { encodeText, linesOf } from './script/text.ts';
import type { Module, ModuleContext, Params, Step } from './seam.ts';

const SOURCES = ['data', 'file', 'keyserver', 'url'] as const;

/** `apt_key`: as ansible 2.14, with the host's apt-key and gpg. */
export const aptKey: Module = {
  name: 'apt_key',
  summary: 'Adds keys that apt trusts, or takes them out',
  params: {
    id: { type: 'str', description: 'hexadecimal, 8, 16 or more digits; the key itself is looked at when it is not given' },
    data: { type: 'str', description: 'the key as text' },
    file: { type: 'path', description: 'a file of the host with the key' },
    url: { type: 'str', description: 'a URL of the key' },
    keyserver: { type: 'str', description: 'a server of keys; needs id' },
    keyring: { type: 'path', description: 'the file it goes into, of /etc/apt/trusted.gpg.d' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether it is there' },
    validate_certs: { type: 'bool', default: true, description: 'check the certificate of the server' },
  },
  checkMode: 'inspects',
  check(params, templated) {
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    const given = SOURCES.filter(has);
    const faults = given.length > 1 ? [`\`${given.join('`, `')}\` exclude each other`] : [];
    if (!has('id') && has('keyserver')) faults.push('Missing key_id, required with keyserver.');
    if (!has('id') && given.length === 0) faults.push('`id` is needed, or the key itself: `data`, `file` or `url`');
    if (params.state === 'present' && given.length === 0) faults.push('the key is needed: `data`, `file`, `url` or `keyserver`');
    const id = textOf(params, 'id');
    if (id !== undefined && keyIds(id) === undefined) faults.push('Invalid key_id');
    return faults;
  },
  compile: (params, context) =>
    ask(reportingScript(context, {}, ...prelude(params), LOOK), context, (report) => decide(report, params, context)),
};

/** The ways a key is called: what `apt-key del` takes, what lists show, all of it. As ansible 2.14. */
interface KeyIds {
  readonly short: string;
  readonly fingerprint: string;
  readonly whole: string;
}

function keyIds(text: string): KeyIds | undefined {
  const whole = text.toUpperCase().replace(/^0X/, '');
  if (!/^[0-9A-F]+$/.test(whole) || (whole.length <= 16 && whole.length !== 8 && whole.length !== 16)) return undefined;
  return { short: whole.slice(-8), fingerprint: whole.slice(-16), whole };
}

/** Where the key comes from, and the tools, in shell. */
function prelude(params: Params): string[] {
  const [file, keyring, url] = ['file', 'keyring', 'url'].map((name) => textOf(params, name));
  return [
    WORK,
    ...(url === undefined
      ? []
      : [requestScript({ ...params, http_agent: 'ansible-httpget', use_proxy: true }, { method: 'GET', followsRedirects: true })]),
    `file=${file === undefined ? "''" : pathWord(file)} keyring=${keyring === undefined ? "''" : pathWord(keyring)} ${assign('url', url)}`,
    `fetch_key() {\n${fetching(params)}\n}`,
    assign('id', textOf(params, 'id')),
    TOOLS,
  ];
}

/** Puts the key into `$work/key`. */
function fetching(params: Params): string {
  const data = textOf(params, 'data');
  if (data !== undefined) return `{\n${writeBytes(encodeText(data))}\n} >"$work/key"`;
  if (params.url !== undefined) return FETCH;
  return params.file === undefined ? ':' : `cp "$file" "$work/key" || fail "Unable to extract key from '$file'"`;
}

const FETCH = `request "$url" ''
case $http_code in 2?? | 000) ;; *) fail "Failed to download key at $url: HTTP Error $http_code" ;; esac
if [ "$http_failed" ]; then fail "error getting key id from url: $url: $http_trouble"; fi
cp "$work/body" "$work/key"`;

const TOOLS = `begin_work
for tool in apt-key gpg; do
  command -v "$tool" >/dev/null 2>&1 || fail "There is no $tool on this host: put the key into /etc/apt/keyrings with get_url or copy, and name it in the repository with signed-by"
done
# It says that nobody should use it.
APT_KEY_DONT_WARN_ON_DANGEROUS_USAGE=1; export APT_KEY_DONT_WARN_ON_DANGEROUS_USAGE
tool() { if [ "$keyring" ]; then apt-key --keyring "$keyring" "$@"; else apt-key "$@"; fi; }
list_keys() {
  listed=$(tool adv --list-public-keys --keyid-format=long 2>"$work/trouble" </dev/null) || fail "Unable to list public keys: $(cat "$work/trouble")"
  report "$1" "$listed"
}`;

const LOOK = `list_keys before
if [ ! "$id" ]; then
  fetch_key
  packets=$(gpg --homedir "$work" --with-colons "$work/key" 2>"$work/trouble" </dev/null) || fail "Unable to extract key from '\${file:-inline data}': $(cat "$work/trouble")"
  report packets "$packets"
fi`;

function decide({ values }: Report, params: Params, context: ModuleContext): Step {
  const found = textOf(params, 'id') ?? listedKeys(values.get('packets') ?? '')[0];
  const ids = found === undefined ? undefined : keyIds(found);
  if (ids === undefined) return failed('Invalid key_id', { id: found ?? null });
  const isShort = ids.whole.length === 8;
  const keysOf = (text: string): string[] => listedKeys(text).map((key) => (isShort ? key.slice(-8) : key));
  const before = keysOf(values.get('before') ?? '');
  const isPresent = params.state === 'present';
  const isThere = before.includes(isShort ? ids.short : ids.fingerprint);
  const changed = isPresent !== isThere;
  const about = { id: found, short_id: ids.short, fp: ids.fingerprint, key_id: ids.whole, before };
  if (!changed || context.checkMode) return finished({ changed, failed: false, values: dict(about) });
  const act = isPresent ? addition(params, ids) : `change ${word(`Unable to remove a key with id ${ids.short}`)} tool del ${ids.short}`;
  return ask(reportingScript(context, {}, ...prelude(params), act, 'list_keys after'), context, (report) => {
    const after = keysOf(report.values.get('after') ?? '');
    const isThereNow = after.includes(isShort ? ids.short : ids.fingerprint);
    const all = { ...about, after };
    if (isThereNow === isPresent) return finished({ changed: true, failed: false, values: dict(all) });
    const what = isPresent ? 'failed to add the key' : 'the key was not removed';
    return failed(`apt-key did not return an error, but ${what} (check that the id is correct and *not* a subkey)`, all);
  });
}

function addition(params: Params, ids: KeyIds): string {
  const server = textOf(params, 'keyserver');
  if (server === undefined)
    return 'fetch_key\nadd_key() { tool add "$work/key" </dev/null; }\nchange "Unable to add a key from ${file:-binary data}" add_key';
  return `proxy=\${HTTPS_PROXY-\${https_proxy-\${HTTP_PROXY-\${http_proxy-}}}}
receive() { tool adv --no-tty --keyserver ${word(server)} \${proxy:+--keyserver-options "http-proxy=$proxy"} --recv ${ids.whole} </dev/null; }
# Servers of keys are often busy.
tries=1
until trouble=$(receive 2>&1); do
  if [ "$tries" -ge 5 ]; then fail "Error fetching key ${ids.whole} from keyserver: "${word(server)}": $trouble"; fi
  tries=$((tries + 1))
done
changed=true`;
}

/** The keys gpg lists, of either of its two forms; expired ones do not count. */
function listedKeys(text: string): string[] {
  return linesOf(text).flatMap((line) => {
    if (!/^(?:pub|sub)/.test(line) || line.includes('expired')) return [];
    const key = /^\S+\s+[^\s/]+\/(\S+)/.exec(line)?.[1] ?? line.split(':')[4];
    return key === undefined ? [] : [key];
  });
}
