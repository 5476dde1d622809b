// The module tempfile: a new file or directory under a name that nobody has.
import { dict } from '../base/value.ts';
import { pathInfo } from './files/attributes.ts';
import { INSPECT } from './files/file-script.ts';
import { textOf } from './parameters/params.ts';
import { askLast, finished } from './script/answer.ts';
import { assign, reportingScript } from './script/script.ts';
import type { Module } from './seam.ts';

/** `tempfile`: as ansible 2.14. Only the user of the task may use what was made. */
export const tempfile: Module = {
  name: 'tempfile',
  summary: 'Makes a temporary file or directory',
  params: {
    state: { type: 'str', default: 'file', choices: ['directory', 'file'], description: 'what is made' },
    path: { type: 'path', description: 'where; default $TMPDIR of the host, or /tmp' },
    prefix: { type: 'str', default: 'ansible.', description: 'its name begins with this' },
    suffix: { type: 'str', default: '', description: 'its name ends with this' },
  },
  checkMode: 'skips',
  check: (params) =>
    ['prefix', 'suffix']
      .filter((name) => textOf(params, name)?.includes('/'))
      .map((name) => `\`${name}\` is part of a name, and holds a slash: give the directory as \`path\``),
  compile(params, context) {
    const path = textOf(params, 'path');
    const script = reportingScript(
      context,
      path === undefined ? {} : { directory: path },
      ...(path === undefined ? ['directory=${TMPDIR:-/tmp}'] : []),
      INSPECT,
      ...['state', 'prefix', 'suffix'].map((name) => assign(`wanted_${name}`, textOf(params, name))),
      MAKE,
    );
    return askLast(script, context, (report) =>
      finished({
        changed: report.values.get('changed') === 'true',
        failed: false,
        values: dict({ path: report.values.get('path'), ...pathInfo(report) }),
      }),
    );
  },
};

const MAKE = `if [ ! -d "$directory" ]; then fail "[Errno 2] No such file or directory: '$directory'"; fi
if [ ! -w "$directory" ]; then fail "[Errno 13] Permission denied: '$directory'"; fi
made='' attempt=0
umask 77
while [ ! "$made" ] && [ "$attempt" -lt 100 ]; do
  attempt=$((attempt + 1))
  random=$(od -An -N4 -tx1 /dev/urandom 2>/dev/null | tr -d ' \\n')
  path=\${directory%/}/$wanted_prefix\${random:-$token$attempt}$wanted_suffix
  # Both refuse a name that somebody has, a link to nowhere included.
  if [ "$wanted_state" = directory ]; then mkdir -- "$path" 2>/dev/null && made=yes
  else (set -C; : >"$path") 2>/dev/null && made=yes; fi
done
if [ ! "$made" ]; then fail "No usable temporary name found in $directory"; fi
changed=true
report path "$path"
report_path_info "$path"`;
