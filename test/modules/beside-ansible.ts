// The same tasks carried out by Ansible and by this floor, each in a root directory of its own. It knows no module.
import { toJson } from '#src/base/value';
import { PrivateRoot } from './private-root.js';
import { runModule } from './run-steps.js';

export interface Task {
  readonly name: string;
  readonly module: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly checkMode?: boolean;
  /** Whether what differs must be equal too: texts before and after. */
  readonly diff?: boolean;
  /** Keys of the result that must be equal; default all that Ansible gives but those that never are. */
  readonly keys?: readonly string[];
  /** Our own arguments, where they are other ones. */
  readonly own?: Readonly<Record<string, unknown>>;
}
export interface Pair {
  readonly ours: Record<string, unknown>;
  readonly theirs: Record<string, unknown>;
}

const ENV = { ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3', ANSIBLE_LOCALHOST_WARNING: 'no', HOME: '/root' };
/** What no two runs have in common, and what only Ansible's own machinery adds. */
const NEVER_EQUAL = new Set([
  'diff',
  'warnings',
  'deprecations',
  'invocation',
  'ansible_facts',
  'stdout_lines',
  'stderr_lines',
  'exception',
]);

/** Tasks of one module; the keys are those of the result that must be equal. */
export const tasksOf = (
  module: string,
  keys: readonly string[] | undefined,
  list: readonly (readonly [name: string, args: Task['args'], check?: boolean, keys?: readonly string[]])[],
): Task[] =>
  list.map(([name, args, checkMode = false, ownKeys = keys]) => ({
    name: `${module} ${name}`,
    module,
    args,
    checkMode,
    ...(ownKeys === undefined ? {} : { keys: ownKeys }),
  }));

export class TwoRoots {
  readonly ours = new PrivateRoot();
  readonly theirs = new PrivateRoot();

  readonly #env: Readonly<Record<string, string>>;

  /** @param env - Set beside this process's own, in both. */
  constructor(env: Readonly<Record<string, string>> = {}) {
    this.#env = env;
  }

  /** The same file in both. */
  write(name: string, content: string | Uint8Array, mode?: number): void {
    for (const root of [this.ours, this.theirs]) root.write(name, content, mode);
  }

  /** The same line of shell in both. */
  run(line: string): { readonly ours: string; readonly theirs: string } {
    return { ours: this.ours.run(line), theirs: this.theirs.run(line) };
  }

  /** The results of tasks, in order, each reduced to what must be equal. */
  async play(tasks: readonly Task[], shell = 'dash'): Promise<Pair[]> {
    const theirs = this.#playbook(tasks);
    const pairs: Pair[] = [];
    for (const [index, task] of tasks.entries()) {
      const result = await runModule(task.module, task.own ?? task.args, {
        checkMode: task.checkMode ?? false,
        diff: task.diff ?? false,
        shell: this.ours.inside(shell),
        env: this.#env,
      });
      const own = {
        ...(JSON.parse(JSON.stringify(toJson(result.values))) as Record<string, unknown>),
        changed: result.changed && !result.failed,
        failed: result.failed,
        msg: result.msg ?? '',
        diff: (result.diff ?? []).map(({ before, after }) => ({ before, after })),
      };
      pairs.push(reduced(own, theirs[index] ?? {}, task));
    }
    return pairs;
  }

  #playbook(tasks: readonly Task[]): Record<string, unknown>[] {
    const list = tasks.map((task, index) => ({
      name: task.name,
      [task.module]: task.args,
      register: `result_${index}`,
      ignore_errors: true,
      check_mode: task.checkMode ?? false,
      diff: task.diff ?? false,
    }));
    const all = `{{ [${tasks.map((_one, index) => `result_${index}`).join(', ')}] | to_json }}`;
    const last = { name: 'answers', 'ansible.builtin.copy': { content: all, dest: '/answers.json' } };
    this.theirs.write('play.yml', JSON.stringify([{ hosts: 'localhost', gather_facts: false, tasks: [...list, last] }]));
    this.theirs.run('ansible-playbook -i localhost, -c local /play.yml', { ...ENV, ...this.#env });
    return JSON.parse(this.theirs.read('answers.json') ?? '[]') as Record<string, unknown>[];
  }

  remove(): void {
    this.ours.remove();
    this.theirs.remove();
  }
}

function reduced(ours: Record<string, unknown>, theirs: Record<string, unknown>, task: Task): Pair {
  const failed = theirs.failed === true;
  const keys = failed
    ? ['changed', 'failed']
    : (task.keys ?? Object.keys(theirs).filter((key) => !NEVER_EQUAL.has(key) && !(key === 'msg' && theirs.msg === '')));
  const chosen = (values: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(
      [...new Set(['changed', 'failed', ...keys, ...(task.diff === true ? ['diff'] : [])])].map((key) => [key, values[key]]),
    );
  return {
    ours: chosen({ failed: false, ...ours }),
    theirs: chosen({ msg: '', ...theirs, diff: textsOf(theirs.diff), failed, changed: theirs.changed === true && !failed }),
  };
}

/** Ansible's difference: one, or a list, some of them empty. */
function textsOf(diff: unknown): unknown {
  return [diff].flat().flatMap((one) => {
    const { before = '', after = '' } = (one ?? {}) as Record<string, unknown>;
    return before === after ? [] : [{ before, after }];
  });
}
