// The module service_facts: the services of a host and how they are, as facts. It changes nothing.
import { dict } from '../base/value.ts';
import { ask, finished, type Report } from './script/answer.ts';
import { reportingScript } from './script/script.ts';
import type { Module, Step } from './seam.ts';
import {
  chkconfigServices,
  openrcServices,
  rcctlServices,
  type Services,
  systemdServices,
  sysvServices,
} from './services/service-lists.ts';

/** `service_facts`: as ansible 2.14, of systemd, init scripts, OpenRC and OpenBSD. */
export const serviceFacts: Module = {
  name: 'service_facts',
  summary: 'Lists the services of a host',
  params: {},
  checkMode: 'inspects',
  compile: (_params, context) => ask(reportingScript(context, {}, SCRIPT), context, result),
};

const SCRIPT = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
has() { command -v "$1" >/dev/null 2>&1; }
say() { said=$1; shift; report "$said" "$("$@" 2>/dev/null </dev/null)"; }
if has chkconfig; then
  list=$(chkconfig --list 2>/dev/null </dev/null)
  report chkconfig "$list"
  report chkconfig_states "$(printf '%s\\n' "$list" | sed -n 's/^\\([^ \t:]*\\)[ \t].*3:.*/\\1/p' | while read -r name; do
    if service "$name" status >/dev/null 2>&1 </dev/null; then echo "$name running"; else echo "$name stopped"; fi
  done)"
elif has rc-status && has rc-update; then
  say openrc rc-status -a -s -m
  say openrc_levels rc-update show -v
elif has service && ! has rcctl; then say sysv service --status-all
fi
if grep -qs systemd /proc/1/comm && has systemctl; then
  say units systemctl list-units --no-pager --type service --all
  files=$(systemctl list-unit-files --no-pager --type service --all 2>/dev/null </dev/null)
  report unit_files "$files"
  # One question for all of them: names and states come in pairs of lines.
  names=$(printf '%s\\n' "$files" | sed -n 's/^\\([^ ]*\\.service\\) .*/\\1/p' | grep -v '@\\.')
  # shellcheck disable=SC2086
  report unit_states "$(systemctl show --property=Id --property=ActiveState $names 2>/dev/null </dev/null | awk -F= '
    /^Id=/ { id = $2 } /^ActiveState=/ { state = $2 } /^$/ { print id, state } END { print id, state }')"
fi
if has rcctl; then
  for list in all on started failed; do say "rcctl_$list" rcctl ls "$list"; done
fi`;

function result({ values }: Report): Step {
  const text = (name: string): string => values.get(name) ?? '';
  const services: Services = new Map([
    ...sysvServices(text('sysv')),
    ...chkconfigServices(text('chkconfig'), text('chkconfig_states')),
    ...openrcServices(text('openrc'), text('openrc_levels')),
    ...systemdServices(text('units'), text('unit_files'), text('unit_states')),
    ...rcctlServices(text('rcctl_all'), text('rcctl_on'), text('rcctl_started'), text('rcctl_failed')),
  ]);
  if (services.size === 0) {
    const msg = 'Failed to find any services. This can be due to privileges or some other configuration issue.';
    return finished({ changed: false, failed: false, skipped: true, msg, values: dict() });
  }
  return finished({ changed: false, failed: false, values: dict({ ansible_facts: dict({ services }) }) });
}
