// Mode, owner and group: the parameters every file module shares, and what a result says about a path. It does not know the modules.
import { type Dict, dict, type Value } from '../../base/value.ts';
import { textOf } from '../parameters/params.ts';
import type { Report } from '../script/answer.ts';
import { word } from '../script/script.ts';
import type { ParamSpecs, Params } from '../seam.ts';
import { ATTRIBUTES, INSPECT } from './file-script.ts';
import { wantedMode } from './mode.ts';

const SELINUX = 'Set SELinux contexts with a command task (chcon, semanage, restorecon)';

export const ATTRIBUTE_PARAMS: ParamSpecs = {
  mode: { type: 'mode', description: "octal in quotes ('0644') or symbolic ('u=rw,g=r')" },
  owner: { type: 'str', description: 'name or number of the user who owns the file' },
  group: { type: 'str', description: 'name or number of the group that owns the file' },
  seuser: { type: 'str', description: 'SELinux user', unsupported: SELINUX },
  serole: { type: 'str', description: 'SELinux role', unsupported: SELINUX },
  setype: { type: 'str', description: 'SELinux type', unsupported: SELINUX },
  selevel: { type: 'str', description: 'SELinux level', unsupported: SELINUX },
  attributes: {
    type: 'str',
    description: 'flags of chattr',
    aliases: ['attr'],
    unsupported: 'Set them with a command task: chattr +i FILE',
  },
  unsafe_writes: { type: 'raw', description: 'write in place', unsupported: 'Files are always replaced in one step; leave it out' },
};

/**
 * The functions `lstat`, `state_of`, `ensure_attrs`... with what the parameters want.
 *
 * @param mode - Instead of the parameter, where `preserve` has become a mode.
 */
export function attributeScript(params: Params, mode = textOf(params, 'mode')): string {
  const [owner, group] = [textOf(params, 'owner'), textOf(params, 'group')];
  return [
    INSPECT,
    wantedMode(mode),
    ATTRIBUTES,
    ...(owner === undefined ? [] : [`resolve_owner ${word(owner)}`]),
    ...(group === undefined ? [] : [`resolve_group ${word(group)}`]),
  ].join('\n');
}

/** Whether any of mode, owner and group is asked for. */
export function wantsAttributes(params: Params): boolean {
  return ['mode', 'owner', 'group'].some((name) => params[name] !== undefined);
}

/** What `report_path_info` said, as Ansible adds it to a result: uid, gid, owner, group, mode, state, size. */
export function pathInfo(report: Report): Record<string, Value | undefined> {
  const { values } = report;
  // The owner and group without a name: Ansible then gives the number as text.
  const named = (name: string, id: string): string | undefined => (values.get(name) === 'UNKNOWN' ? values.get(id) : values.get(name));
  return {
    uid: numberOf(report, 'uid'),
    gid: numberOf(report, 'gid'),
    owner: named('owner', 'uid'),
    group: named('group', 'gid'),
    mode: values.get('mode'),
    state: values.get('state'),
    size: numberOf(report, 'size'),
  };
}

/** A record that is a whole number, or undefined. */
export function numberOf(report: Report, name: string): number | undefined {
  const text = report.values.get(name);
  return text === undefined || text === '' ? undefined : Number(text);
}

/** The records `before.*` or `after.*` as a dict; owner and group are numbers, as in Ansible's diff. */
export function noted(report: Report, side: 'before' | 'after'): Dict {
  const found: Record<string, Value> = {};
  for (const [name, value] of report.values) {
    if (!name.startsWith(`${side}.`)) continue;
    const key = name.slice(side.length + 1);
    found[key] = key === 'owner' || key === 'group' ? Number(value) || (value === '0' ? 0 : value) : value;
  }
  return dict(found);
}
