// The module user: that a user is there, and is like this. It does not know how passwords are hashed.
import { dict, Float, type Value } from '../base/value.ts';
import { ACCOUNTS } from './accounts/accounts-script.ts';
import { USER } from './accounts/user-script.ts';
import { numberOf } from './files/attributes.ts';
import { integerOf, isOn, textOf, textsOf } from './parameters/params.ts';
import { askLast, finished, type Report, type Script, streamsOf } from './script/answer.ts';
import { assign, flag, reportingScript } from './script/script.ts';
import type { FinishedStep, Module, ModuleContext, ParamSpecs, Params } from './seam.ts';

const OTHER_SYSTEM = 'It is of another system than Linux; leave it out';

const REFUSED: ParamSpecs = {
  ssh_key_passphrase: {
    type: 'str',
    description: 'of the key',
    unsupported: 'Make the key with a task of its own: it would be seen in a list of processes',
  },
  local: { type: 'bool', description: 'only local users', unsupported: 'Have it done with a command task: luseradd NAME' },
  seuser: { type: 'str', description: 'SELinux user', unsupported: 'Have it done with a command task: semanage login' },
  hidden: { type: 'bool', description: 'of macOS', unsupported: OTHER_SYSTEM },
  login_class: { type: 'str', description: 'of the BSDs', unsupported: OTHER_SYSTEM },
  profile: { type: 'str', description: 'of Solaris', unsupported: OTHER_SYSTEM },
  authorization: { type: 'str', description: 'of Solaris', unsupported: OTHER_SYSTEM },
  role: { type: 'str', description: 'of Solaris', unsupported: OTHER_SYSTEM },
};

/**
 * `user`: as ansible 2.14, where the host has useradd and usermod, or busybox' adduser. The hash of a password goes to the host's
 * chpasswd through a pipe, never into a list of processes.
 */
export const user: Module = {
  name: 'user',
  summary: 'Makes, changes and removes users',
  params: {
    name: { type: 'str', required: true, aliases: ['user'], description: 'the user' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether the user is there' },
    uid: { type: 'int', description: 'the number' },
    non_unique: { type: 'bool', default: false, description: 'the number may be that of another user' },
    group: { type: 'str', description: 'the primary group, by name or number' },
    groups: { type: 'list', elements: 'str', description: 'the further groups, and no others; with append, beside those there are' },
    append: { type: 'bool', default: false, description: 'keep groups that are not named' },
    comment: { type: 'str', description: 'who it is' },
    home: { type: 'path', description: 'the home directory' },
    create_home: { type: 'bool', default: true, aliases: ['createhome'], description: 'make the home directory when it is not there' },
    move_home: { type: 'bool', default: false, description: 'move the old home directory to the new place' },
    skeleton: { type: 'str', description: 'what a new home directory begins with; default /etc/skel' },
    umask: { type: 'str', description: 'of a new home directory' },
    shell: { type: 'str', description: 'the login shell' },
    system: { type: 'bool', default: false, description: 'a new user gets a number of the system' },
    password: { type: 'str', description: 'the hash of the password, as of crypt' },
    update_password: { type: 'str', default: 'always', choices: ['always', 'on_create'], description: 'when the password is set' },
    password_lock: { type: 'bool', description: 'whether the password is locked' },
    password_expire_max: { type: 'int', description: 'days until a password must be changed' },
    password_expire_min: { type: 'int', description: 'days until a password may be changed' },
    expires: { type: 'float', description: 'when the account ends, in seconds since 1970; below 0: never' },
    force: { type: 'bool', default: false, description: 'remove a user who is logged in; make a key anew' },
    remove: { type: 'bool', default: false, description: 'remove the home directory with the user' },
    generate_ssh_key: { type: 'bool', description: 'make a key when there is none' },
    ssh_key_bits: { type: 'int', default: 0, description: 'its length; default is that of ssh-keygen' },
    ssh_key_type: { type: 'str', default: 'rsa', description: 'its type' },
    ssh_key_file: { type: 'path', description: 'its file, from the home directory; default .ssh/id_TYPE' },
    ssh_key_comment: { type: 'str', description: 'its comment; default ansible-generated on HOST' },
    ...REFUSED,
  },
  checkMode: 'inspects',
  check(params, templated) {
    const faults: string[] = [];
    if (/^-|[:\n]|^$/.test(textOf(params, 'name') ?? 'x')) faults.push('`name` cannot be the name of a user');
    for (const name of ['comment', 'home', 'shell', 'password']) {
      if (/[:\n]/.test(textOf(params, name) ?? '')) faults.push(`\`${name}\` holds a colon or a newline, and cannot be stored`);
    }
    if (isOn(params, 'append') && params.groups === undefined && !templated.has('groups')) faults.push('`append` needs `groups`');
    return faults;
  },
  compile: (params, context) => askLast(userScript(params, context), context, (report) => result(report, params)),
};

function userScript(params: Params, context: ModuleContext): Script {
  const texts = ['name', 'state', 'group', 'comment', 'skeleton', 'umask', 'shell', 'password'];
  const numbers = ['uid', 'password_expire_max', 'password_expire_min'];
  const flags = ['non_unique', 'append', 'create_home', 'move_home', 'system', 'force', 'remove', 'generate_ssh_key'];
  const keyType = textOf(params, 'ssh_key_type') ?? 'rsa';
  const bits = integerOf(params, 'ssh_key_bits') ?? 0;
  return reportingScript(
    context,
    textOf(params, 'home') === undefined ? {} : { home: textOf(params, 'home') ?? '' },
    ACCOUNTS,
    ...(textOf(params, 'home') === undefined ? ["home=''"] : []),
    ...texts.map((name) => assign(name === 'shell' ? 'login_shell' : name, textOf(params, name))),
    ...numbers.map((name) => assign(name, integerOf(params, name)?.toString())),
    ...flags.map((name) => flag(name, isOn(params, name))),
    flag('has_comment', params.comment !== undefined),
    flag('has_password', params.password !== undefined),
    flag('set_always', params.update_password === 'always'),
    assign('lock', params.password_lock === undefined ? '' : isOn(params, 'password_lock') ? 'yes' : 'no'),
    flag('has_groups', params.groups !== undefined),
    wantedGroups(namedGroups(params)),
    ...namedGroups(params).map((one) => assign(`group_${one.index}`, one.name)),
    ...expiry(params.expires),
    assign('key_file', textOf(params, 'ssh_key_file') ?? `.ssh/id_${keyType}`),
    `${assign('key_type', keyType)} ${assign('key_bits', bits > 0 ? String(bits) : undefined)} ${assign('key_comment', textOf(params, 'ssh_key_comment'))}`,
    USER,
  );
}

function wantedGroups(named: readonly { readonly index: number }[]): string {
  if (named.length === 0) return 'wanted_groups() { :; }';
  return `wanted_groups() { printf '%s\\n' ${named.map(({ index }) => `"$group_${index}"`).join(' ')} | sort -u; }`;
}

function namedGroups(params: Params): { readonly name: string; readonly index: number }[] {
  return (textsOf(params, 'groups') ?? [])
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name, index) => ({ name, index }));
}

/** The day an account ends: as a number, `-1` for never, and as usermod reads it. */
function expiry(expires: Params[string]): string[] {
  if (!(expires instanceof Float)) return ["expire_day='' expire_date=''"];
  const isNever = expires.value < 0;
  const date = isNever ? '' : new Date(expires.value * 1000).toISOString().slice(0, 10);
  return [`${assign('expire_day', String(isNever ? -1 : Math.floor(expires.value / 86_400)))} ${assign('expire_date', date)}`];
}

function result(report: Report, params: Params): FinishedStep {
  const { values } = report;
  const did = values.get('did');
  const groups = textsOf(params, 'groups');
  const of: Record<string, Record<string, Value>> = {
    create: { system: isOn(params, 'system'), create_home: isOn(params, 'create_home') },
    modify: { append: isOn(params, 'append'), move_home: isOn(params, 'move_home') },
    remove: { force: isOn(params, 'force'), remove: isOn(params, 'remove') },
  };
  const isPresent = params.state === 'present';
  return finished({
    changed: values.get('changed') === 'true',
    failed: false,
    values: dict({
      name: textOf(params, 'name'),
      state: textOf(params, 'state'),
      ...of[did ?? ''],
      ...(isPresent && params.password !== undefined ? { password: 'NOT_LOGGING_PASSWORD' } : {}),
      ...(values.has('uid')
        ? {
            uid: numberOf(report, 'uid'),
            group: numberOf(report, 'group'),
            ...Object.fromEntries(['comment', 'home', 'shell'].map((name) => [name, values.get(name) ?? ''])),
            groups: groups?.join(','),
          }
        : {}),
      ...Object.fromEntries(['ssh_fingerprint', 'ssh_key_file', 'ssh_public_key'].map((name) => [name, values.get(name)])),
      ...streamsOf(report),
    }),
  });
}
