// What is wrong with a playbook is said at once, with place and remedy, before any host is touched.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { FaultsError, SshoalError } from '#src/base/errors';
import { Playbook } from '#src/playbook/playbook';

const directory = mkdtempSync(path.join(os.tmpdir(), 'sshoal-faults-'));

/** Code, line and column of every fault of a text. */
function faultsOf(text: string): { code: string; at: string; fix: string; message: string }[] {
  const file = path.join(directory, 'site.yml');
  writeFileSync(file, text);
  try {
    Playbook.load([file]);
    return [];
  } catch (error) {
    assert.ok(error instanceof SshoalError, String(error));
    const list = error instanceof FaultsError ? error.faults : [error];
    return list.map(({ code, where, fix, message }) => ({
      code,
      at: typeof where === 'object' ? `${where.line}:${where.column}` : (where ?? ''),
      fix: fix ?? '',
      message,
    }));
  }
}

const play = (task: string): string => `- hosts: all\n  tasks:\n    - ${task.replaceAll('\n', '\n      ')}\n`;

describe('a playbook with a fault', () => {
  after(() => rmSync(directory, { recursive: true, force: true }));

  const cases: readonly [name: string, text: string, code: string, at: string, fix: RegExp][] = [
    ['names an unknown keyword of a task', play('command: ls\nwehn: x'), 'UNKNOWN_KEYWORD', '4:7', /`when`/],
    ['names an unknown keyword of a play', '- hosts: all\n  becom: true\n', 'UNKNOWN_KEYWORD', '2:3', /`become`/],
    ['names an unknown module', play('comand: ls'), 'UNKNOWN_MODULE', '3:7', /`command`/],
    ['names a module of a collection', play('community.docker.docker_network: {name: x}'), 'UNKNOWN_MODULE', '3:7', /command or shell/],
    ['names an unknown parameter', play('copy: {dst: /x, content: y}'), 'BAD_PARAMETER', '3:19', /dest/],
    ['names a missing parameter', play('file: {state: directory}'), 'BAD_PARAMETER', '3:7', /path/],
    ['names a wrong choice', play('file: {path: /x, state: folder}'), 'BAD_PARAMETER', '3:31', /directory/],
    ['refuses two modules in one task', play('command: ls\nshell: ls'), 'TWO_MODULES', '4:7', /two tasks/],
    ['refuses a task without a module', play('name: nothing'), 'NO_MODULE', '3:7', /command:/],
    ['names an unknown filter', play('debug: {msg: "{{ x | uper }}"}'), 'JINJA_UNKNOWN_FILTER', '3:20', /`upper`/],
    ['names an unknown test in a condition', play('command: ls\nwhen: x is defind'), 'JINJA_UNKNOWN_TEST', '4:13', /`defined`/],
    ['finds a template that never ends', play('debug: {msg: "{{ x"}'), 'JINJA_SYNTAX', '3:20', /\}\}/],
    ['names a handler that is not there', play('command: ls\nnotify: restart'), 'UNKNOWN_HANDLER', '4:15', /handler/],
    ['says what is not supported yet', play('include: more.yml'), 'NOT_SUPPORTED_YET', '3:7', /include_tasks/],
    [
      'says which keyword is not supported yet',
      play('command: ls\nfirst_available_file: [a]'),
      'NOT_SUPPORTED_YET',
      '4:7',
      /with_first_found/,
    ],
    ['refuses an action in the background', play('debug: {msg: x}\nasync: 10'), 'NOT_SUPPORTED_YET', '4:14', /itself/],
    ['names a role that is not there', '- hosts: all\n  roles: [web]\n', 'PLAYBOOK_NOT_FOUND', '2:11', /roles/],
    ['names a role of a collection that is not there', '- hosts: all\n  roles: [a.b.c]\n', 'PLAYBOOK_NOT_FOUND', '2:11', /collections/],
    ['names an included file that is not there', play('include_tasks: more.yml'), 'PLAYBOOK_NOT_FOUND', '3:22', /relative/],
    ['refuses a loop over an import', play('import_tasks: more.yml\nloop: [1]'), 'BAD_PARAMETER', '4:7', /include_tasks/],
    ['refuses what an include cannot say', play('include_tasks: more.yml\nbecome: true'), 'BAD_PARAMETER', '4:7', /apply/],
    ['names an unknown parameter of an include', play('include_role: {name: x, task_from: y}'), 'BAD_PARAMETER', '3:42', /tasks_from/],
    ['refuses a role as a handler', '- hosts: all\n  handlers:\n    - include_role: {name: x}\n', 'BAD_PARAMETER', '3:7', /handler/],
    ['refuses a block as a handler', '- hosts: all\n  handlers:\n    - block: []\n', 'BAD_KEYWORD', '3:7', /listen/],
    ['names an unknown loop', play('command: ls\nwith_itmes: [1]'), 'UNKNOWN_KEYWORD', '4:7', /with_items/],
    ['names an unknown strategy', '- hosts: all\n  strategy: debug\n', 'NOT_SUPPORTED_YET', '2:13', /linear/],
    ['names an unknown order', '- hosts: all\n  order: random\n', 'BAD_KEYWORD', '2:10', /shuffle/],
    ['names a playbook to import that is not there', '- import_playbook: other.yml\n', 'PLAYBOOK_NOT_FOUND', '1:20', /relative/],
    ['refuses a playbook that imports itself', '- import_playbook: site.yml\n', 'PLAYBOOK_NOT_FOUND', '1:20', /path/],
    ['names an unknown keyword of an import', '- import_playbook: x.yml\n  tag: y\n', 'UNKNOWN_KEYWORD', '2:3', /tags/],
    [
      'checks parameters with the defaults of the module',
      '- hosts: all\n  module_defaults: {copy: {dst: /x}}\n  tasks:\n    - copy: {content: x}\n',
      'BAD_PARAMETER',
      '2:33',
      /dest/,
    ],
    ['refuses text where a list of tasks belongs', '- hosts: all\n  tasks: ls\n', 'PLAYBOOK_SHAPE', '2:10', /dash/],
    ['refuses a play without hosts', '- tasks: []\n', 'PLAYBOOK_SHAPE', '1:3', /hosts:/],
    ['refuses a map where a list of plays belongs', 'hosts: all\n', 'PLAYBOOK_SHAPE', '1:1', /- hosts:/],
    ['refuses a loop over text', play('command: ls\nloop: abc'), 'BAD_KEYWORD', '4:13', /list/],
    ['refuses a bad name for a variable', play('command: ls\nregister: a-b'), 'BAD_KEYWORD', '4:17', /letters/],
    ['finds a key that stands twice', '- hosts: all\n  hosts: web\n', 'YAML_DUPLICATE_KEY', '2:3', /one of the two/],
    ['explains a value that begins with a template', play('debug:\n  msg: {{ x }}/y'), 'YAML_SYNTAX', '4:21', /quoted as a whole/],
    ['refuses a wrong meta', play('meta: flush_handlrs'), 'BAD_PARAMETER', '3:13', /flush_handlers/],
  ];
  for (const [name, text, code, at, fix] of cases) {
    it(name, () => {
      const faults = faultsOf(text);

      const found = faults.find((fault) => fault.code === code);
      assert.ok(found, JSON.stringify(faults));
      assert.equal(found.at, at);
      assert.match(found.fix, fix);
    });
  }

  it('says all of them at once', () => {
    const text = play('command: ls\nwehn: x') + play('copyy: {}').replace('- hosts: all\n  tasks:\n', '');

    const codes = faultsOf(text).map((fault) => fault.code);

    assert.deepEqual(codes.toSorted(), ['UNKNOWN_KEYWORD', 'UNKNOWN_MODULE']);
  });

  it('shows the faults of everything it brings in, each in its own file', () => {
    mkdirSync(path.join(directory, 'roles/r/tasks'), { recursive: true });
    mkdirSync(path.join(directory, 'roles/r/templates'), { recursive: true });
    writeFileSync(path.join(directory, 'roles/r/tasks/main.yml'), '- template: {src: t.j2, dest: /x}\n  notify: nobody\n');
    writeFileSync(path.join(directory, 'roles/r/templates/t.j2'), 'line\n{{ x | uper }}\n');
    mkdirSync(path.join(directory, 'roles/r/defaults'), { recursive: true });
    writeFileSync(path.join(directory, 'roles/r/defaults/main.yml'), 'deep:\n  - a: "{{ x | lowr }}"\n');
    writeFileSync(path.join(directory, 'part.yml'), '- comand: ls\n');

    const found = faultsOf('- hosts: all\n  roles: [r]\n  tasks:\n    - include_tasks: part.yml\n');

    assert.deepEqual(
      found.map(({ code, at }) => `${code} ${at}`),
      ['JINJA_UNKNOWN_FILTER 2:8', 'JINJA_UNKNOWN_FILTER 2:6', 'UNKNOWN_MODULE 1:3', 'UNKNOWN_HANDLER 2:11'],
    );
  });

  it('knows the handlers of roles, included ones too', () => {
    mkdirSync(path.join(directory, 'roles/h/handlers'), { recursive: true });
    writeFileSync(path.join(directory, 'roles/h/handlers/main.yml'), '- {name: restart, debug: {msg: x}, listen: topic}\n');
    const tasks = '  tasks:\n    - {command: ls, notify: [restart, "h : restart", topic]}\n';

    assert.deepEqual(faultsOf(`- hosts: all\n  roles: [h]\n${tasks}`), []);
    assert.deepEqual(faultsOf(`- hosts: all\n${tasks}    - include_role: {name: h}\n`), []);
    assert.equal(faultsOf(`- hosts: all\n${tasks}`).length, 3);
  });

  it('is told apart from one that is right', () => {
    assert.deepEqual(faultsOf(play('ansible.builtin.command: ls -l creates=/x\nwhen: [a is defined, "b == 1"]\nargs: {chdir: /tmp}')), []);
  });

  it('names a file that is not there', () => {
    assert.throws(() => Playbook.load([path.join(directory, 'nothing.yml')]), { code: 'PLAYBOOK_NOT_FOUND' });
  });
});
