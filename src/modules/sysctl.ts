// The module sysctl: that a variable of the kernel has a value, in a file and, when asked, in the kernel.
import { dict } from '../base/value.ts';
import { contentDifference, editScript, lookAtFile } from './files/edit-file.ts';
import { isOn, textOf } from './parameters/params.ts';
import { ask, finished } from './script/answer.ts';
import { assign, flag } from './script/script.ts';
import { decodeText, encodeText, linesOf } from './script/text.ts';
import type { FoundFile, Module, ModuleContext, Params, Step } from './seam.ts';

/** `sysctl`: as ansible.posix 1.5. A value that is a word for true or false becomes 1 or 0. */
export const sysctl: Module = {
  name: 'sysctl',
  collection: 'ansible.posix',
  summary: 'Sets variables of the kernel, for now and for the next boot',
  params: {
    name: { type: 'str', required: true, aliases: ['key'], description: 'the variable: net.ipv4.ip_forward' },
    value: { type: 'str', aliases: ['val'], description: 'what it is set to' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether the file says it' },
    sysctl_file: { type: 'path', default: '/etc/sysctl.conf', description: 'the file' },
    sysctl_set: { type: 'bool', default: false, description: 'ask the kernel what it has, and set it with sysctl -w' },
    reload: { type: 'bool', default: true, description: 'have sysctl -p read the file when something changed' },
    ignoreerrors: { type: 'bool', default: false, description: 'variables that the kernel does not know are no failure' },
  },
  checkMode: 'inspects',
  check(params, templated) {
    const faults: string[] = [];
    if (textOf(params, 'name')?.trim() === '') faults.push('`name` is empty');
    if (params.state === 'present' && params.value === undefined && !templated.has('value')) {
      faults.push('`value` is needed, unless `state` is absent');
    }
    for (const name of ['name', 'value']) {
      if (textOf(params, name)?.trim().includes('\n') === true) faults.push(`\`${name}\` holds several lines`);
    }
    return faults;
  },
  compile(params, context) {
    const name = textOf(params, 'name')?.trim() ?? '';
    const looks = `${TOOL}\n${assign('name', name)}\nif value=$(read_variable "$name"); then report value "$value"; fi`;
    return lookAtFile(params, context, (found, { values }) => decide(found, values.get('value'), params, context), {
      path: textOf(params, 'sysctl_file') ?? '',
      looks,
    });
  },
};

const TOOL = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
command -v sysctl >/dev/null 2>&1 || fail 'There is no sysctl on this host'
# OpenBSD has no -e: there a variable that is not known is an error, and here too.
read_variable() { sysctl -e -n "$1" 2>/dev/null || sysctl -n "$1" 2>/dev/null; }`;

function decide(found: FoundFile, inKernel: string | undefined, params: Params, context: ModuleContext): Step {
  const name = textOf(params, 'name')?.trim() ?? '';
  const isPresent = params.state === 'present';
  const value = isPresent ? kernelValue(textOf(params, 'value') ?? '') : undefined;
  const { lines, old } = setVariable(linesOf(decodeText(found.bytes)), name, value);
  const isWritten = value === undefined ? old !== undefined && old !== '' : old !== value;
  const differs = value !== undefined && (inKernel === undefined || !areSame(inKernel, value));
  const isSet = isOn(params, 'sysctl_set') && isPresent && differs;
  const changed = isWritten || isSet || (isOn(params, 'reload') && differs);
  const after = isWritten ? Buffer.from(encodeText(lines.map((line) => `${line}\n`).join(''))) : found.bytes;
  const result = finished({
    changed,
    failed: false,
    values: dict(),
    ...(context.diff ? { diff: contentDifference(found, after) } : {}),
  });
  if (!changed || context.checkMode) return result;
  const script = editScript(found, isWritten ? after : undefined, params, context, {
    before: [
      TOOL,
      `${assign('name', name)} ${assign('value', value)}`,
      `${flag('set', isSet && inKernel !== undefined)} ${flag('reload', isOn(params, 'reload'))} ${flag('lenient', isOn(params, 'ignoreerrors'))}`,
      APPLY,
    ].join('\n'),
    after: 'if [ "$reload" ]; then reload_file; fi',
  });
  return ask(script, context, () => result);
}

// sysctl says some refusals on stderr only, and ends with 0.
const APPLY = `set_variable() { sysctl \${lenient:+-e} -w "$name=$value" 2>&1; }
if [ "$set" ]; then
  trouble=$(set_variable) || fail "setting $name failed: $trouble"
  case $trouble in *': Invalid argument'* | *': Read-only file system'*) fail "setting $name failed: $trouble" ;; esac
fi
reload_file() {
  case $(uname) in
  # These read no file: what it says is set line by line.
  FreeBSD | OpenBSD | NetBSD | Darwin)
    trouble=$(sed -n 's/^[[:space:]]*\\([^#;=[:space:]]*\\)[[:space:]]*=[[:space:]]*/\\1=/p' "$path" | while IFS= read -r one; do
      sysctl "$one" 2>&1 || exit 1
    done) || fail "Failed to reload sysctl: $trouble" ;;
  *) trouble=$(sysctl \${lenient:+-e} -p "$path" 2>&1) || fail "Failed to reload sysctl: $trouble" ;;
  esac
}`;

/** The lines with the variable set once, or not at all; of the other variables too only the first line stays, as there. */
function setVariable(
  lines: readonly string[],
  name: string,
  value: string | undefined,
): { readonly lines: readonly string[]; readonly old: string | undefined } {
  const seen = new Set<string>();
  const kept: string[] = [];
  let old: string | undefined;
  for (const line of lines) {
    const [, key, said = ''] = /^\s*([^#;=\s][^=]*?|)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === name) old = said;
    if (key === undefined) kept.push(line);
    else if (seen.has(key)) continue;
    else if (key !== name) kept.push(`${key}=${said}`);
    else if (value !== undefined) kept.push(`${key}=${value}`);
    if (key !== undefined) seen.add(key);
  }
  return { lines: value === undefined || seen.has(name) ? kept : [...kept, `${name}=${value}`], old };
}

function kernelValue(text: string): string {
  const trimmed = text.trim();
  if (/^(?:y|yes|on|1|true|t|1\.0)$/i.test(trimmed)) return '1';
  return /^(?:n|no|off|0|false|f|0\.0)$/i.test(trimmed) ? '0' : trimmed;
}

function areSame(one: string, other: string): boolean {
  return one.trim().split(/\s+/).join(' ') === other.split(/\s+/).join(' ');
}
