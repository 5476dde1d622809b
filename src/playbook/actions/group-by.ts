// group_by: puts the host into a group whose name comes from its variables.
import { dict } from '../../base/value.ts';
import { str } from '../../jinja/printing.ts';
import { listOf } from './add-host.ts';
import type { Action } from './seam.ts';

export const groupBy: Action = {
  name: 'group_by',
  summary: 'make groups of what is known of hosts',
  params: {
    key: { type: 'str', required: true, description: 'The name of the group' },
    parents: { type: 'list', elements: 'str', default: ['all'], description: 'Groups that hold it' },
  },
  run: ({ args }) => {
    // As Ansible: blanks would end a name in a pattern.
    const group = str(args.get('key') ?? '').replaceAll(' ', '-');
    const parents = listOf(args.get('parents') ?? ['all']).map((parent) => parent.replaceAll(' ', '-'));
    return {
      addToGroup: { group, parents },
      result: { changed: false, failed: false, values: dict({ add_group: group, parent_groups: parents }) },
    };
  },
};
