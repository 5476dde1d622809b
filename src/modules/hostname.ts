// The module hostname: what a host is called, now and after the next boot. It does not know how others find it.
import { dict } from '../base/value.ts';
import { textOf } from './parameters/params.ts';
import { ask, finished, type Report } from './script/answer.ts';
import { assign, reportingScript } from './script/script.ts';
import type { Module, ModuleContext, Params, Step } from './seam.ts';

const WAYS = ['alpine', 'darwin', 'debian', 'freebsd', 'macos', 'macosx', 'openbsd', 'openrc', 'redhat', 'sles', 'systemd'] as const;

/** `hostname`: as ansible 2.14. On hosts without systemd most ways set what is read at boot only. */
export const hostname: Module = {
  name: 'hostname',
  summary: 'Sets the name of a host',
  params: {
    name: { type: 'str', required: true, description: 'the name' },
    use: { type: 'str', choices: WAYS, description: 'how it is set; default systemd where it runs, or what the system reads at boot' },
  },
  checkMode: 'inspects',
  check(params) {
    const name = textOf(params, 'name') ?? 'x';
    if (name === '' || /["\n]/.test(name)) return ['`name` is no name of a host'];
    return name.length > 64 ? ['name cannot be longer than 64 characters on systemd servers, try a shorter name'] : [];
  },
  compile: (params, context) =>
    ask(
      reportingScript(context, {}, `${assign('name', textOf(params, 'name'))} ${assign('use', textOf(params, 'use'))}`, SCRIPT),
      context,
      (report) => result(report, params, context),
    ),
};

const SCRIPT = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
has() { command -v "$1" >/dev/null 2>&1; }
if [ ! "$use" ]; then
  case $(uname) in
  FreeBSD | NetBSD) use=freebsd ;;
  OpenBSD) use=openbsd ;;
  Darwin) use=darwin ;;
  *)
    if [ -d /run/systemd/system ]; then use=systemd
    elif [ -e /etc/alpine-release ]; then use=alpine
    elif grep -qs '^HOSTNAME' /etc/sysconfig/network; then use=redhat
    elif [ -e /etc/conf.d/hostname ]; then use=openrc
    elif [ -e /etc/HOSTNAME ]; then use=sles
    else use=file; fi ;;
  esac
fi
# FILE: what stands in it, without blanks around.
content() { if [ -f "$1" ]; then sed 's/^[[:space:]]*//; s/[[:space:]]*$//; /^$/d' "$1"; fi; }
# FILE PATTERN LINE: the line in place of the first one that begins with the pattern, or at the end.
set_line() {
  mkdir -p "\${1%/*}" || return
  lines=''
  if [ -f "$1" ]; then lines=$(cat "$1" && printf .) && lines=\${lines%.}; fi
  if printf %s "$lines" | grep -q "^[[:space:]]*$2"; then
    printf %s "$lines" | wanted=$3 pattern="^[[:space:]]*$2" awk '!done && $0 ~ ENVIRON["pattern"] { print ENVIRON["wanted"]; done = 1; next } { print }' >"$1"
  else
    { printf %s "$lines"; printf '%s\\n' "$3"; } >"$1"
  fi
}
quoted() { if [ -f "$1" ]; then sed -n 's/^[[:space:]]*hostname=//p' "$1" | sed -n '1{s/^"//; s/"$//; p;}'; fi; }
# Each way: kept (after the next boot), current (now), keep, call.
kept() { content "$file"; }
keep() { printf '%s\\n' "$name" >"$file"; }
current() { kept; }
call() { :; }
by_program() {
  current() { hostname; }
  call() { hostname "$name"; }
}
case $use in
systemd | debian)
  has hostnamectl || fail 'There is no hostnamectl on this host'
  asked() { hostnamectl "$1" status 2>&1; }
  kept() { asked --static; }
  current() { asked --transient; }
  keep() { hostnamectl --pretty --static set-hostname "$name"; }
  call() { hostnamectl --transient set-hostname "$name"; } ;;
alpine) file=/etc/hostname; call() { hostname -F "$file"; } ;;
openbsd) file=/etc/myname ;;
sles) file=/etc/HOSTNAME ;;
redhat)
  file=/etc/sysconfig/network
  kept() { sed -n 's/^[[:space:]]*HOSTNAME[^=]*=[[:space:]]*//p' "$file" | sed -n '1{s/[[:space:]]*$//; p;}'; }
  keep() { set_line "$file" HOSTNAME "HOSTNAME=$name"; } ;;
openrc | freebsd)
  if [ "$use" = openrc ]; then file=/etc/conf.d/hostname; else file=/etc/rc.conf.d/hostname; by_program; fi
  kept() { quoted "$file"; }
  keep() { set_line "$file" hostname= "hostname=\\"$name\\""; } ;;
darwin | macos | macosx)
  kept() { scutil --get HostName 2>/dev/null || :; }
  local_name() { printf '%s\\n' "$name" | sed "s/[.']//g; s/[^A-Za-z0-9]/-/g; s/---*/-/g; s/-*$//"; }
  keep() { scutil --set HostName "$name" && scutil --set ComputerName "$name" && scutil --set LocalHostName "$(local_name)"; } ;;
*) file=/etc/hostname ;;
esac
was_kept=$(kept) || fail "Command failed: $was_kept"
was_current=$(current) || fail "Command failed: $was_current"
report kept "$was_kept"; report current "$was_current"
if [ "$was_kept" != "$name" ]; then change 'failed to update hostname' keep; fi
if [ "$was_current" != "$name" ]; then change 'failed to set the current hostname' call; fi
report fqdn "$(hostname -f 2>/dev/null || hostname 2>/dev/null || uname -n)"`;

function result({ values }: Report, params: Params, context: ModuleContext): Step {
  const name = textOf(params, 'name') ?? '';
  const changed = values.get('changed') === 'true';
  const [kept = '', current = '', fqdn = ''] = ['kept', 'current', 'fqdn'].map((one) => values.get(one));
  const before = name === current ? kept : current;
  const facts = dict({
    ansible_hostname: name.split('.')[0],
    ansible_nodename: name,
    ansible_fqdn: fqdn,
    ansible_domain: fqdn.split('.').slice(1).join('.'),
  });
  const line = (text: string): string => `hostname = ${text}\n`;
  const diff = changed ? [{ beforeHeader: '', afterHeader: '', before: line(before), after: line(name) }] : [];
  return finished({ changed, failed: false, values: dict({ name, ansible_facts: facts }), ...(context.diff ? { diff } : {}) });
}
