// The module mount: that a file system is in the table, mounted, both or neither. It does not know how the table is written.
import { dict } from '../base/value.ts';
import { contentDifference, editScript, lookAtFile } from './files/edit-file.ts';
import { WORK } from './files/work.ts';
import { isOn, textOf } from './parameters/params.ts';
import { ask, finished, type Report } from './script/answer.ts';
import { assign, flag, pathWord } from './script/script.ts';
import { decodeText, encodeText } from './script/text.ts';
import type { FoundFile, Module, ModuleContext, Params, Step } from './seam.ts';
import { setEntry, withoutEntry } from './texts/fstab.ts';

/** `mount`: as ansible.posix 1.5. A mount that fails puts the old table back. */
export const mount: Module = {
  name: 'mount',
  collection: 'ansible.posix',
  summary: 'Mounts file systems, and keeps the table of them',
  params: {
    path: { type: 'path', required: true, aliases: ['name'], description: 'where it is mounted' },
    state: {
      type: 'str',
      required: true,
      choices: ['absent', 'absent_from_fstab', 'ephemeral', 'mounted', 'present', 'remounted', 'unmounted'],
      description: 'present and absent_from_fstab are of the table, ephemeral, remounted and unmounted of the mount, the others of both',
    },
    src: { type: 'path', description: 'the device, or whatever the kind of file system takes for one' },
    fstype: { type: 'str', description: 'ext4, nfs...' },
    opts: { type: 'str', description: 'with commas; default defaults' },
    dump: { type: 'str', default: '0', description: 'the fifth field of the table' },
    passno: { type: 'str', default: '0', description: 'the sixth field of the table' },
    fstab: { type: 'path', default: '/etc/fstab', description: 'the table' },
    boot: { type: 'bool', default: true, description: 'no: noauto is added to the options, unless they have defaults' },
    backup: { type: 'bool', default: false, description: 'keep the old table under a name with the time in it' },
    opts_no_log: { type: 'bool', default: false, description: 'options in logs', unsupported: 'Use the keyword no_log of the task' },
  },
  checkMode: 'inspects',
  check(params, templated) {
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    const faults = ['present', 'mounted', 'ephemeral'].includes(textOf(params, 'state') ?? '')
      ? ['src', 'fstype'].filter((name) => !has(name)).map((name) => `\`${name}\` is needed with \`state: ${textOf(params, 'state')}\``)
      : [];
    if (textOf(params, 'fstype') === 'swap' && !['present', 'absent', 'absent_from_fstab'].includes(textOf(params, 'state') ?? 'present')) {
      faults.push('`fstype: swap` is not mounted: use `state: present`, and swapon in a command task');
    }
    for (const name of ['path', 'src', 'fstype', 'opts', 'dump', 'passno']) {
      if (textOf(params, name)?.includes('\n') === true) faults.push(`\`${name}\` holds several lines`);
    }
    for (const name of ['fstype', 'opts', 'dump', 'passno']) {
      if (textOf(params, name)?.startsWith('-') === true) faults.push(`\`${name}\` begins with a dash, and would be an option`);
    }
    return faults;
  },
  compile: (params, context) =>
    lookAtFile(params, context, (found, report) => decide(found, report, params, context), {
      path: textOf(params, 'fstab') ?? '',
      looks: `${LOOK}\ntarget=${targetWord(params)}\nif is_mounted "$target"; then report mounted yes; report source "$source"; fi`,
    }),
};

const targetWord = (params: Params): string => pathWord(textOf(params, 'path') ?? '');

// With the kernel's own list, or what mount prints where there is none.
const LOOK = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
is_mounted() {
  source=''
  real_path "$1" || return 1
  if [ -r /proc/self/mountinfo ]; then
    escaped=$(printf '%s\\n' "$real" | sed 's/\\\\/\\\\134/g; s/ /\\\\040/g; s/	/\\\\011/g')
    found=''
    while read -r _id _parent _device root at rest; do
      if [ "$at" = "$escaped" ]; then found=yes source=\${rest##* - }; source=\${source#* }; source=\${source%% *}; source_root=$root; fi
    done </proc/self/mountinfo
    # A directory mounted elsewhere is known by its own name.
    if [ "$found" ] && [ "$source_root" != / ]; then source=$source_root; fi
    [ "$found" ]
  else
    found=$(mount | grep -F " on $real " | tail -n 1)
    source=\${found%%" on $real "*}
    [ "$found" ]
  fi
}`;

interface Plan {
  /** What the table becomes. */
  readonly table: string;
  /** A function of {@link ACT}, where something is to be done with the mount. */
  readonly action?: 'put_there' | 'mount_it' | 'mount_only' | 'remount_it' | 'take_down' | 'take_away';
}

function decide(found: FoundFile, report: Report, params: Params, context: ModuleContext): Step {
  const state = textOf(params, 'state') ?? '';
  const opts = optionsOf(params);
  const entry = {
    name: textOf(params, 'path') ?? '',
    src: textOf(params, 'src') ?? '',
    fstype: textOf(params, 'fstype') ?? '',
    opts,
    dump: textOf(params, 'dump') ?? '',
    passno: textOf(params, 'passno') ?? '',
  };
  const before = decodeText(found.bytes);
  const isMounted = report.values.has('mounted');
  const plan = planOf(state, before, {
    isMounted,
    with: setEntry(before, entry),
    without: withoutEntry(before, entry.name, textOf(params, 'src')),
  });
  const isEdited = plan.table !== before;
  const changed = isEdited || (plan.action !== undefined && plan.action !== 'take_away');
  const after = isEdited ? Buffer.from(encodeText(plan.table)) : found.bytes;
  const end = (done?: Report): Step =>
    finished({
      changed,
      failed: false,
      values: dict({
        ...entry,
        src: params.src === undefined ? undefined : entry.src,
        fstype: params.fstype === undefined ? undefined : entry.fstype,
        fstab: state === 'ephemeral' ? '' : found.path,
        boot: isOn(params, 'boot') ? 'yes' : 'no',
        backup_file: done?.values.get('backup_file') ?? '',
      }),
      ...(context.diff ? { diff: contentDifference(found, after) } : {}),
    });
  if (!changed || context.checkMode) return end();
  const script = editScript(found, isEdited ? after : undefined, { ...params, backup: isOn(params, 'backup') && isEdited }, context, {
    before: [
      WORK,
      LOOK,
      `target=${targetWord(params)} src=${pathWord(entry.src)}`,
      `${assign('fstype', entry.fstype)} ${assign('opts', opts)} ${flag('mounted', isMounted)}`,
      ACT,
      'begin_work',
      'if [ -e "$path" ]; then cp -p "$path" "$work/table" || fail "Cannot save $path"; fi',
    ].join('\n'),
    after: plan.action ?? '',
  });
  return ask(script, context, end);
}

interface Tables {
  readonly isMounted: boolean;
  readonly with: string;
  readonly without: string;
}

function planOf(state: string, table: string, tables: Tables): Plan {
  switch (state) {
    case 'present':
      return { table: tables.with };
    case 'mounted':
      if (!tables.isMounted) return { table: tables.with, action: 'mount_it' };
      return tables.with === table ? { table } : { table: tables.with, action: 'put_there' };
    case 'ephemeral':
      return { table, action: 'mount_only' };
    case 'remounted':
      return { table, action: 'remount_it' };
    case 'unmounted':
      return tables.isMounted ? { table, action: 'take_down' } : { table };
    case 'absent':
      return tables.without === table ? { table } : { table: tables.without, action: 'take_away' };
    default:
      return { table: tables.without };
  }
}

function optionsOf(params: Params): string {
  const opts = textOf(params, 'opts') ?? 'defaults';
  // As ansible.posix 1.5: beside defaults, which say auto, boot has no effect.
  const isSaid = opts.split(',').some((one) => one === 'noauto' || one === 'defaults');
  return isOn(params, 'boot') || isSaid ? opts : `${opts},noauto`;
}

const ACT = `kernel=$(uname)
made=''
make_target() {
  if [ -e "$target" ]; then return 0; fi
  above=$target
  until directory_of "$above"; [ -e "$directory" ]; do above=$directory; done
  made=$above
  trouble=$(mkdir -p "$target" 2>&1) || fail "Error making dir $target: $trouble"
}
restore() {
  if [ "$edited" ]; then
    if [ -e "$work/table" ]; then cat "$work/table" >"$path"; else rm -f "$path"; fi
  fi
  # Only what is empty, from the innermost.
  if [ "$made" ]; then find "$made" -depth -type d -exec rmdir {} \\; 2>/dev/null; fi
}
with_table() {
  if [ "$path" = /etc/fstab ]; then "$@"; return; fi
  tool=$1; shift
  case $kernel in
  *BSD) "$tool" -F "$path" "$@" ;;
  *) "$tool" -T "$path" "$@" ;;
  esac
}
try_mount() { trouble=$("$@" 2>&1) || { restore; fail "Error mounting $target: $trouble"; }; }
mount_it() { make_target; try_mount with_table mount "$target"; }
again() {
  case $kernel in
  *BSD) if [ "$1" ]; then with_table mount -u -o "$1" "$target"; else with_table mount -u "$target"; fi ;;
  *) with_table mount -o "remount\${1:+,$1}" "$target" ;;
  esac
}
# What cannot be mounted anew in place is taken down first.
put_there() {
  if (again '') >/dev/null 2>&1; then return 0; fi
  trouble=$(umount "$target" 2>&1) || { restore; fail "Error mounting $target: $trouble"; }
  mount_it
}
remount_it() {
  if [ "$opts" != defaults ]; then
    trouble=$(again "$opts" 2>&1) || fail "Options were specified with remounted, but the remount command failed, and nothing else was tried. Use state unmounted, then mounted: $trouble"
    return 0
  fi
  if (again '') >/dev/null 2>&1; then return 0; fi
  trouble=$(umount "$target" 2>&1 && with_table mount "$target" 2>&1) || fail "Error remounting $target: $trouble"
}
mount_only() {
  if [ "$mounted" ]; then
    is_mounted "$target"
    if [ "$source" != "$src" ]; then
      fail "Ephemeral mount point is already mounted with a different source than the specified one: $source"
    fi
    trouble=$(mount -o "remount,$opts" "$target" 2>&1) || fail "Error mounting $target: $trouble"
    return 0
  fi
  make_target
  try_mount mount -t "$fstype" -o "$opts" "$src" "$target"
}
take_down() { trouble=$(umount "$target" 2>&1) || fail "Error unmounting $target: $trouble"; }
take_away() {
  if [ "$mounted" ]; then take_down; fi
  if [ -d "$target" ]; then trouble=$(rmdir "$target" 2>&1) || fail "Error rmdir $target: $trouble"; fi
}`;
