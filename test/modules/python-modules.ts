// Ansible's own modules, run by its own Python without a playbook around them: hundreds of cases in seconds. It compares nothing.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** One module with its arguments, carried out so often, one after another. */
export interface ModuleCall {
  /** Under `ansible.modules`, or with its collection's Python name before it. */
  readonly module: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly checkMode: boolean;
  readonly times: number;
}

// Each call in a child of its own: modules end by leaving, and keep what they learnt in globals.
const RUNNER = `import importlib, json, os, sys, tempfile, traceback
from ansible.module_utils import basic
calls = json.load(open(sys.argv[1]))
name_of = lambda m: m if '.' in m else 'ansible.modules.' + m
for module in sorted(set(c['module'] for c in calls)):
    importlib.import_module(name_of(module))
answers = []
for call in calls:
    answers.append([])
    for _ in range(call['times']):
        with tempfile.TemporaryFile() as out:
            pid = os.fork()
            if pid == 0:
                os.dup2(out.fileno(), 1); os.dup2(out.fileno(), 2)
                args = dict(call['args'], _ansible_check_mode=call['checkMode'], _ansible_diff=True, _ansible_version='2.14.0',
                            _ansible_remote_tmp='/tmp', _ansible_keep_remote_files=False, _ansible_socket=None)
                basic._ANSIBLE_ARGS = json.dumps({'ANSIBLE_MODULE_ARGS': args}).encode()
                code = 0
                try:
                    importlib.import_module(name_of(call['module'])).main()
                except SystemExit as end:
                    code = end.code or 0
                except BaseException:
                    traceback.print_exc(); code = 70
                sys.stdout.flush(); sys.stderr.flush()
                os._exit(code)
            os.waitpid(pid, 0)
            out.seek(0)
            said = out.read().decode('utf8', 'surrogateescape')
        try:
            answers[-1].append(json.loads(said[said.index('{'):said.rindex('}') + 1]))
        except ValueError:
            answers[-1].append({'failed': True, 'msg': said})
json.dump(answers, open(sys.argv[2], 'w'))
`;

/**
 * @param directory - For the files of the calls themselves.
 * @param pythonPath - Where collections are; default only what is installed.
 * @returns For each call what it answered, once for each time.
 */
export function runPythonModules(calls: readonly ModuleCall[], directory: string, pythonPath = ''): Record<string, unknown>[][] {
  const [script, asked, answered] = ['runner.py', 'calls.json', 'answers.json'].map((name) => path.join(directory, name));
  if (script === undefined || asked === undefined || answered === undefined) throw new TypeError('Three names were expected');
  writeFileSync(script, RUNNER);
  writeFileSync(asked, JSON.stringify(calls));
  const ended = spawnSync('/usr/bin/python3', ['-W', 'ignore', script, asked, answered], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: pythonPath, LC_ALL: 'C.UTF-8' },
    timeout: 180_000,
  });
  if (ended.status !== 0) throw new Error(`Ansible's modules did not run: ${ended.stderr}`);
  return JSON.parse(readFileSync(answered, 'utf8')) as Record<string, unknown>[][];
}
