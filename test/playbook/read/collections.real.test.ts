// Roles and playbooks of collections, found and named as by ansible 2.14.
import { describe, it } from 'node:test';
import { needs } from '../../support/real.ts';
import { same, type Tree } from '../play-both.ts';

const SAY =
  "- debug: {msg: \"{{ role_name }} {{ ansible_role_name }} {{ ansible_collection_name | default('none') }} {{ who | default('nobody') }}\"}\n";

const COLLECTION: Tree = {
  'collections/ansible_collections/acme/web/roles/site/tasks/main.yml': `${SAY}- name: change\n  command: "true"\n  notify: restarted\n`,
  'collections/ansible_collections/acme/web/roles/site/handlers/main.yml': '- name: restarted\n  debug: {msg: "in {{ role_name }}"}\n',
  'collections/ansible_collections/acme/web/roles/site/defaults/main.yml': 'who: site\n',
  'collections/ansible_collections/acme/web/roles/site/meta/main.yml': 'dependencies: [base]\n',
  'collections/ansible_collections/acme/web/roles/base/tasks/main.yml': SAY,
  'collections/ansible_collections/acme/web/roles/deep/er/tasks/main.yml': SAY,
  'collections/ansible_collections/acme/web/playbooks/all.yml': '- hosts: b\n  gather_facts: false\n  roles: [base]\n',
  'roles/base/tasks/main.yml': '- debug: {msg: "beside the playbook"}\n',
};

describe('collections', needs('ansible-playbook'), () => {
  it('have roles that are named with them, and that know each other by their short names', async () =>
    await same({
      ...COLLECTION,
      'site.yml': `
- hosts: a
  gather_facts: false
  roles: [acme.web.site, base, acme.web.deep.er]
  tasks:
    - include_role: {name: acme.web.base}
    - import_role: {name: acme.web.base}
    - command: "true"
      notify: "acme.web.site : restarted"
    - debug: {msg: "{{ ansible_play_role_names }} {{ ansible_role_names | sort }} {{ ansible_dependent_role_names }}"}
`,
    }));

  it('that are searched come before the roles beside the playbook', async () =>
    await same({
      ...COLLECTION,
      'site.yml': `
- hosts: a
  gather_facts: false
  collections: [acme.none, acme.web]
  roles: [base]
  tasks:
    - include_role: {name: base}
`,
    }));

  it('have playbooks that are imported by their names', async () =>
    await same({ ...COLLECTION, 'site.yml': '- import_playbook: acme.web.all\n' }));
});
