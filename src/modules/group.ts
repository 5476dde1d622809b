// The module group: that a group is there, with this number. It does not know its members.
import { dict } from '../base/value.ts';
import { ACCOUNTS } from './accounts/accounts-script.ts';
import { numberOf } from './files/attributes.ts';
import { integerOf, isOn, textOf } from './parameters/params.ts';
import { askLast, finished, streamsOf } from './script/answer.ts';
import { assign, flag, reportingScript } from './script/script.ts';
import type { Module } from './seam.ts';

/** `group`: as ansible 2.14, where the host has groupadd, FreeBSD's pw, or busybox' addgroup. */
export const group: Module = {
  name: 'group',
  summary: 'Makes and removes groups',
  params: {
    name: { type: 'str', required: true, description: 'the group' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether it is there' },
    gid: { type: 'int', description: 'its number' },
    system: { type: 'bool', default: false, description: 'a new group gets a number of the system' },
    non_unique: { type: 'bool', default: false, description: 'the number may be that of another group' },
    local: {
      type: 'bool',
      default: false,
      description: 'only local groups',
      unsupported: 'Have it done with a command task: lgroupadd NAME',
    },
  },
  checkMode: 'inspects',
  check(params, templated) {
    const faults: string[] = [];
    if (isOn(params, 'non_unique') && params.gid === undefined && !templated.has('gid')) faults.push('`non_unique` needs `gid`');
    if (/^-|[:\n]|^$/.test(textOf(params, 'name') ?? 'x')) faults.push('`name` cannot be the name of a group');
    return faults;
  },
  compile(params, context) {
    const script = reportingScript(
      context,
      {},
      ACCOUNTS,
      ...['name', 'state'].map((name) => assign(name, textOf(params, name))),
      assign('gid', integerOf(params, 'gid')?.toString()),
      ...['system', 'non_unique'].map((name) => flag(name, isOn(params, name))),
      GROUP,
    );
    return askLast(script, context, (report) =>
      finished({
        changed: report.values.get('changed') === 'true',
        failed: false,
        values: dict({
          name: textOf(params, 'name'),
          state: textOf(params, 'state'),
          gid: numberOf(report, 'gid'),
          system: report.values.has('gid') ? isOn(params, 'system') : undefined,
          ...streamsOf(report),
        }),
      }),
    );
  },
};

const GROUP = `line=$(group_line "$name")
if [ "$line" ] && [ "$(field 1 "$line")" != "$name" ]; then line=''; fi
case $state in
absent)
  if [ ! "$line" ]; then :
  elif has groupdel; then act groupdel "$name"
  elif has pw; then act pw groupdel "$name"
  elif has delgroup; then act delgroup "$name"
  else fail 'There is no groupdel, pw or delgroup on this host'; fi ;;
*)
  set --
  if [ "$gid" ] && [ "$gid" != "$(field 3 "$line")" ]; then
    set -- -g "$gid"
    if [ "$non_unique" ]; then set -- "$@" -o; fi
  fi
  if [ "$line" ]; then
    if [ $# -eq 0 ]; then :
    elif has groupmod; then act groupmod "$@" "$name"
    elif has pw; then act pw groupmod "$name" "$@"
    else fail 'There is no groupmod or pw on this host, to change the number of a group'; fi
  elif has groupadd; then
    if [ "$system" ]; then set -- "$@" -r; fi
    act groupadd "$@" "$name"
  elif has pw; then act pw groupadd "$name" "$@"
  elif has addgroup; then
    if [ "$non_unique" ]; then fail 'The addgroup of this host cannot give a number twice'; fi
    if [ "$system" ]; then set -- "$@" -S; fi
    act addgroup "$@" "$name"
  else fail 'There is no groupadd, pw or addgroup on this host'; fi ;;
esac
line=$(group_line "$name")
if [ "$line" ] && [ "$state" = present ]; then report gid "$(field 3 "$line")"; fi`;
