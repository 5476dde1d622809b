// The module modprobe: that a module of the kernel is loaded, now and, when asked, at each boot. It does not know what a module does.
import { dict } from '../base/value.ts';
import { textOf } from './parameters/params.ts';
import { askLast, finished } from './script/answer.ts';
import { assign, reportingScript, word } from './script/script.ts';
import type { Module } from './seam.ts';

/** `modprobe`: as community.general 8. */
export const modprobe: Module = {
  name: 'modprobe',
  collection: 'community.general',
  summary: 'Loads modules of the kernel, or takes them out',
  params: {
    name: { type: 'str', required: true, description: 'the module' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether it is loaded' },
    params: { type: 'str', default: '', description: 'its parameters, with blanks between: numdummies=2' },
    persistent: {
      type: 'str',
      default: 'disabled',
      choices: ['absent', 'disabled', 'present'],
      description: 'present: loaded at each boot, with the parameters; absent: not; disabled: as it is',
    },
  },
  checkMode: 'inspects',
  check(params) {
    const faults = /^\w[\w-]*$/.test(textOf(params, 'name') ?? 'x') ? [] : ['`name` is no name of a module'];
    if (/\n/.test(textOf(params, 'params') ?? '')) faults.push('`params` holds several lines');
    return faults;
  },
  compile(params, context) {
    const given = ['name', 'state', 'params', 'persistent'] as const;
    const words = (textOf(params, 'params') ?? '').split(/\s+/).filter((one) => one !== '');
    const load = `load() { modprobe ${['"$name"', ...words.map(word)].join(' ')}; }`;
    const script = reportingScript(context, {}, ...given.map((name) => assign(name, textOf(params, name))), load, SCRIPT);
    return askLast(script, context, ({ values }) =>
      finished({
        changed: values.get('changed') === 'true',
        failed: false,
        values: dict(Object.fromEntries(given.filter((name) => name !== 'persistent').map((name) => [name, textOf(params, name)]))),
      }),
    );
  },
};

const SCRIPT = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
command -v modprobe >/dev/null 2>&1 || fail 'There is no modprobe on this host'
is_loaded() {
  grep -q "^$(printf %s "$name" | tr - _) " /proc/modules 2>/dev/null ||
    sed 's/-/_/g' "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null | grep -q "/$(printf %s "$name" | tr - _)\\.ko\\$"
}
if [ "$state" = present ]; then
  if ! is_loaded; then change "Unable to load $name" load; fi
elif is_loaded; then change "Unable to unload $name" modprobe -r "$name"; fi

loads=/etc/modules-load.d options=/etc/modprobe.d
line_of_load="^[[:space:]]*\${name}[[:space:]]*\\([#;].*\\)\\{0,1\\}\\$"
line_of_options="^[[:space:]]*options[[:space:]][[:space:]]*\${name}[[:space:]]"
is_kept() { cat "$loads"/* 2>/dev/null | grep -q "$line_of_load"; }
kept_options() { cat "$options"/* 2>/dev/null | sed -n "s/\${line_of_options}[[:space:]]*//p" | words; }
words() { tr -s '[:blank:]' '\\n' | sed '/^$/d' | sort -u; }
# Lines are made comments, not taken out.
silence() {
  for one in "$1"/*; do
    if [ -f "$one" ] && grep -q "$2" "$one"; then
      lines=$(sed "s/$2/#&/" "$one" && printf .) || return
      printf %s "\${lines%.}" >"$one" || return
    fi
  done
}
write_options() {
  silence "$options" "$line_of_options" && mkdir -p "$options" || return
  if [ "$params" ]; then printf '%s\\n' "$params" | words | sed "s/^/options $name /" >"$options/$name.conf"; fi
}
write_load() { mkdir -p "$loads" && printf '%s\\n' "$name" >"$loads/$name.conf"; }
case $persistent in
present)
  if ! is_kept; then change "Unable to write $loads/$name.conf" write_load; fi
  if [ "$(kept_options)" != "$(printf '%s\\n' "$params" | words)" ]; then change "Unable to write $options/$name.conf" write_options; fi ;;
absent)
  if is_kept; then change "Unable to write $loads" silence "$loads" "$line_of_load"; fi
  if [ "$(kept_options)" ]; then change "Unable to write $options" silence "$options" "$line_of_options"; fi ;;
esac`;
