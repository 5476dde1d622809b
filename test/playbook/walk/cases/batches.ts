// Batches, limits of failure, order, and how far a failure reaches. They are data for both.
import type { Case, Cases } from '../case.ts';

const TEN = Array.from({ length: 10 }, (_, i) => `h${i}`).join('\n');
const SIX = Array.from({ length: 6 }, (_, i) => `h${i}`).join('\n');

/** The batches that a play goes through. */
function serial(value: string, hosts = TEN): Case {
  return {
    hosts,
    files: {
      'site.yml': `
- hosts: all
  gather_facts: false
  serial: ${value}
  tasks:
    - {name: batch, debug: {msg: "{{ ansible_play_batch | join(' ') }}"}, run_once: true}
`,
    },
  };
}

/** What is left when so many of six hosts fail, or cannot be reached. */
function limit(keywords: string, fails: string, more = ''): Case {
  return {
    hosts: SIX,
    files: {
      'site.yml': `
- hosts: all
  gather_facts: false
  ${keywords}
  tasks:
    - {name: fails, fail: {msg: nope}, when: "inventory_hostname in [${fails}]"${more}}
    - {name: goes on, debug: {msg: "{{ ansible_play_hosts | join(' ') }}"}}
- hosts: all
  gather_facts: false
  tasks:
    - {name: next play, debug: {msg: "{{ ansible_play_batch | join(' ') }}"}, run_once: true}
`,
    },
  };
}

const SERIALS = [
  '1',
  '3',
  '10',
  '11',
  '0',
  '-1',
  '"30%"',
  '"33%"',
  '"5%"',
  '"100%"',
  '"150%"',
  '[1, 2]',
  '[1, "50%"]',
  '["10%", "20%", "100%"]',
  '[2, 0]',
  '"{{ 2 + 2 }}"',
  '[1, "{{ 3 }}"]',
  '"3"',
  '[]',
  '"0%"',
];

export const BATCHES: Cases = {
  ...Object.fromEntries(SERIALS.map((value) => [`serial ${value}`, serial(value)])),
  'serial 34% of 6': serial('["1", "34%", 0]', SIX),
  'no limit, one fails': limit('serial: 3', "'h1'"),
  'no limit, a batch fails': limit('serial: 2', "'h0', 'h1'"),
  'no limit, the last batch fails': limit('serial: 3', "'h3', 'h4', 'h5'"),
  'no limit, all fail': limit('name: all', "'h0', 'h1', 'h2', 'h3', 'h4', 'h5'"),
  'max_fail_percentage 50, half fails': limit('max_fail_percentage: 50', "'h0', 'h1', 'h2'"),
  'max_fail_percentage 49, half fails': limit('max_fail_percentage: 49', "'h0', 'h1', 'h2'"),
  'max_fail_percentage 0, one fails': limit('max_fail_percentage: 0', "'h0'"),
  'max_fail_percentage 16, one fails': limit('max_fail_percentage: 16', "'h0'"),
  'max_fail_percentage 17, one fails': limit('max_fail_percentage: 17', "'h0'"),
  'max_fail_percentage 100, all fail': limit('max_fail_percentage: 100', "'h0', 'h1', 'h2', 'h3', 'h4', 'h5'"),
  'max_fail_percentage 40 in batches of 2, one fails': limit('serial: 2\n  max_fail_percentage: 40', "'h2'"),
  'max_fail_percentage 50 in batches of 2, one fails': limit('serial: 2\n  max_fail_percentage: 50', "'h2'"),
  'max_fail_percentage by a template': limit('max_fail_percentage: "{{ 10 + 0 }}"', "'h0'"),
  'max_fail_percentage and ignored failures': limit('max_fail_percentage: 0', "'h0'", ', ignore_errors: true'),
  'any_errors_fatal of a play': limit('any_errors_fatal: true', "'h3'"),
  'any_errors_fatal of a task': limit('name: p', "'h3'", ', any_errors_fatal: true'),
  'any_errors_fatal in batches': limit('serial: 3\n  any_errors_fatal: true', "'h1'"),
  'any_errors_fatal in a later batch': limit('serial: 3\n  any_errors_fatal: true', "'h4'"),
  'any_errors_fatal and ignored failures': limit('any_errors_fatal: true', "'h3'", ', ignore_errors: true'),
  'any_errors_fatal: false': limit('any_errors_fatal: false', "'h3'"),
  'run_once that fails': limit('name: p', "'h0'", ', run_once: true'),
  'run_once that fails and is ignored': limit('name: p', "'h0'", ', run_once: true, ignore_errors: true'),
  'run_once that fails in a batch': limit('serial: 2', "'h2'", ', run_once: true'),
  'max_fail_percentage and rescue': {
    hosts: SIX,
    files: {
      'site.yml': `
- hosts: all
  gather_facts: false
  max_fail_percentage: 10
  tasks:
    - block:
        - {name: fails, fail: {msg: nope}, when: "inventory_hostname in ['h0', 'h1']"}
      rescue:
        - {name: rescue, debug: {msg: x}}
    - {name: goes on, debug: {msg: x}}
`,
    },
  },
  'max_fail_percentage and always': {
    hosts: SIX,
    differs: 'a host that has failed counts, once always is through: ansible never counts it',
    files: {
      'site.yml': `
- hosts: all
  gather_facts: false
  max_fail_percentage: 10
  tasks:
    - block:
        - {name: fails, fail: {msg: nope}, when: "inventory_hostname in ['h0', 'h1']"}
      always:
        - {name: always, debug: {msg: x}}
    - {name: the limit is seen, debug: {msg: x}}
    - {name: goes on, debug: {msg: x}}
`,
    },
  },
  'any_errors_fatal and rescue': {
    hosts: SIX,
    differs: 'all hosts go to the rescue together, as ansible 2.17',
    files: {
      'site.yml': `
- hosts: all
  gather_facts: false
  any_errors_fatal: true
  tasks:
    - block:
        - {name: fails, fail: {msg: nope}, when: inventory_hostname == 'h0'}
        - {name: the others, debug: {msg: x}}
      rescue:
        - {name: rescue, debug: {msg: x}}
    - {name: goes on, debug: {msg: x}}
`,
    },
  },
  'any_errors_fatal and always': {
    differs: 'all hosts leave the block together, as ansible 2.17',
    hosts: 'a\nb\nc',
    files: {
      'site.yml': `
- hosts: all
  gather_facts: false
  any_errors_fatal: true
  tasks:
    - block:
        - {name: fails, fail: {msg: nope}, when: inventory_hostname == 'a'}
        - {name: the others, debug: {msg: x}}
      always:
        - {name: always, debug: {msg: x}}
    - {name: goes on, debug: {msg: x}}
`,
    },
  },
  ...Object.fromEntries(
    ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted'].map((order): [string, Case] => [
      `order ${order}`,
      {
        hosts: 'c\na\nd\nb\nd10\nd9',
        files: {
          'site.yml': `
- hosts: all
  gather_facts: false
  order: ${order}
  serial: 4
  tasks:
    - {name: batch, debug: {msg: "{{ ansible_play_batch | join(' ') }}"}, run_once: true}
    - {name: all of them, debug: {msg: "{{ ansible_play_hosts_all | join(' ') }}"}, run_once: true}
`,
        },
      },
    ]),
  ),
  'an unknown order': {
    refused: true,
    files: { 'site.yml': '- hosts: a\n  gather_facts: false\n  order: random\n  tasks: [{debug: {msg: x}}]\n' },
  },
  'serial and run_once': {
    hosts: SIX,
    files: {
      'site.yml': `
- hosts: all
  gather_facts: false
  serial: 2
  tasks:
    - {name: once, set_fact: {first: "{{ inventory_hostname }}"}, run_once: true}
    - {name: each, debug: {msg: "{{ first }}"}}
`,
    },
  },
  end_batch: {
    hosts: SIX,
    files: {
      'site.yml': `
- hosts: all
  gather_facts: false
  serial: 2
  tasks:
    - {name: end, meta: end_batch, when: inventory_hostname == 'h2'}
    - {name: goes on, debug: {msg: x}}
`,
    },
  },
  'end_play in a batch': {
    hosts: SIX,
    files: {
      'site.yml': `
- hosts: all
  gather_facts: false
  serial: 2
  tasks:
    - {name: end, meta: end_play, when: inventory_hostname == 'h2'}
    - {name: goes on, debug: {msg: x}}
- hosts: h0
  gather_facts: false
  tasks:
    - {name: next play, debug: {msg: x}}
`,
    },
  },
  free: `
- hosts: a
  gather_facts: false
  strategy: free
  tasks:
    - {name: one, debug: {msg: x}}
    - block:
        - {name: fails, fail: {msg: nope}}
      rescue:
        - {name: rescue, debug: {msg: "{{ ansible_failed_task.name }}"}}
    - {name: once, debug: {msg: x}, run_once: true}
    - {name: changes, raw: echo, notify: h}
  handlers:
    - {name: h, debug: {msg: h}}
`,
  'free, and one fails': `
- hosts: web
  gather_facts: false
  strategy: free
  tasks:
    - {name: one, debug: {msg: x}}
    - {name: fails, fail: {msg: nope}, when: inventory_hostname == 'a'}
    - {name: two, debug: {msg: x}}
`,
  host_pinned: `
- hosts: a
  gather_facts: false
  strategy: host_pinned
  tasks:
    - {name: one, debug: {msg: x}}
    - {name: two, debug: {msg: "{{ inventory_hostname }}"}}
`,
  'an unknown strategy': {
    refused: true,
    files: { 'site.yml': '- hosts: a\n  gather_facts: false\n  strategy: nonsense\n  tasks: [{debug: {msg: x}}]\n' },
  },
  'hosts by patterns': {
    hosts: 'w1\nw2\nd1\nd2\nx\n[web]\nw1\nw2\n[db]\nd1\nd2\n[eu]\nw1\nd1\n',
    files: {
      'site.yml': [
        'web',
        'web:db',
        'web,db',
        'web:&eu',
        'all:!web',
        '"*1"',
        '"~[wd]2"',
        'web[0]',
        'web[-1]',
        'all[1:3]',
        'web[1:]',
        'db:web:!d1',
        '"!web:all"',
        '"&eu:web"',
        'ungrouped',
        '[web, d1]',
        '["web", "!w1"]',
        'w1:w1:web',
        '"{{ \'db\' }}"',
        '"?1"',
        '"[wx]*"',
      ]
        .map(
          (pattern) =>
            `- hosts: ${pattern}\n  gather_facts: false\n  tasks:\n    - {name: hosts, debug: {msg: "{{ ansible_play_hosts_all | join(' ') }}"}, run_once: true}\n`,
        )
        .join(''),
    },
  },
  ...Object.fromEntries(
    ['w1', 'web', 'web:!w1', 'w*', '~w', 'eu:&web', 'all[0]', 'w1,d1'].map((pattern): [string, Case] => [
      `limit ${pattern}`,
      {
        hosts: 'w1\nw2\nd1\n[web]\nw1\nw2\n[eu]\nw1\nd1\n',
        flags: { limit: pattern },
        files: {
          'site.yml': `
- hosts: all
  gather_facts: false
  tasks:
    - {name: hosts, debug: {msg: "{{ ansible_play_hosts_all | join(' ') }} {{ ansible_limit }} {{ groups.web | join(' ') }}"}}
`,
        },
      },
    ]),
  ),
};
