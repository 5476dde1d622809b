// add_host: another host for the plays that follow.
import { type Dict, dict, type Value } from '../../base/value.ts';
import { str } from '../../jinja/printing.ts';
import { TaskError } from '../errors.ts';
import type { Action } from './seam.ts';

const NAMES = ['name', 'hostname', 'host'];
const GROUPS = ['groups', 'group', 'groupname'];

export const addHost: Action = {
  name: 'add_host',
  summary: 'add a host to the inventory of this run',
  params: undefined,
  once: true,
  run: ({ args }) => {
    const written = NAMES.flatMap((key) => args.get(key) ?? []).at(0);
    if (written === undefined || written === '')
      throw new TaskError('BAD_PARAMETER', 'name, host or hostname needs to be provided', { fix: 'Write name: and the name of the host' });
    const { name, port } = splitPort(str(written));
    const groups = listOf(GROUPS.map((key) => args.get(key)).find((given) => given !== undefined && given !== null));
    const vars: Dict = new Map([...args].filter(([key]) => ![...NAMES, ...GROUPS].includes(String(key))));
    if (port !== undefined) vars.set('ansible_ssh_port', port);
    return {
      addHost: { name, groups, vars },
      result: { changed: true, failed: false, values: dict({ add_host: dict({ host_name: name, groups, host_vars: vars }) }) },
    };
  },
};

/** A list, or text with commas. */
export function listOf(value: Value | undefined): string[] {
  const items = value === undefined || value === null ? [] : Array.isArray(value) ? value.map(str) : str(value).split(',');
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

function splitPort(written: string): { name: string; port: number | undefined } {
  const [, name, port] = /^([^:]+):(\d+)$/.exec(written) ?? [];
  return name === undefined ? { name: written, port: undefined } : { name, port: Number(port) };
}
