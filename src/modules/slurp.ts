// The module slurp: the bytes of a file of the host, as base64. It changes nothing.
import { dict } from '../base/value.ts';
import { textOf } from './parameters/params.ts';
import { ask, finished } from './script/answer.ts';
import { reportingScript } from './script/script.ts';
import type { Module } from './seam.ts';

/** Larger files are no values: fetch them. */
const READ_LIMIT_BYTES = 16 * 1024 * 1024;

/** `slurp`: as ansible 2.14, up to 16 MiB. Files of /proc and /sys, which do not know their size, are read to their end. */
export const slurp: Module = {
  name: 'slurp',
  summary: 'Reads a file of the host',
  params: { src: { type: 'path', required: true, aliases: ['path'], description: 'the file' } },
  checkMode: 'inspects',
  compile(params, context) {
    const src = textOf(params, 'src') ?? '';
    return ask(reportingScript(context, { src }, SLURP), context, ({ values, body }) =>
      finished({
        changed: false,
        failed: false,
        values: dict({ content: Buffer.from(body ?? []).toString('base64'), source: values.get('source') ?? src, encoding: 'base64' }),
      }),
    );
  },
};

const SLURP = `if [ ! -e "$src" ]; then fail "file not found: $src"; fi
if [ -d "$src" ]; then fail "source is a directory and must be a file: $src"; fi
if [ ! -r "$src" ]; then fail "file is not readable: $src"; fi
report source "$src"
case $(ls -Lldn "$src" | awk '{ print $5; exit }') in
0)
  # A file that is empty, or does not know its size: one reading must give both the bytes and their number.
  copy=\${TMPDIR:-/tmp}/.sshoal-$token.slurp
  trap 'rm -f "$copy"' EXIT
  (umask 77; set -C; head -c ${READ_LIMIT_BYTES + 1} "$src" >"$copy") || fail "unable to slurp file: $src"
  src=$copy ;;
esac
if [ "$(($(wc -c <"$src")))" -gt ${READ_LIMIT_BYTES} ]; then fail "unable to slurp file: it is larger than ${READ_LIMIT_BYTES} bytes"; fi
send_body "$src"`;
