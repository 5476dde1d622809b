// ansible-playbook many times at the price of one start: Python imports it once, and forks for every playbook. It knows no sshoal.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { CALLBACK } from '../play-both.ts';

/** One call of ansible-playbook, with `site.yml` and `hosts.ini` in a directory of its own. */
export interface Call {
  readonly directory: string;
  readonly args: readonly string[];
}

/** What became of a call. `said` is all that was written to stdout and stderr. */
export interface Called {
  readonly code: number;
  readonly said: string;
}

// What every play would load again is loaded before the first fork. A child leaves by os._exit: what Python does at the end would take away the temporary directory that all children share.
const MANY = `
import gc, json, os, sys, traceback
calls, most = json.load(open(sys.argv[1])), int(sys.argv[2])
sys.argv[0] = 'ansible-playbook'
from ansible.cli.playbook import PlaybookCLI
import ansible.executor.playbook_executor, ansible.executor.task_executor, ansible.plugins.strategy.linear, ansible.plugins.action.debug
from ansible.plugins import loader
for kind in (loader.filter_loader, loader.test_loader, loader.lookup_loader, loader.action_loader, loader.connection_loader,
             loader.shell_loader, loader.vars_loader, loader.inventory_loader, loader.strategy_loader, loader.cache_loader):
    list(kind.all(class_only=True))
gc.disable(); gc.freeze()
def play(call):
    os.chdir(call['directory'])
    out = os.open('said', os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(out, 1); os.dup2(out, 2)
    code = 250
    try:
        PlaybookCLI.cli_executor(['ansible-playbook', '-i', 'hosts.ini', 'site.yml', '--forks', '1'] + call['args'])
    except SystemExit as exit:
        code = exit.code or 0
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush(); sys.stderr.flush()
    os._exit(code)
running = {}
def wait():
    pid, status = os.wait()
    print(json.dumps([running.pop(pid), os.waitstatus_to_exitcode(status)]), flush=True)
for index, call in enumerate(calls):
    if len(running) >= most: wait()
    pid = os.fork()
    if pid == 0: play(call)
    running[pid] = index
while running: wait()
`;

/**
 * Begins to call ansible-playbook, as many times at once as it says.
 *
 * @param directory - Where it may write its own files.
 * @returns A promise for each call, in order. All of them reject where ansible cannot be begun.
 */
export async function playMany(directory: string, calls: readonly Call[], atOnce = 4): Promise<Promise<Called>[]> {
  await mkdir(path.join(directory, 'callbacks'), { recursive: true });
  await writeFile(path.join(directory, 'callbacks/machine.py'), CALLBACK);
  await writeFile(path.join(directory, 'many.py'), MANY);
  await writeFile(path.join(directory, 'calls.json'), JSON.stringify(calls));
  const ends = calls.map(() => {
    let resolve: (called: Called) => void = () => {};
    let reject: (reason: unknown) => void = () => {};
    const promise = new Promise<Called>((...both) => ([resolve, reject] = both));
    return { promise, resolve, reject };
  });
  // A test that fails early awaits no others.
  for (const { promise } of ends) promise.catch(() => {});
  const child = spawn('/usr/bin/python3', [path.join(directory, 'many.py'), path.join(directory, 'calls.json'), String(atOnce)], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ANSIBLE_STDOUT_CALLBACK: 'machine',
      ANSIBLE_CALLBACK_PLUGINS: path.join(directory, 'callbacks'),
      ANSIBLE_LOCALHOST_WARNING: 'False',
      ANSIBLE_DEPRECATION_WARNINGS: 'False',
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_PIPELINING: 'True',
      ANSIBLE_HOME: directory,
    },
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  createInterface(child.stdout).on('line', (line) => {
    const [index, code] = JSON.parse(line) as [number, number];
    readFile(path.join(calls[index]?.directory ?? '', 'said'), 'utf8').then(
      (said) => ends[index]?.resolve({ code, said }),
      (error: unknown) => ends[index]?.reject(error),
    );
  });
  child.on('error', (error) => {
    for (const { reject } of ends) reject(error);
  });
  child.on('close', (code) => {
    if (code !== 0)
      for (const { reject } of ends) reject(new assert.AssertionError({ message: `Python ended with ${code}: ${complaints}` }));
  });
  return ends.map(({ promise }) => promise);
}
