// What the tools of a host print about its services, read. It knows no host.
import { type Dict, dict, type Value } from '../../base/value.ts';
import { linesOf } from '../script/text.ts';

/** Services by name, each a dict of name, state, source and what else is known. As ansible 2.14. */
export type Services = Dict;

const BAD = ['not-found', 'masked', 'failed'];

/** `systemctl list-units` and `list-unit-files`; `states` says `NAME STATE` of those that are only in the second. */
export function systemdServices(units: string, files: string, states: string): Services {
  const found: Services = new Map();
  for (const line of linesOf(units)) {
    if (!line.includes('.service')) continue;
    const fields = line.trim().split(/\s+/);
    const bad = BAD.find((one) => fields.includes(one));
    // A dot stands before what is bad.
    const [name = '', , active = '', sub] = bad === undefined || fields[0]?.includes('.service') === true ? fields : fields.slice(1);
    found.set(name, service(name, sub === 'running' ? 'running' : 'stopped', 'systemd', { status: bad ?? active }));
  }
  const stateOf = new Map(linesOf(states).map((line) => line.split(' ') as [string, string]));
  for (const line of linesOf(files)) {
    const [name = '', status = ''] = line.trim().split(/\s+/);
    if (!name.endsWith('.service')) continue;
    const known = found.get(name) as Dict | undefined;
    if (known === undefined) found.set(name, service(name, stateOf.get(name) ?? 'unknown', 'systemd', { status }));
    else if (!BAD.some((bad) => bad === known.get('status'))) known.set('status', status);
  }
  return found;
}

/** `service --status-all` of Debian: `[ + ]  name`. */
export function sysvServices(text: string): Services {
  const rows = [...text.matchAll(/^\s*\[ ([+-]) \]\s+(.+)$/gm)];
  return new Map(rows.map(([, sign, name = '']) => [name, service(name, sign === '+' ? 'running' : 'stopped', 'sysv')]));
}

/** `chkconfig --list` of Red Hat; `states` says `NAME STATE`. */
export function chkconfigServices(text: string, states: string): Services {
  const stateOf = new Map(linesOf(states).map((line) => line.split(' ') as [string, string]));
  const rows = [...text.matchAll(/^(\S+)\s+0:o(?:n|ff)\s.*?3:(on|off)\s/gm)];
  return new Map(
    rows.map(([, name = '', level]) => {
      const status = level === 'on' ? 'enabled' : 'disabled';
      return [name, service(name, stateOf.get(name) ?? 'stopped', 'sysv', { status })];
    }),
  );
}

/** `rc-status -a -s -m` and `rc-update show -v` of OpenRC. */
export function openrcServices(status: string, levels: string): Services {
  const levelsOf = new Map(
    linesOf(levels)
      .filter((line) => line.includes('|'))
      .map((line) => line.split('|').map((part) => part.trim()) as [string, string]),
  );
  const found: Services = new Map();
  for (const line of linesOf(status)) {
    if (!line.startsWith(' ')) continue;
    const [name, state] = line.replace(/[[\]]/g, ' ').trim().split(/\s+/);
    if (name === undefined || state === undefined) continue;
    const runlevels = levelsOf.get(name) ?? '';
    found.set(name, service(name, state, 'openrc', { runlevels: runlevels === '' ? null : runlevels.split(/\s+/) }));
  }
  return found;
}

/** `rcctl ls all|on|started|failed` of OpenBSD. */
export function rcctlServices(all: string, on: string, started: string, failed: string): Services {
  const [enabled, running, broken] = [on, started, failed].map((text) => new Set(linesOf(text)));
  return new Map(
    linesOf(all).map((name) => {
      const state = broken?.has(name) ? 'failed' : running?.has(name) ? 'running' : 'stopped';
      return [name, service(name, state, 'rcctl', { status: enabled?.has(name) ? 'enabled' : 'disabled' })];
    }),
  );
}

function service(name: string, state: string, source: string, more: Readonly<Record<string, Value>> = {}): Dict {
  return dict({ name, state, source, ...more });
}
