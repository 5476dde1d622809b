// With which program and flags another user is become: as ansible 2.14 does it, with real sudo and su.
import { describe, it } from 'node:test';
import { onlyRoot } from '../../support/openssh-server.ts';
import { needs } from '../../support/real.ts';
import { same } from '../play-both.ts';

const real = { skip: onlyRoot.skip || needs('ansible-playbook', 'sudo', 'su').skip };

/** Says that it was asked, and lets sudo do it. */
const WRAPPER = '#!/bin/sh\nVIA=wrapper; export VIA\nexec sudo -E "$@"\n';

const SITE = `
- hosts: a
  gather_facts: false
  become: true
  environment: {KEPT: "yes"}
  vars:
    say: "echo \${VIA:-plain} $(id -un) \${HOME}"
  tasks:
    # Where ansible starts its Python: other users must be able to stand there.
    - {command: chmod 755 DIR DIR/.., become: false}
    - copy: {dest: DIR/wrapper, mode: "0755", content: ${JSON.stringify(WRAPPER)}}
      become: false
    - {shell: "{{ say }}", register: plain}
    - debug: {msg: "{{ plain.stdout }}"}
    - {shell: "{{ say }}", register: exe, become_user: daemon, become_exe: DIR/wrapper}
    - debug: {msg: "{{ exe.stdout }}"}
    - {shell: "{{ say }}", register: as_other, become_user: nobody, become_exe: DIR/wrapper, become_flags: "-n"}
    - debug: {msg: "{{ as_other.stdout }}"}
    - name: a block says it for all its tasks
      become_exe: DIR/wrapper
      vars: {ansible_sudo_flags: "-H -n"}
      block:
        - {shell: "{{ say }}", register: inner, become_user: nobody}
        - debug: {msg: "{{ inner.stdout }}"}
    - {shell: "{{ say }}", register: su, become_method: su, become_user: daemon, become_flags: "-s /bin/sh"}
    - debug: {msg: "{{ su.stdout }}"}
    - {shell: "{{ say }}", register: both, become_method: su, become_user: daemon, become_exe: sudo -n su, become_flags: "-s /bin/sh"}
    - debug: {msg: "{{ both.stdout }}"}
`;

describe('become_exe and become_flags', real, () => {
  it('say what is started, from keywords and from variables', async () => await same({ 'site.yml': SITE }));
});
