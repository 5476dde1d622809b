// The module seboolean: that a switch of SELinux is on or off.
import { dict } from '../base/value.ts';
import { isOn, textOf } from './parameters/params.ts';
import { ask, finished } from './script/answer.ts';
import { assign, flag, reportingScript } from './script/script.ts';
import type { Module } from './seam.ts';

/** `seboolean`: as ansible.posix 1.5, with getsebool and setsebool of the host. */
export const seboolean: Module = {
  name: 'seboolean',
  collection: 'ansible.posix',
  summary: 'Switches booleans of SELinux',
  params: {
    name: { type: 'str', required: true, description: 'the boolean' },
    state: { type: 'bool', required: true, description: 'on or off' },
    persistent: { type: 'bool', default: false, description: 'after the next boot too' },
    ignore_selinux_state: { type: 'bool', default: false, description: 'in a chroot, where SELinux seems not to run' },
  },
  checkMode: 'inspects',
  check: (params) => (/^\w+$/.test(textOf(params, 'name') ?? 'x') ? [] : ['`name` is no name of a boolean']),
  compile(params, context) {
    const script = reportingScript(
      context,
      {},
      `${assign('name', textOf(params, 'name'))} ${assign('wanted', isOn(params, 'state') ? 'on' : 'off')}`,
      `${flag('persistent', isOn(params, 'persistent'))} ${flag('anyway', isOn(params, 'ignore_selinux_state'))}`,
      SCRIPT,
    );
    return ask(script, context, ({ values }) =>
      finished({
        changed: values.get('changed') === 'true',
        failed: false,
        values: dict({ name: textOf(params, 'name'), persistent: isOn(params, 'persistent'), state: isOn(params, 'state') }),
      }),
    );
  },
};

const SCRIPT = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
for tool in getsebool setsebool; do
  command -v "$tool" >/dev/null 2>&1 || fail "There is no $tool on this host"
done
now=''
if shown=$(getsebool "$name" 2>&1); then now=\${shown##* }
elif [ ! "$anyway" ]; then
  case $shown in *disabled*) fail 'SELinux is disabled on this host.' ;; *) fail "SELinux boolean $name does not exist: $shown" ;; esac
fi
# What was set for good stands in a file, which root may read; for the others semanage knows what the policy says.
kept() {
  policy=$(sed -n 's/^SELINUXTYPE=//p' /etc/selinux/config 2>/dev/null)
  for list in "/var/lib/selinux/$policy/active/booleans.local" "/etc/selinux/$policy/modules/active/booleans.local"; do
    said=$(sed -n "s/^$name *= *//p" "$list" 2>/dev/null | tail -n 1)
    case $said in 1 | on | true) echo on; return ;; 0 | off | false) echo off; return ;; esac
  done
  if command -v semanage >/dev/null 2>&1; then semanage boolean -l -n 2>/dev/null | sed -n "s/^$name *(.*, *\\([a-z]*\\)).*/\\1/p"; fi
}
switch() { if [ "$persistent" ]; then setsebool -P "$name" "$wanted"; else setsebool "$name" "$wanted"; fi; }
if [ "$now" != "$wanted" ] || { [ "$persistent" ] && [ "$(kept)" != "$wanted" ]; }; then
  change "Failed to set boolean $name to $wanted" switch
fi`;
