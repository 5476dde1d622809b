// The module timezone: which time a host shows, and what its hardware clock keeps.
import { type Dict, dict } from '../base/value.ts';
import { stateDifference } from './files/difference.ts';
import { textOf } from './parameters/params.ts';
import { ask, finished } from './script/answer.ts';
import { assign, reportingScript } from './script/script.ts';
import type { Module } from './seam.ts';

/** `timezone`: as community.general 8, with timedatectl where it answers, with /etc/localtime where not. */
export const timezone: Module = {
  name: 'timezone',
  collection: 'community.general',
  summary: 'Sets the time zone of a host',
  params: {
    name: { type: 'str', description: 'the zone: Europe/Berlin' },
    hwclock: { type: 'str', aliases: ['rtc'], choices: ['UTC', 'local'], description: 'what the hardware clock keeps' },
  },
  checkMode: 'inspects',
  check(params, templated) {
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    const name = textOf(params, 'name') ?? 'UTC';
    if (!has('name') && !has('hwclock')) return ['one of `name` and `hwclock` is needed'];
    return /^[\w+-]+(?:\/[\w+-]+)*$/.test(name) ? [] : [`given timezone "${name}" is not available`];
  },
  compile(params, context) {
    const script = reportingScript(
      context,
      {},
      `${assign('zone', textOf(params, 'name'))} ${assign('clock', textOf(params, 'hwclock'))}`,
      SCRIPT,
    );
    return ask(script, context, ({ values }) => {
      const asked = (['name', 'hwclock'] as const).filter((name) => params[name] !== undefined);
      const before: Dict = dict(Object.fromEntries(asked.map((name) => [name, values.get(name)])));
      const after: Dict = dict(Object.fromEntries(asked.map((name) => [name, textOf(params, name)])));
      const changed = values.get('changed') === 'true';
      return finished({
        changed,
        failed: false,
        values: dict(),
        ...(context.diff ? { diff: changed ? [stateDifference(before, after)] : [] } : {}),
      });
    });
  },
};

const SCRIPT = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
zones=/usr/share/zoneinfo
if [ "$zone" ] && [ ! -f "$zones/$zone" ]; then fail "given timezone \\"$zone\\" is not available"; fi
if shown=$(timedatectl status 2>/dev/null); then
  zone_is() { printf '%s\\n' "$shown" | sed -n 's/^ *Time *zone: *\\([^ ]*\\).*/\\1/p'; }
  clock_is() { case $shown in *'RTC in local TZ: yes'*) echo local ;; *) echo UTC ;; esac; }
  set_zone() { timedatectl set-timezone "$zone"; }
  set_clock() { if [ "$clock" = local ]; then timedatectl set-local-rtc yes; else timedatectl set-local-rtc no; fi; }
else
  zone_is() {
    found=$(readlink /etc/localtime || :)
    case $found in
    */zoneinfo/*) found=\${found##*/zoneinfo/}; found=\${found#posix/} ;;
    *) found=$(sed -n 1p /etc/timezone 2>/dev/null || :) ;;
    esac
    # Programs that read the file do not see the link.
    if [ -e /etc/timezone ] && [ "$(sed -n 1p /etc/timezone)" != "$found" ]; then echo "n/a"; else printf '%s\\n' "$found"; fi
  }
  clock_is() { if [ "$(sed -n 3p /etc/adjtime 2>/dev/null)" = LOCAL ]; then echo local; else echo UTC; fi; }
  set_zone() {
    new=/etc/.localtime-$token
    rm -f "$new" && ln -s "$zones/$zone" "$new" && mv -f "$new" /etc/localtime || return
    if [ -e /etc/timezone ] || [ -e /etc/debian_version ]; then printf '%s\\n' "$zone" >/etc/timezone; fi
  }
  set_clock() { if [ "$clock" = local ]; then hwclock --systohc --localtime; else hwclock --systohc --utc; fi; }
fi
report name "$(zone_is)"; report hwclock "$(clock_is)"
if [ "$zone" ] && [ "$(zone_is)" != "$zone" ]; then change 'Unable to set the time zone' set_zone; fi
if [ "$clock" ] && [ "$(clock_is)" != "$clock" ]; then change 'Unable to set the hardware clock' set_clock; fi`;
