// The module authorized_key: that keys may log in as a user, or may not.
import { dict } from '../base/value.ts';
import { ACCOUNTS } from './accounts/accounts-script.ts';
import { contentDifference, editScript, lookAtFile } from './files/edit-file.ts';
import { WORK } from './files/work.ts';
import { isOn, textOf } from './parameters/params.ts';
import { ask, failed, finished, type Report, type Script } from './script/answer.ts';
import { requestScript } from './script/http.ts';
import { assign, flag, reportingScript, word } from './script/script.ts';
import { decodeText, encodeText } from './script/text.ts';
import type { FoundFile, Module, ModuleContext, Params, Step } from './seam.ts';
import { editKeys, type PublicKey, readKey, readOptions } from './texts/authorized-keys.ts';

/** `authorized_key`: as ansible.posix 1.5. The file and its directory become the user's, with the modes sshd insists on. */
export const authorizedKey: Module = {
  name: 'authorized_key',
  collection: 'ansible.posix',
  summary: 'Puts public keys into the authorized_keys of a user, or takes them out',
  params: {
    user: { type: 'str', required: true, description: 'who may log in with them' },
    key: { type: 'str', required: true, description: 'one public key to a line, or a URL that the host gets them from' },
    path: { type: 'path', description: 'the file; default ~/.ssh/authorized_keys of the user' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether they are there' },
    key_options: { type: 'str', description: 'what stands before each key: no-pty,from="10.0.0.1"' },
    comment: { type: 'str', description: 'instead of the comment of each key' },
    exclusive: { type: 'bool', default: false, description: 'no other key stays' },
    manage_dir: { type: 'bool', default: true, description: 'make the directory, the user’s with mode 0700' },
    follow: { type: 'bool', default: false, description: 'the file may be a link' },
    validate_certs: { type: 'bool', default: true, description: 'with a URL as key: check the certificate of its server' },
  },
  checkMode: 'inspects',
  check(params) {
    const text = textOf(params, 'key');
    if (text === undefined) return [];
    const faults = isUrl(text) ? [] : badKeys(text);
    if (/[\r\n]/.test(`${textOf(params, 'key_options') ?? ''}${textOf(params, 'comment') ?? ''}`)) {
      faults.push('`key_options` and `comment` are one line');
    }
    return faults;
  },
  compile(params, context) {
    const key = textOf(params, 'key') ?? '';
    if (!isUrl(key)) return editFile(key, params, context);
    return ask(fetchScript(key.trim(), params, context), context, ({ values }) => {
      const fetched = values.get('keys') ?? '';
      const [bad] = badKeys(fetched);
      return bad === undefined ? editFile(fetched, params, context) : failed(bad);
    });
  },
};

function isUrl(key: string): boolean {
  return /^\s*(?:https?|ftp):\/\//.test(key);
}

function badKeys(text: string): string[] {
  return keyLines(text).flatMap((line) => (readKey(line) === undefined ? [`invalid key specified: ${line}`] : []));
}

function fetchScript(url: string, params: Params, context: ModuleContext): Script {
  const request = requestScript({ ...params, use_proxy: true }, { method: 'GET', followsRedirects: true });
  return reportingScript(context, {}, WORK, request, `begin_work\nurl=${word(url)}`, FETCH);
}

const FETCH = `request "$url" ''
if [ "$http_failed" ] || [ "$http_code" != 200 ]; then fail "Error getting key from: $url $http_trouble"; fi
keys=$(cat "$work/body")
report keys "$keys"`;

function editFile(keys: string, params: Params, context: ModuleContext): Step {
  const path = textOf(params, 'path');
  const looks = [
    ACCOUNTS,
    `${assign('user', textOf(params, 'user'))} ${flag('own', path === undefined)} ${flag('follow', isOn(params, 'follow'))}`,
    LOOK,
  ].join('\n');
  return lookAtFile(params, context, (found, report) => decide(found, report, keys, params, context), { path: path ?? '/', looks });
}

const LOOK = `line=$(user_line "$user")
if [ "$line" ]; then report uid "$(field 3 "$line")"; report gid "$(field 4 "$line")"
elif [ ! "$check" ]; then fail "Failed to lookup user $user"
elif [ "$own" ]; then fail 'Either user must exist or you must provide full path to key file in check mode'; fi
if [ "$own" ]; then
  home=$(field 6 "$line")
  path=\${home%/}/.ssh/authorized_keys
fi
# Who may write a link chooses what is read, replaced and given away.
directory_of "$path"
for one in "$path" "$directory"; do
  if [ -L "$one" ] && [ ! "$follow" ]; then fail "$one is a link: give follow if that is meant"; fi
done
report path "$path"`;

function keyLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

function wantedKeys(keys: string, params: Params): PublicKey[] {
  const [options, comment] = [textOf(params, 'key_options'), textOf(params, 'comment')];
  return keyLines(keys)
    .flatMap((line) => readKey(line) ?? [])
    .map((key) => ({
      ...key,
      ...(options === undefined ? {} : { options: readOptions(options) }),
      ...(comment === undefined ? {} : { comment }),
    }));
}

function decide(found: FoundFile, { values }: Report, keys: string, params: Params, context: ModuleContext): Step {
  const isPresent = params.state === 'present';
  const before = decodeText(found.bytes);
  const text = editKeys(before, { keys: wantedKeys(keys, params), isPresent, exclusive: isOn(params, 'exclusive') });
  const changed = text !== before;
  const after = Buffer.from(encodeText(text));
  const said = ['user', 'key', 'path', 'state', 'key_options', 'comment'].map((name) => [name, textOf(params, name) ?? null] as const);
  const flags = ['exclusive', 'manage_dir', 'follow', 'validate_certs'].map((name) => [name, isOn(params, name)] as const);
  const result = finished({
    changed,
    failed: false,
    values: dict({ ...Object.fromEntries(said), ...Object.fromEntries(flags), keyfile: found.path }),
    ...(context.diff ? { diff: contentDifference(found, after) } : {}),
  });
  if (!changed || context.checkMode) return result;
  const owned = { ...params, mode: '0600', owner: values.get('uid') ?? '', group: values.get('gid') ?? '' };
  const script = editScript(found, after, owned, context, {
    before: `${flag('manage_dir', isOn(params, 'manage_dir'))}\n${DIRECTORY}`,
  });
  return ask(script, context, () => result);
}

const DIRECTORY = `if [ "$manage_dir" ]; then
  directory_of "$path"
  if [ ! -d "$directory" ]; then trouble=$(umask 77; mkdir -p "$directory" 2>&1) || fail "Failed to create directory $directory : $trouble"; fi
  chown "$want_uid:$want_gid" "$directory" && chmod 700 "$directory" || fail "Cannot give $directory its owner and mode"
fi`;
