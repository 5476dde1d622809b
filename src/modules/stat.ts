// The module stat: everything a host's own tools say about one path. It changes nothing.
import { dict, Float, type Value } from '../base/value.ts';
import { numberOf } from './files/attributes.ts';
import { DIGEST, INSPECT } from './files/file-script.ts';
import { statFlags, statKinds } from './files/stat-bits.ts';
import { isOn, textOf } from './parameters/params.ts';
import { askLast, finished, type Report } from './script/answer.ts';
import { assign, flag, reportingScript } from './script/script.ts';
import type { Module } from './seam.ts';

/** `stat`: as ansible 2.14, without chattr's flags (`attributes`, `version`, `attr_flags`). */
export const stat: Module = {
  name: 'stat',
  summary: 'Says what is at a path',
  params: {
    path: { type: 'path', required: true, aliases: ['dest', 'name'], description: 'what to look at' },
    follow: { type: 'bool', default: false, description: 'look at what a link leads to' },
    get_md5: { type: 'bool', default: false, description: 'add md5' },
    get_checksum: { type: 'bool', default: true, description: 'add checksum, for files that can be read' },
    checksum_algorithm: {
      type: 'str',
      default: 'sha1',
      choices: ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
      aliases: ['checksum', 'checksum_algo'],
      description: 'of checksum',
    },
    get_mime: { type: 'bool', default: true, aliases: ['mime', 'mime_type', 'mime-type'], description: 'add mimetype and charset' },
    get_attributes: { type: 'bool', default: true, aliases: ['attr', 'attributes'], description: 'without effect' },
  },
  checkMode: 'inspects',
  compile(params, context) {
    const path = textOf(params, 'path') ?? '';
    const algorithm = textOf(params, 'checksum_algorithm') ?? 'sha1';
    const flags = ['follow', 'get_md5', 'get_checksum', 'get_mime'].map((name) => flag(name, isOn(params, name)));
    const script = reportingScript(context, { path }, INSPECT, DIGEST, ...flags, assign('algorithm', algorithm), LOOK);
    return askLast(script, context, (report) =>
      finished({ changed: false, failed: false, values: dict({ stat: dict(statValues(report, path)) }) }),
    );
  },
};

const LOOK = `looked=$path
if [ "$follow" ] && [ -L "$path" ]; then
  if [ ! -e "$path" ]; then finish; fi
  real_path "$path"; looked=$real
fi
if [ ! -e "$looked" ] && [ ! -L "$looked" ]; then finish; fi
lstat "$looked" named
report raw_mode "$st_mode"; report nlink "$st_nlink"; report inode "$st_inode"
report uid "$st_uid"; report gid "$st_gid"; report size "$st_size"
report atime "$st_atime"; report mtime "$st_mtime"
report pw_name "\${st_names%%/*}"; report gr_name "\${st_names#*/}"
# GNU knows fractions of a second; busybox prints whole ones for the same format.
if times=$(stat -c '%.9X %.9Y %.9Z %d %b %o %t %T' "$looked" 2>/dev/null) || times=$(stat -f '%Fa %Fm %Fc %d %b %k 0 0' "$looked"); then
  report times "$times"
fi
if [ -r "$looked" ]; then report readable yes; fi
if [ -w "$looked" ]; then report writeable yes; fi
if [ -x "$looked" ]; then report executable yes; fi
if [ -L "$looked" ]; then
  link_target "$looked"; report lnk_target "$target"
  if real_path "$looked"; then report lnk_source "$real"; fi
fi
if [ -f "$looked" ] && [ ! -L "$looked" ] && [ -r "$looked" ]; then
  if [ "$get_md5" ]; then digest md5 "$looked"; report md5 "$digest"; fi
  if [ "$get_checksum" ]; then digest "$algorithm" "$looked"; report checksum "$digest"; fi
fi
if [ "$get_mime" ]; then report mime "$(file --mime-type --mime-encoding "$path" 2>/dev/null)"; fi`;

function statValues(report: Report, path: string): Record<string, Value | undefined> {
  const { values } = report;
  const mode = numberOf(report, 'raw_mode');
  if (mode === undefined) return { exists: false };
  const access = ['readable', 'writeable', 'executable'].map((name) => [name, values.has(name)]);
  const booleans = { ...statKinds(mode), ...statFlags(mode), ...(Object.fromEntries(access) as Record<string, boolean>) };
  const numbers = Object.fromEntries(['uid', 'gid', 'size', 'inode', 'nlink'].map((name) => [name, numberOf(report, name)]));
  // What is not there (a name for a number, a tool for a sum) is left out, as in Ansible.
  const known = (name: string): string | undefined => {
    const value = values.get(name);
    return value === '' || value === 'UNKNOWN' ? undefined : value;
  };
  return {
    exists: true,
    path,
    mode: (mode & 0o7777).toString(8).padStart(4, '0'),
    ...booleans,
    ...numbers,
    ...timesOf(report),
    pw_name: known('pw_name'),
    gr_name: known('gr_name'),
    lnk_source: known('lnk_source'),
    lnk_target: known('lnk_target'),
    md5: known('md5'),
    checksum: known('checksum'),
    ...mimeOf(values.get('mime')),
  };
}

function timesOf(report: Report): Record<string, Value | undefined> {
  const words = report.values.get('times')?.split(' ') ?? [];
  const [atime, mtime, ctime, dev, blocks, blockSize, major, minor] = words;
  if (ctime === undefined) return {};
  const device = Number.parseInt(major ?? '0', 16) * 256 + Number.parseInt(minor ?? '0', 16);
  return {
    atime: new Float(Number(atime)),
    mtime: new Float(Number(mtime)),
    ctime: new Float(Number(ctime)),
    dev: Number(dev),
    blocks: Number(blocks),
    block_size: Number(blockSize),
    device_type: device,
  };
}

// `name: text/plain; charset=us-ascii`, where the name may hold colons and newlines too.
function mimeOf(said: string | undefined): Record<string, Value> {
  if (said === undefined) return {};
  const [, mimetype, charset] = /:\s*([^:;]+);\s*charset=([^:;\s]+)\s*$/.exec(said) ?? [];
  return { mimetype: mimetype?.trim() ?? 'unknown', charset: charset ?? 'unknown' };
}
