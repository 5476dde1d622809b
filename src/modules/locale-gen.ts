// The module locale_gen: that a host has a locale.
import { dict } from '../base/value.ts';
import { textsOf } from './parameters/params.ts';
import { ask, finished } from './script/answer.ts';
import { assign, reportingScript, word } from './script/script.ts';
import type { Module } from './seam.ts';

/** `locale_gen`: as community.general 9, of Debian and its relatives. */
export const localeGen: Module = {
  name: 'locale_gen',
  collection: 'community.general',
  summary: 'Makes locales, or takes them out',
  params: {
    name: { type: 'list', elements: 'str', required: true, description: 'the locales: de_DE.UTF-8' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether they are there' },
  },
  checkMode: 'inspects',
  check: (params) =>
    (textsOf(params, 'name') ?? []).filter((name) => !/^[\w.@-]+$/.test(name)).map((name) => `\`name\`: \`${name}\` is no locale`),
  compile(params, context) {
    const names = textsOf(params, 'name') ?? [];
    const script = reportingScript(
      context,
      {},
      assign('state', params.state === 'absent' ? 'absent' : 'present'),
      FUNCTIONS,
      ...names.map((name) => `choose ${word(name)}`),
      GENERATE,
    );
    return ask(script, context, ({ values }) =>
      finished({ changed: values.get('changed') === 'true', failed: false, values: dict({ name: [...names] }) }),
    );
  },
};

const FUNCTIONS = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
command -v locale-gen >/dev/null 2>&1 || fail 'There is no locale-gen on this host: the package locales has it'
list=/etc/locale.gen supported=/usr/share/i18n/SUPPORTED chosen=''
# de_DE.UTF-8 and de_DE.utf8 are the same.
plain() { sed 's/\\.utf-*8/.UTF-8/; s/\\.UTF8/.UTF-8/; s/\\.iso88591\\(5*\\)/.ISO-8859-1\\1/; s/\\.ISO-8859-1$//; s/ .*//'; }
is_there() { locale -a 2>/dev/null | plain | grep -qxF -e "$1"; }
# The line of the locale, with its character set: in the list, a comment or not, or among those there are.
line_of() { cat "$list" "$supported" 2>/dev/null | sed -n "s/^#* *\\($(pattern "$1") .*\\)/\\1/p" | sed -n 1p; }
pattern() { printf %s "$1" | sed 's/\\./\\\\./g'; }
choose() {
  set -- "$(echo "$1" | plain)"
  line=$(line_of "$1")
  if [ ! "$line" ]; then fail 'The locale you have entered is not available on your system.'; fi
  if is_there "$1"; then there=present; else there=absent; fi
  if [ "$there" = "$state" ]; then return 0; fi
  chosen=yes
  change "Cannot write $list" write_line "$1" "$line"
}
write_line() {
  if [ "$state" = absent ]; then
    lines=$(sed "s/^ *$(pattern "$1") /# &/" "$list") && printf '%s\\n' "$lines" >"$list"
  elif grep -qs "^#* *$(pattern "$1") " "$list"; then
    lines=$(sed "s/^#* *\\($(pattern "$1") \\)/\\1/" "$list") && printf '%s\\n' "$lines" >"$list"
  else
    printf '%s\\n' "$2" >>"$list"
  fi
}`;

const GENERATE = `if [ "$chosen" ]; then change 'locale-gen failed' locale-gen; fi`;
