// The same playbooks under ansible-playbook and under sshoal: the same status of every task on every host, and the same recap.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { needs } from '../support/real.ts';
import { inDirectory, type Played, playLocal } from './play-local.ts';

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
        - {name: first, command: "true"}
        - {name: breaks on a, shell: "test {{ inventory_hostname }} != a"}
        - {name: after, command: "true"}
      rescue:
        - {name: rescue, debug: {msg: "{{ ansible_failed_task.name }}"}}
      always:
        - {name: always, command: "true", changed_when: false}
    - {name: fails on b, fail: {msg: no way}, when: inventory_hostname == 'b'}
    - {name: last, command: "true"}
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
  for (const [name, text] of Object.entries(PLAYBOOKS)) {
    it(
      name,
      async () =>
        await inDirectory(async (directory) => {
          const hosts = 'a\nb port=8080\nc\n';
          const [ours, theirs] = [path.join(directory, 'ours'), path.join(directory, 'theirs')];
          await mkdir(ours);
          await mkdir(theirs);

          const played = await playLocal(ours, text.replaceAll('DIR', ours), hosts);
          const ansible = await playAnsible(theirs, text.replaceAll('DIR', theirs), hosts);

          assert.deepEqual(withoutMeta(played.statuses), ansible.statuses);
          assert.deepEqual(said(played), ansible.said);
          assert.deepEqual(recapOf(played), ansible.recap);
        }),
    );
  }
});

interface AnsibleResult {
  readonly changed?: boolean;
  readonly failed?: boolean;
  readonly skipped?: boolean;
  readonly unreachable?: boolean;
  readonly msg?: unknown;
}
interface AnsibleOutput {
  readonly plays: readonly {
    readonly tasks: readonly { readonly task: { readonly name: string }; readonly hosts: Readonly<Record<string, AnsibleResult>> }[];
  }[];
  readonly stats: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
/** ansible-core brings no callback that machines can read: this one writes what ansible.posix.json would. */
const CALLBACK = `
import json
from ansible.plugins.callback import CallbackBase
class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'machine'
    def __init__(self):
        super().__init__()
        self.tasks = []
    def start(self, task): self.tasks.append({'task': {'name': task.get_name().split(' : ')[-1]}, 'hosts': {}})
    def v2_playbook_on_task_start(self, task, is_conditional): self.start(task)
    def v2_playbook_on_handler_task_start(self, task): self.start(task)
    def keep(self, result, **more): self.tasks[-1]['hosts'][result._host.get_name()] = dict(result._result, **more)
    def v2_runner_on_ok(self, result): self.keep(result)
    def v2_runner_on_failed(self, result, ignore_errors=False): self.keep(result, failed=True)
    def v2_runner_on_skipped(self, result): self.keep(result, skipped=True)
    def v2_runner_on_unreachable(self, result): self.keep(result, unreachable=True)
    def v2_playbook_on_stats(self, stats):
        hosts = sorted(stats.processed.keys())
        print(json.dumps({'plays': [{'tasks': self.tasks}], 'stats': {h: stats.summarize(h) for h in hosts}}, default=str))
`;

type Statuses = Record<string, Record<string, string>>;

async function playAnsible(
  directory: string,
  text: string,
  hosts: string,
): Promise<{ statuses: Statuses; said: string[]; recap: unknown }> {
  await writeFile(path.join(directory, 'site.yml'), text);
  await writeFile(
    path.join(directory, 'hosts.ini'),
    `${hosts}\n[all:vars]\nansible_connection=local\nansible_python_interpreter=/usr/bin/python3\n`,
  );
  await mkdir(path.join(directory, 'callbacks'));
  await writeFile(path.join(directory, 'callbacks/machine.py'), CALLBACK);
  const env = {
    ...process.env,
    ANSIBLE_STDOUT_CALLBACK: 'machine',
    ANSIBLE_CALLBACK_PLUGINS: path.join(directory, 'callbacks'),
    ANSIBLE_LOCALHOST_WARNING: 'False',
    ANSIBLE_DEPRECATION_WARNINGS: 'False',
    ANSIBLE_RETRY_FILES_ENABLED: 'False',
    ANSIBLE_HOME: directory,
  };
  const { stdout, stderr } = spawnSync('ansible-playbook', ['-i', 'hosts.ini', 'site.yml'], { cwd: directory, env, encoding: 'utf8' });
  assert.ok(stdout.includes('{'), stderr);
  const output = JSON.parse(stdout.slice(stdout.indexOf('{'))) as AnsibleOutput;
  const statuses: Statuses = {};
  const messages: string[] = [];
  for (const { task, hosts: results } of output.plays.flatMap((play) => play.tasks)) {
    for (const [host, result] of Object.entries(results)) {
      statuses[task.name] = { ...statuses[task.name], [host]: statusOf(result) };
      if (
        typeof result.msg === 'string' &&
        !/^(All items|One or more|non-zero|The task includes|All assertions|Assertion failed)/.test(result.msg)
      )
        messages.push(`${task.name} ${host}: ${result.msg}`);
    }
  }
  const recap = Object.fromEntries(
    Object.entries(output.stats).map(([host, { ok, changed, failures, skipped, rescued, ignored, unreachable }]) => [
      host,
      { ok, changed, failed: failures, skipped, rescued, ignored, unreachable },
    ]),
  );
  return { statuses: withoutMeta(statuses), said: messages.sort(byText), recap };
}

function statusOf(result: AnsibleResult): string {
  if (result.unreachable === true) return 'unreachable';
  if (result.failed === true) return 'failed';
  if (result.skipped === true) return 'skipped';
  return result.changed === true ? 'changed' : 'ok';
}

function withoutMeta(statuses: Played['statuses']): Statuses {
  return Object.fromEntries(
    Object.entries(statuses)
      .filter(([name]) => name !== 'flush' && name !== 'meta')
      .map(([name, hosts]) => [
        name,
        Object.fromEntries(Object.entries(hosts).map(([host, status]) => [host, status.replace(' (ignored)', '')])),
      ]),
  );
}

// Messages of debug, fail and assert; those of modules that failed are in words of our own.
function said({ results }: Played): string[] {
  const lines = Object.entries(results).flatMap(([task, hosts]) =>
    Object.entries(hosts).flatMap(([host, { msg }]) =>
      (typeof msg === 'string' || typeof msg === 'number') &&
      !/^(All items|One or more|non-zero|`|All assertions|Assertion failed)/.test(String(msg))
        ? [`${task} ${host}: ${msg}`]
        : [],
    ),
  );
  return lines.sort(byText);
}

// Hosts that no task reached stand in our recap with zeros, and not in Ansible's.
function recapOf({ recap }: Played): unknown {
  return Object.fromEntries(
    Object.entries(recap)
      .filter(([, counts]) => Object.values(counts).some((count) => count > 0))
      .map(([host, { ok, changed, failed, skipped, rescued, ignored, unreachable }]) => [
        host,
        { ok, changed, failed, skipped, rescued, ignored, unreachable },
      ]),
  );
}

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
