// The module filesystem: that a device or an image holds a file system, or none. It mounts nothing.
import { dict } from '../base/value.ts';
import { isOn, textOf } from './parameters/params.ts';
import { askLast, finished } from './script/answer.ts';
import { assign, flag, reportingScript, word } from './script/script.ts';
import type { Module } from './seam.ts';

interface Kind {
  /** What blkid calls it. */
  readonly type: string;
  readonly make: readonly string[];
  /** How it grows to the size of its device: as ext does, as xfs does where it is mounted, or not at all. */
  readonly grows?: 'ext' | 'xfs';
}
const ext = (type: string): Kind => ({ type, make: [`mkfs.${type}`, '-F'], grows: 'ext' });
const KINDS: Readonly<Record<string, Kind>> = {
  btrfs: { type: 'btrfs', make: ['mkfs.btrfs', '-f'] },
  ext2: ext('ext2'),
  ext3: ext('ext3'),
  ext4: ext('ext4'),
  f2fs: { type: 'f2fs', make: ['mkfs.f2fs', '-f'] },
  lvm: { type: 'LVM2_member', make: ['pvcreate', '-f'] },
  swap: { type: 'swap', make: ['mkswap', '-f'] },
  vfat: { type: 'vfat', make: ['mkfs.vfat'] },
  xfs: { type: 'xfs', make: ['mkfs.xfs', '-f'], grows: 'xfs' },
};

/** `filesystem`: as community.general 7. What holds a file system is made anew only by `force`. */
export const filesystem: Module = {
  name: 'filesystem',
  collection: 'community.general',
  summary: 'Makes file systems, lets them grow, and takes them away',
  params: {
    dev: { type: 'path', required: true, aliases: ['device'], description: 'the device, or a file that is an image' },
    fstype: { type: 'str', aliases: ['type'], choices: Object.keys(KINDS), description: 'the kind of file system' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether there is one' },
    force: { type: 'bool', default: false, description: 'make it anew over any that is there' },
    resizefs: { type: 'bool', default: false, description: 'let it grow to the size of its device; ext2, ext3, ext4 and xfs' },
    opts: { type: 'str', description: 'options of mkfs, with blanks between them' },
  },
  checkMode: 'inspects',
  check(params, templated) {
    const isMissing = params.state === 'present' && params.fstype === undefined && !templated.has('fstype');
    return isMissing ? ['`fstype` is needed, unless `state` is absent'] : [];
  },
  compile(params, context) {
    const kind = KINDS[textOf(params, 'fstype') ?? ''];
    const options = (textOf(params, 'opts') ?? '').split(/\s+/).filter((option) => option !== '');
    const script = reportingScript(
      context,
      { dev: textOf(params, 'dev') ?? '' },
      `${assign('wanted', kind?.type)} ${assign('grows', kind?.grows)} ${assign('state', textOf(params, 'state'))}`,
      `${flag('force', isOn(params, 'force'))} ${flag('resize', isOn(params, 'resizefs'))}`,
      `make_it() { ${[...(kind?.make ?? [':']), ...options].map(word).join(' ')} "$dev"; }`,
      SCRIPT,
    );
    return askLast(script, context, ({ values }) => {
      const msg = values.get('msg');
      return finished({ changed: values.get('changed') === 'true', failed: false, ...(msg === undefined ? {} : { msg }), values: dict() });
    });
  },
  docs: { examples: '- filesystem: {dev: /dev/sdb1, fstype: ext4}\n- filesystem: {dev: /dev/sdb1, fstype: ext4, resizefs: true}\n' },
};

const SCRIPT = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
needs() { command -v "$1" >/dev/null 2>&1 || fail "Failed to find required executable \\"$1\\""; }
size_of_device() {
  if [ -b "$dev" ]; then needs blockdev; blockdev --getsize64 "$dev"; else echo "$(($(wc -c <"$dev")))"; fi
}
# Blocks and their size, of what tune2fs or xfs_info says.
size_of_ext() {
  tune2fs -l "$dev" | awk -F: '/^Block count:/ { count = $2 } /^Block size:/ { size = $2 } END { printf "%.0f\\n", count * size }'
}
size_of_xfs() {
  xfs_info "$place" | sed -n 's/^data .*bsize=\\([0-9]*\\) *blocks=\\([0-9]*\\).*/\\1 \\2/p' | awk '{ printf "%.0f\\n", $1 * $2 }'
}
grow() {
  case $grows in
  ext) needs tune2fs; needs resize2fs; size=$(size_of_ext) ;;
  xfs)
    needs findmnt; needs xfs_growfs
    place=$(findmnt --mtab --noheadings --output TARGET --source "$dev" | sed -n 1p)
    if [ ! "$place" ]; then fail "$dev needs to be mounted for xfs operations"; fi
    size=$(size_of_xfs) ;;
  *) fail "module does not support resizing $wanted filesystem yet." ;;
  esac
  if [ "$size" -ge "$(size_of_device)" ]; then report msg "$wanted filesystem is using the whole device $dev"; return; fi
  if [ "$check" ]; then report msg "resizing filesystem $wanted on device $dev"; fi
  if [ "$grows" = ext ]; then change 'resize2fs failed' resize2fs "$dev"
  else change 'xfs_growfs failed' xfs_growfs "$place"; fi
}
if [ ! -e "$dev" ]; then
  if [ "$state" = present ]; then fail "Device $dev not found."; fi
  report msg "Device $dev not found."; finish
fi
needs blkid
now=$(blkid -c /dev/null -o value -s TYPE "$dev" 2>/dev/null)
if [ "$state" = absent ]; then
  if [ "$now" ]; then needs wipefs; change 'wipefs failed' wipefs --all "$dev"; fi
elif [ "$now" = "$wanted" ] && [ "$resize" ]; then grow
elif [ "$now" = "$wanted" ] && [ ! "$force" ]; then :
elif [ "$now" ] && [ ! "$force" ]; then fail "'$dev' is already used as $now, use force=true to overwrite"
else change 'mkfs failed' make_it; fi`;
