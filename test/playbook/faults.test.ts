// What is wrong with a playbook is said at once, with place and remedy, before any host is touched.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
    ['says what is not supported yet', play('include_tasks: more.yml'), 'NOT_SUPPORTED_YET', '3:7', /ansible-playbook/],
    ['says which keyword is not supported yet', play('command: ls\nasync: 10'), 'NOT_SUPPORTED_YET', '4:7', /ansible-playbook/],
    ['says that roles are not supported yet', '- hosts: all\n  roles: [web]\n', 'NOT_SUPPORTED_YET', '2:3', /ansible-playbook/],
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

  it('is told apart from one that is right', () => {
    assert.deepEqual(faultsOf(play('ansible.builtin.command: ls -l creates=/x\nwhen: [a is defined, "b == 1"]\nargs: {chdir: /tmp}')), []);
  });

  it('names a file that is not there', () => {
    assert.throws(() => Playbook.load([path.join(directory, 'nothing.yml')]), { code: 'PLAYBOOK_NOT_FOUND' });
  });
});
