// What ansible-playbook makes of a playbook: the result of every task on every host, in order.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface TaskResult {
  readonly host: string;
  readonly failed: boolean;
  readonly result: Readonly<Record<string, unknown>>;
}

export interface AnsibleRun {
  /** Below the directory. Default `hosts.ini`. */
  readonly inventory?: string;
  /** Below the directory. Default `site.yml`. */
  readonly playbook?: string;
  /** Further arguments of the command line. */
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export async function ansibleResults(directory: string, run: AnsibleRun = {}): Promise<TaskResult[]> {
  const { inventory = 'hosts.ini', playbook = 'site.yml', args = [], environment = {} } = run;
  const env = {
    ...process.env,
    ...environment,
    ANSIBLE_STDOUT_CALLBACK: 'oneline',
    ANSIBLE_LOCALHOST_WARNING: 'False',
    ANSIBLE_DEPRECATION_WARNINGS: 'False',
    ANSIBLE_NOCOLOR: '1',
    ANSIBLE_HOME: directory,
  };
  const { stdout, stderr } = await promisify(execFile)('ansible-playbook', ['-i', inventory, playbook, ...args], {
    cwd: directory,
    env,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: unknown) => error as { stdout: string; stderr: string });
  const results = [...stdout.matchAll(/^(\S+) \| (\w+)!?(?: \|[^=]*)? ?=> (\{.*\})$/gm)].map(([, host = '', word, json = '']) => ({
    host,
    failed: word === 'FAILED',
    result: JSON.parse(json) as Record<string, unknown>,
  }));
  assert.ok(results.length > 0, stderr + stdout);
  return results;
}
