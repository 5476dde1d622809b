// until, retries and delay. They are data for both.
import type { Cases } from '../case.ts';

export const RETRIES: Cases = {
  'until it works': `
- {name: counts, raw: "echo x >> DIR/n; test $(wc -l < DIR/n) -ge 3", until: r.rc == 0, retries: 5, delay: 0, register: r}
- {name: registered, debug: {var: r}}
`,
  'gives up': `
- {name: gives up, raw: "echo x >> DIR/n; exit 1", until: r.rc == 0, retries: 2, delay: 0, register: r, ignore_errors: true}
- {name: registered, debug: {var: r}}
- {name: how often, raw: "wc -l < DIR/n", register: n, changed_when: false}
- {name: times, debug: {msg: "{{ n.stdout | trim }}"}}
`,
  'true at once': `
- {name: at once, raw: echo, until: true, retries: 3, delay: 0, register: r}
- {name: registered, debug: {var: r}}
- {name: controller only, debug: {msg: x}, until: r2 is succeeded, retries: 3, delay: 0, register: r2}
- {name: registered 2, debug: {var: r2}}
`,
  'lists are and': `
- {name: both, raw: echo x, until: ["r.rc == 0", "'x' in r.stdout"], retries: 2, delay: 0, register: r}
- {name: never, raw: echo x, until: ["r.rc == 0", "'y' in r.stdout"], retries: 1, delay: 0, register: r, ignore_errors: true}
- {name: registered, debug: {var: r}}
`,
  'retries 0 and 1': `
- {name: none, raw: "echo x >> DIR/zero; exit 1", until: r.rc == 0, retries: 0, delay: 0, register: r, ignore_errors: true}
- {name: one, raw: "echo x >> DIR/one; exit 1", until: r.rc == 0, retries: 1, delay: 0, register: r, ignore_errors: true}
- {name: count zero, raw: wc -l < DIR/zero, register: z, changed_when: false}
- {name: count one, raw: wc -l < DIR/one, register: o, changed_when: false}
- {name: counts, debug: {msg: "{{ z.stdout | trim }} {{ o.stdout | trim }} {{ r.attempts }}"}}
`,
  'retries without until': {
    files: {
      'site.yml': `
- {name: tried again, raw: "echo x >> DIR/n; test $(wc -l < DIR/n) -ge 3", retries: 3, delay: 0, register: r, ignore_errors: true}
- {name: registered, debug: {msg: "{{ r.attempts | default('none') }} {{ r is failed }}"}}
`,
    },
    differs: 'as ansible 2.16, it is tried until it does not fail',
  },
  'until and failed_when': `
- {name: forgiven, raw: exit 1, until: r.rc == 1, retries: 2, delay: 0, register: r, failed_when: false}
- {name: registered, debug: {var: r}}
- {name: forgiven but not enough, raw: exit 1, until: r.rc == 0, retries: 1, delay: 0, register: r, failed_when: false, ignore_errors: true}
- {name: registered 2, debug: {var: r}}
- {name: failed but enough, raw: echo, until: r.rc == 0, retries: 1, delay: 0, register: r, failed_when: true, ignore_errors: true}
- {name: registered 3, debug: {var: r}}
- {name: changed, raw: echo, until: true, delay: 0, register: r, changed_when: r.attempts == 1}
- {name: registered 4, debug: {msg: "{{ r.changed }}"}}
`,
  'until with templates and numbers': `
- {name: templates, raw: exit 1, until: r.rc == 0, retries: "{{ n }}", delay: "{{ 0 }}", register: r, vars: {n: 2}, ignore_errors: true}
- {name: registered, debug: {msg: "{{ r.attempts }}"}}
- {name: not skipped, raw: echo, until: false, retries: 1, delay: 0, when: false}
`,
  'until that is undefined': `
- {name: undefined, raw: echo, until: nowhere, retries: 1, delay: 0, register: r, ignore_errors: true}
- {name: registered, debug: {msg: "{{ r.failed }}"}}
- {name: without register, raw: echo, until: res is defined, retries: 1, delay: 0, ignore_errors: true}
`,
};
