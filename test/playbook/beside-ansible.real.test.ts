// The language of playbooks under ansible-playbook and under sshoal: the same course of tasks, and the same recap.
import { describe, it } from 'node:test';
import { needs } from '../support/real.ts';
import { same } from './play-both.ts';

const head = '- hosts: all\n  gather_facts: false\n';

const PLAYBOOKS: Readonly<Record<string, string>> = {
  'conditions, verdicts and loops': `${head}  vars: {flag: true, words: [x, y], text: "", settings: {a: 1, b: {c: 2}}}
  tasks:
    - {name: when list, command: "true", when: [flag, "words | length == 2"]}
    - {name: when false, command: "true", when: text}
    - {name: when string, command: "true", when: "inventory_hostname in ['a', 'c']"}
    - {name: changed when, shell: "echo hi", register: r, changed_when: "'ho' in r.stdout"}
    - {name: failed when, shell: "echo bad", register: r, failed_when: "'bad' in r.stdout", ignore_errors: true}
    - {name: unfailed, shell: exit 2, register: r, failed_when: r.rc == 3}
    - {name: loop, command: "echo {{ item }}", loop: "{{ words }}", when: item != 'x', register: looped}
    - {name: empty loop, command: "true", loop: []}
    - {name: all skipped, command: "true", loop: [1, 2], when: item > 5}
    - {name: loop with a failure, shell: "exit {{ item }}", loop: [0, 1, 0], ignore_errors: true, register: partly}
    - {name: see, debug: {msg: "{{ looped.results | length }} {{ partly.results | map(attribute='rc') | list }} {{ partly.failed }} {{ settings.b.c }}"}}
    - {name: until, shell: "echo x >> DIR/until-{{ inventory_hostname }}; test $(wc -l < DIR/until-{{ inventory_hostname }}) -ge 2", register: u, until: u.rc == 0, retries: 3, delay: 0}
    - {name: attempts, debug: {msg: "{{ u.attempts }}"}}
    - {name: creates, shell: "true", args: {creates: /etc/passwd}}
    - {name: with items, debug: {msg: "{{ item }}"}, with_items: [[1, 2], [3]]}
`,
  'blocks, rescue and failing hosts': `${head}  tasks:
    - name: outer
      when: inventory_hostname != 'c'
      block:
        - {name: first, command: "true", notify: [told]}
        - {name: breaks on a, shell: "test {{ inventory_hostname }} != a"}
        - {name: after, command: "true"}
      rescue:
        - {name: rescue, debug: {msg: "{{ ansible_failed_task.name }}"}}
      always:
        - {name: always, command: "true", changed_when: false}
    - {name: fails on b, fail: {msg: no way}, when: inventory_hostname == 'b'}
    - {name: last, command: "true"}
  handlers:
    - {name: told, debug: {msg: rescued hosts too}}
`,
  'handlers in their order': `${head}  tasks:
    - {name: one, command: "true", notify: [beta, alpha]}
    - {name: two, command: "true", changed_when: false, notify: gamma}
    - {name: flush, meta: flush_handlers}
    - {name: three, command: "true", notify: topic}
    - {name: four, command: "false", when: inventory_hostname == 'b'}
  handlers:
    - {name: alpha, command: "true"}
    - {name: beta, command: "true", notify: gamma}
    - {name: gamma, command: "true"}
    - {name: delta, command: "true", listen: topic}
`,
  'variables and facts set on the way': `${head}  vars: {lazy: "{{ later }}-{{ inventory_hostname }}", later: none}
  tasks:
    - {name: lazy, debug: {msg: "{{ lazy }}"}}
    - {name: set, set_fact: {later: now, number: "{{ 40 + 2 }}"}}
    - {name: lazy again, debug: {msg: "{{ lazy }} {{ number | int + 1 }}"}}
    - {name: task vars, debug: {msg: "{{ later }} {{ other | default('d') }}"}, vars: {later: task}}
    - {name: others, debug: {msg: "{{ groups.all | join(',') }} {{ hostvars.a.inventory_hostname }} {{ hostvars['b'].port | default('-') }}"}}
    - {name: omit, file: {path: "DIR/made", state: directory, mode: "{{ nope | default(omit) }}"}, run_once: true}
    - {name: undefined, debug: {msg: "{{ nope.x }}"}, ignore_errors: true}
    - {name: asserts, assert: {that: ["1 == 1", "later == 'now'"]}}
    - {name: asserts not, assert: {that: "later == 'x'", fail_msg: mine}, ignore_errors: true}
    - {name: stat, stat: {path: /etc/passwd}, register: s}
    - name: backslashes
      debug:
        msg: "{{ 'web-01.lan' | regex_replace('^(.*)-(\\\\d+)\\\\.lan$', '\\\\2 \\\\1') }} {{ 'a.b' | regex_replace('\\\\.', '-') }}"
    - name: backslashes plain
      debug:
        msg: '{{ "web-01.lan" | regex_replace("^(.*)-(\\d+)\\.lan$", "\\2 \\1") }}'
    - {name: backslash when, command: "true", when: "'a.b' is match('a\\\\.b')"}
    - {name: stat seen, debug: {msg: "{{ s.stat.exists }} {{ s.stat.mode }} {{ s.stat.isreg }}"}}
`,
  'batches and limits of failure': `- hosts: all
  gather_facts: false
  serial: [1, "50%"]
  max_fail_percentage: 50
  tasks:
    - {name: batch, debug: {msg: "{{ ansible_play_batch | join(',') }}"}}
    - {name: fails on b, shell: "test {{ inventory_hostname }} != b"}
    - {name: goes on, command: "true"}
`,
};

describe('playbooks beside ansible', needs('ansible-playbook'), () => {
  for (const [name, text] of Object.entries(PLAYBOOKS)) it(name, async () => await same({ 'site.yml': text }));
});
