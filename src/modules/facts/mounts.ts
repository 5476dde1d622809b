// The file systems of a host with their sizes. A dead one (a server gone, a disk that hangs) is told with a note, and holds nothing up.
import { dict, type Value } from '../../base/value.ts';
import { lines, words } from './found.ts';
import type { Facts, Found, SlowPart } from './seam.ts';

export const MOUNTS_FILES: readonly string[] = ['/etc/fstab'];

// Local file systems are asked in one process; each of the others in one of its own, so that a dead one keeps no answer back.
export const MOUNTS_PART: SlowPart = {
  call: 'ask_mounts',
  script: `ask_mounts() {
  if [ "$system" != Linux ]; then say df "$(ask df -k -P)"; return; fi
  mtab=/etc/mtab; if [ ! -r "$mtab" ]; then mtab=/proc/mounts; fi
  mounts=$(grep -E -e '^([/\\\\]|[^ ]*:/)' "$mtab"); say mount "$mounts"
  if has findmnt; then say bind "$(grep -E -e '^[^ ]+ [^ ]+ [^ ]+ /[^ ].* - [^ ]+ ([/\\\\]|[^ ]*:/)' /proc/self/mountinfo)"; fi
  set -f; IFS=$nl; near=
  for entry in $mounts; do
    IFS=' '
    # shellcheck disable=SC2086 # words
    set -- $entry
    IFS=$nl
    # A name with a newline could say anything to whoever reads the lines: it has no size.
    place=$2; case $place in *\\\\012*) continue ;; *\\\\*) place=$(printf '%b' "$place") ;; esac
    case $3 in
      nfs*|cifs|smb*|ceph|fuse*|glusterfs|afs|autofs|9p|lustre|gfs*|ocfs*|coda|ncpfs|davfs|sshfs)
        ask stat -f -c "$size_format" "$place" & ;;
      *) near=$near$nl$place ;;
    esac
  done
  # shellcheck disable=SC2086 # a line is a word
  if [ "$near" ]; then sizes=$(ask stat -f -c "$size_format" $near); for size in $sizes; do printf '%s\\n' "$size"; done; fi
  case $mounts in */dev/*)
    if has lsblk; then say uuid "$(ask lsblk --list --noheadings --paths --output NAME,UUID --exclude 2)"
    elif [ -d /dev/disk/by-uuid ]; then say by_uuid "$(ls -l /dev/disk/by-uuid)"; fi ;;
  esac
  wait
}
size_format='size %S %s %b %a %c %d %n'`,
};

interface Mount {
  readonly device: string;
  readonly mount: string;
  readonly fstype: string;
  readonly options: string;
}

/** mounts, as ansible 2.14: what is no device and no share is left out. */
export function mountFacts(found: Found): Facts {
  const [sizes, uuids, bound] = [sizesOf(found), uuidsOf(found), boundOf(found)];
  const mounts = new Map<string, Value>();
  for (const one of mountsOf(found)) {
    const options = bound.has(one.mount) && !/.*bind.*"/.test(one.options) ? `${one.options},bind` : one.options;
    const size = sizes.get(one.mount);
    const rest =
      size === undefined && found.isLate
        ? { note: 'Could not get extra information due to timeout' }
        : { ...size, uuid: found.slow('df').length > 0 ? undefined : (uuids.get(one.device) ?? 'N/A') };
    mounts.set(one.mount, dict({ ...one, options, ...rest }));
  }
  return { mounts: [...mounts.values()] };
}

function mountsOf(found: Found): Mount[] {
  const isLinux = found.system === 'Linux';
  const told = isLinux ? found.slow('mount') : lines(found.file('/etc/fstab') ?? '').filter((line) => !line.startsWith('#'));
  return told.flatMap((line) => {
    const [device = '', mount = '', fstype = '', options] = words(line).map((word) => (isLinux ? unescaped(word) : word));
    return options === undefined || (isLinux && fstype === 'none') ? [] : [{ device, mount, fstype, options }];
  });
}

// The kernel writes spaces and the like as \040.
function unescaped(word: string): string {
  return word.replace(/\\([0-9]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function sizesOf(found: Found): ReadonlyMap<string, Record<string, number>> {
  const sizes = new Map<string, Record<string, number>>();
  for (const line of found.slow('size')) {
    const [, fragment, block, total, available, inodes, inodesFree, place = ''] =
      /^(\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (.*)$/.exec(line) ?? [];
    const [unit, blocks, free, nodes, nodesFree] = [fragment, total, available, inodes, inodesFree].map(Number);
    if (unit === undefined || blocks === undefined || free === undefined || nodes === undefined || nodesFree === undefined) continue;
    sizes.set(place, {
      size_total: unit * blocks,
      size_available: unit * free,
      block_size: Number(block),
      block_total: blocks,
      block_available: free,
      block_used: blocks - free,
      inode_total: nodes,
      inode_available: nodesFree,
      inode_used: nodes - nodesFree,
    });
  }
  for (const line of found.slow('df')) {
    const [, total, available, place = ''] = /\s(\d+)\s+\d+\s+(-?\d+)\s+\S+%\s+(\/.*)$/.exec(line) ?? [];
    if (total !== undefined) sizes.set(place, { size_total: Number(total) * 1024, size_available: Number(available) * 1024 });
  }
  return sizes;
}

// lsblk says `/dev/sda1   32caaec3-...`; ls `... 32caaec3-... -> ../../sda1`.
function uuidsOf(found: Found): ReadonlyMap<string, string> {
  const uuids = new Map<string, string>();
  for (const line of found.slow('uuid')) {
    const [device = '', uuid] = words(line);
    if (uuid !== undefined && !uuids.has(device)) uuids.set(device, uuid);
  }
  for (const line of found.slow('by_uuid')) {
    const [, uuid, device] = / (\S+) -> (?:\.\.\/)*(\S+)$/.exec(line) ?? [];
    if (uuid !== undefined && device !== undefined) uuids.set(`/dev/${device}`, uuid);
  }
  return uuids;
}

function boundOf(found: Found): ReadonlySet<string> {
  return new Set(found.slow('bind').map((line) => unescaped(words(line)[4] ?? '')));
}
