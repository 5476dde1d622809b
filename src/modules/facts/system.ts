// A running system as it is just now: its kernel's command line, clock, load, names of resolvers, and whose session asks.
import { type Dict, dict, Float, type Value } from '../../base/value.ts';
import { lines, words } from './found.ts';
import type { Collector } from './seam.ts';

/** cmdline and proc_cmdline: of a word that stands there twice, the one has the last value and the other all of them. */
export const cmdline: Collector = {
  name: 'cmdline',
  files: ['/proc/cmdline'],
  read: (found) => {
    const pieces = [...(found.file('/proc/cmdline') ?? '').matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([piece]) => piece);
    if (pieces.length === 0) return {};
    const [last, all]: [Dict, Dict] = [dict(), dict()];
    for (const piece of pieces) {
      const [, name = piece, value] = /^([^=]*)=(.*)$/s.exec(piece) ?? [];
      last.set(name, value ?? true);
      const known = all.get(name);
      all.set(name, value === undefined ? true : known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value]);
    }
    return { cmdline: last, proc_cmdline: all };
  },
};

export const dns: Collector = {
  name: 'dns',
  files: ['/etc/resolv.conf'],
  read: (found) => {
    const facts: Record<string, Value> = {};
    const nameservers: string[] = [];
    for (const line of lines(found.file('/etc/resolv.conf') ?? '')) {
      const [word = '', ...rest] = words(line);
      if (word === 'nameserver') nameservers.push(...rest);
      if (word === 'domain' && rest[0] !== undefined) facts.domain = rest[0];
      if (word === 'search' || word === 'sortlist') facts[word] = rest;
      if (word === 'options') facts.options = dict(Object.fromEntries(rest.map(option)));
    }
    return { dns: dict(nameservers.length > 0 ? { nameservers, ...facts } : facts) };
  },
};

function option(text: string): [string, Value] {
  const [, name = text, value = ''] = /^(.*?):(.*)$/.exec(text) ?? [];
  return [name, value === '' ? true : value];
}

export const loadavg: Collector = {
  name: 'loadavg',
  files: ['/proc/loadavg'],
  script: `if [ "$system" != Linux ]; then stream loadavg sysctl -n vm.loadavg; fi`,
  read: (found) => {
    const said = found.file('/proc/loadavg') ?? found.record('loadavg').replace(/[{}]/g, '');
    const [one, five, fifteen] = words(said).map((text) => new Float(Number(text)));
    return fifteen === undefined ? {} : { loadavg: dict({ '1m': one, '5m': five, '15m': fifteen }) };
  },
};

/** env: of the shell that the probe ran in. */
export const environment: Collector = {
  name: 'env',
  read: (found) => ({ env: variables(found.record('environment')) }),
};

// A value with newlines goes on over the lines that begin no variable.
function variables(said: string): Dict {
  const values = new Map<string, string>();
  let last: string | undefined;
  for (const line of said.split('\n')) {
    const [, name, value = ''] = /^([A-Za-z_]\w*)=(.*)$/s.exec(line) ?? [];
    const going = name ?? last;
    if (going !== undefined) values.set(going, name === undefined ? `${values.get(going) ?? ''}\n${line}` : value);
    last = going;
  }
  return dict(Object.fromEntries(values));
}

const DATE_FIELDS = [
  'year',
  'month',
  'day',
  'hour',
  'minute',
  'second',
  'weekday',
  'weekday_number',
  'weeknumber',
  'epoch',
  'tz',
  'tz_offset',
];

/** date_time. Its zone in summer is asked for where it may have another name than now. */
export const dateTime: Collector = {
  name: 'date_time',
  script: `now=$(date '+%Y %m %d %H %M %S %A %w %W %s %Z %z %N %j'); report date "$now"
case $now in
  *' UTC '*|*' GMT '*) ;;
  *)
    # shellcheck disable=SC2086 # words
    set -- $now
    day=\${14#0}; day=\${day#0}; january=$((\${10} - (day - 1) * 86400))
    for second in $january $((january + 15638400)); do
      report "zone_$second" "$(date -d "@$second" '+%z %Z' 2>/dev/null || date -r "$second" '+%z %Z' 2>/dev/null)"
    done ;;
esac`,
  read: (found) => {
    const said = words(found.record('date'));
    const at = new Map(DATE_FIELDS.map((name, index) => [name, said[index] ?? '']));
    const of = (...names: string[]): string => names.map((name) => at.get(name) ?? '').join('');
    const utc = new Date(Number(of('epoch')) * 1000).toISOString().slice(0, 19);
    const micro = /^\d{9}$/.test(said[12] ?? '') ? said[12]?.slice(0, 6) : '000000';
    const zones = [...found.records('zone_').values()].map((zone) => zone.split(' ')).sort((a, b) => offset(a[0]) - offset(b[0]));
    return {
      date_time: dict({
        ...Object.fromEntries(at),
        epoch_int: of('epoch'),
        date: `${of('year')}-${of('month')}-${of('day')}`,
        time: `${of('hour')}:${of('minute')}:${of('second')}`,
        iso8601: `${utc}Z`,
        iso8601_micro: `${utc}.${micro}Z`,
        iso8601_basic: `${of('year', 'month', 'day')}T${of('hour', 'minute', 'second')}${micro}`,
        iso8601_basic_short: `${of('year', 'month', 'day')}T${of('hour', 'minute', 'second')}`,
        tz_dst: zones.at(-1)?.[1] ?? of('tz'),
      }),
    };
  },
};

function offset(text: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(text ?? '') ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** user_*: the one of the session's variables, else of its number, as CPython 3.11's getpass.getuser. */
export const user: Collector = {
  name: 'user',
  factIds: [
    'user_id',
    'user_uid',
    'user_gid',
    'user_gecos',
    'user_dir',
    'user_shell',
    'real_user_id',
    'effective_user_id',
    'effective_group_ids',
  ],
  script: `ids=$(id); report ids "$ids"
uid=\${ids#*uid=}; uid=\${uid%%[!0-9]*}
login=\${LOGNAME:-\${USER:-\${LNAME:-\${USERNAME:-}}}}
if [ -z "$login" ]; then login=$(id -un); fi
report login "$login"
if has getent; then report account "$(getent passwd "$login" || getent passwd "$uid")"
elif [ "$system" = Darwin ]; then report account "$(id -P "$login")"
else report account "$(grep -e "^$login:" /etc/passwd || grep -e "^[^:]*:[^:]*:$uid:" /etc/passwd)"; fi`,
  read: (found) => {
    const ids = found.record('ids');
    const number = (name: string): number | undefined => {
      const value = new RegExp(`\\b${name}=(\\d+)`).exec(ids)?.[1];
      return value === undefined ? undefined : Number(value);
    };
    const account = found.record('account').split(':');
    // macOS tells three fields more, before the person's name.
    const [gecos, directory, shell] = account.slice(-3);
    return {
      user_id: found.record('login'),
      user_uid: Number(account[2] ?? number('uid')),
      user_gid: Number(account[3] ?? number('gid')),
      user_gecos: account.length < 7 ? '' : gecos,
      user_dir: account.length < 7 ? '' : directory,
      user_shell: account.length < 7 ? '' : shell,
      real_user_id: number('uid'),
      effective_user_id: number('euid') ?? number('uid'),
      real_group_id: number('gid'),
      effective_group_id: number('gid'),
    };
  },
};
