// One module on one host: its arguments templated, its steps carried out, its result. It does not know loops or conditions.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { shellQuote } from '../base/quote.ts';
import { type Dict, isDict, type Value } from '../base/value.ts';
import type { Become, Outcome } from '../fleet/events.ts';
import { becomeOf } from '../fleet/target.ts';
import { str } from '../jinja/printing.ts';
import { isTruthy } from '../jinja/values.ts';
import { isSourceFile, readParams } from '../modules/params.ts';
import type { Answer, Module, SourceFile, Step } from '../modules/seam.ts';
import type { Placed, Task } from './ast.ts';
import { TaskError } from './errors.ts';
import { becomeVars } from './hands.ts';
import { failedResult, resultDict } from './results.ts';
import { findSource, readSource, sourceOf } from './source-files.ts';
import { seconds, type TaskEnd, type TaskRun, truth } from './task-run.ts';
import { Templar, withoutOmitted } from './templar.ts';
import { templateVariables } from './template-variables.ts';
import type { TaskScope } from './variables.ts';

/** @throws TaskError on arguments that only now turn out to be wrong, and what their templates throw. */
export async function runModule(task: Task, module: Module, host: TaskRun, scope: TaskScope): Promise<TaskEnd> {
  const { templar } = host.run;
  const checkMode = task.checkMode === undefined ? host.run.checkMode : truth(task.checkMode, scope, templar);
  const diff = task.diff === undefined ? host.run.diff : truth(task.diff, scope, templar);
  if (checkMode && module.checkMode === 'skips')
    return {
      result: new Map<string, Value>([
        ['changed', false],
        ['skipped', true],
        ['msg', 'remote module does not support check mode'],
      ]),
    };
  const raw = await argumentsOf(task, module, host, scope);
  const { params, faults } = readParams(module, raw);
  const [fault] = faults;
  if (fault !== undefined) {
    const where = (fault.param === undefined ? undefined : task.argPlaces.get(fault.param)) ?? task.at;
    throw new TaskError(
      'BAD_PARAMETER',
      faults.map((one) => `${one.param === undefined || one.message.startsWith('`') ? '' : `\`${one.param}\` `}${one.message}`).join('; '),
      { where, fix: fault.fix },
    );
  }
  let step: Step = module.compile(params, { checkMode, diff, token: randomBytes(8).toString('hex') });
  const surroundings = environmentOf(task, scope, templar);
  const become = becomeFor(task, scope, host);
  const timeoutMs = task.timeout === undefined ? undefined : seconds(templar.value(task.timeout.value, scope)) || undefined;
  while (step.kind !== 'finished') {
    const instruction =
      step.kind === 'script'
        ? ({ kind: 'script', script: surroundings + step.script, become, timeoutMs, live: host.live } as const)
        : ({
            kind: 'put',
            localPath: step.source.path,
            remotePath: step.remotePath,
            mode: become === undefined || become.user === 'root' ? 0o600 : 0o644,
            timeoutMs,
          } as const);
    const outcome = await host.hands.perform(
      host.line,
      instruction,
      (event) => event.kind === 'output' && host.onOutput(event.stream, event.chunk),
      host.signal,
    );
    const ended = endedEarly(outcome, timeoutMs);
    if (ended !== undefined) return ended;
    step = step.kind === 'upload' ? step.next() : step.read(answerOf(outcome));
  }
  return { result: resultDict(step.result) };
}

/** The arguments, templated, with files of the controller in the place of their names. */
async function argumentsOf(task: Task, module: Module, host: TaskRun, scope: TaskScope): Promise<Map<string, Value | SourceFile>> {
  const { templar, playbookDirectory } = host.run;
  const args = new Map<string, Value | SourceFile>();
  for (const [key, value] of task.args) {
    const templated = withoutOmitted(
      new Map([[String(key), templar.value(value, scope, task.argPlaces.get(String(key)) ?? task.at)]]),
    ) as Dict;
    for (const [name, one] of templated) args.set(String(name), one);
  }
  // A dict where text belongs is most likely to be content: Ansible writes it as JSON.
  const content = args.get('content');
  if (module.name === 'copy' && content !== undefined && !isSourceFile(content) && (isDict(content) || Array.isArray(content)))
    args.set('content', str(templar.jinja.compileExpression('value | to_json').evaluate({ get: () => content })));
  for (const [name, spec] of Object.entries(module.params)) {
    const given = args.get(name);
    if (spec.type !== 'source' || typeof given !== 'string') continue;
    if (module.name === 'template') args.set(name, await renderTemplate(given, args, host, scope));
    else if (!isTruthy(remoteSource(args))) args.set(name, await readSource(await findSource(given, 'files', playbookDirectory)));
  }
  return args;
}

function remoteSource(args: ReadonlyMap<string, Value | SourceFile>): Value {
  const value = args.get('remote_src');
  if (value === undefined || isSourceFile(value)) return false;
  return typeof value === 'string' ? /^(?:yes|true|on|1|y|t)$/i.test(value) : value;
}

async function renderTemplate(
  name: string,
  args: ReadonlyMap<string, Value | SourceFile>,
  host: TaskRun,
  scope: TaskScope,
): Promise<SourceFile> {
  const { templar, playbookDirectory } = host.run;
  const file = await findSource(name, 'templates', playbookDirectory);
  const source = await readSource(file);
  const text = Buffer.from(source.content ?? (await readFile(file))).toString('utf8');
  const option = (key: string): boolean | undefined => {
    const value = args.get(key);
    return value === undefined || isSourceFile(value) ? undefined : /^(?:yes|true|on|1)$/i.test(str(value));
  };
  const [trimBlocks, lstripBlocks] = [option('trim_blocks'), option('lstrip_blocks')];
  const special = trimBlocks !== undefined || lstripBlocks !== undefined;
  const engine = special ? new Templar({ trimBlocks, lstripBlocks }) : templar;
  const variables = templateVariables(name, file).set('template_destpath', str((args.get('dest') as Value | undefined) ?? ''));
  const rendered = engine.jinja.compileTemplate(text, { file, line: 1, column: 1 }).render(scope.with(variables));
  return sourceOf(file, Buffer.from(rendered), source.mode);
}

/** Assignments that a script begins with. */
function environmentOf(task: Task, scope: TaskScope, templar: Templar): string {
  const merged = new Map<string, string>();
  for (const { value, at } of task.environment) {
    const templated = templar.value(value, scope, at);
    for (const one of Array.isArray(templated) ? templated : [templated]) {
      if (one === null || one === '') continue;
      if (!isDict(one))
        throw new TaskError('BAD_PARAMETER', '`environment` must be a map of names and values', {
          where: at,
          fix: 'Write NAME: value below it',
        });
      for (const [key, item] of one) {
        const name = String(key);
        if (!/^[A-Za-z_]\w*$/.test(name))
          throw new TaskError('BAD_PARAMETER', `\`${name}\` cannot be the name of an environment variable`, {
            where: at,
            fix: 'Use letters, digits and _',
          });
        merged.set(name, str(item));
      }
    }
  }
  return [...merged].map(([name, value]) => `${name}=${shellQuote(value)}; export ${name}\n`).join('');
}

function becomeFor(task: Task, scope: TaskScope, host: TaskRun): Become | undefined {
  const { templar } = host.run;
  const text = (given: Placed | undefined): string | undefined =>
    given === undefined ? undefined : str(templar.value(given.value, scope, given.at));
  const { defaults } = host.hands;
  const become = becomeOf(str(scope.get('inventory_hostname') ?? ''), becomeVars(scope), {
    ...defaults,
    become: task.become === undefined ? defaults.become : truth(task.become, scope, templar),
    becomeUser: text(task.becomeUser) ?? defaults.becomeUser,
    becomeMethod: text(task.becomeMethod) ?? defaults.becomeMethod,
  });
  host.hands.keepSecret(become?.password);
  return become;
}

function answerOf(outcome: Outcome): Answer {
  const { exit, stdout, stderr, startedAtMs, endedAtMs } = outcome;
  const nothing = new Uint8Array();
  return {
    code: exit?.kind === 'code' ? exit.code : undefined,
    signal: exit?.kind === 'signal' ? exit.signal : undefined,
    stdout: stdout ?? nothing,
    stderr: stderr ?? nothing,
    startedAtMs,
    endedAtMs,
  };
}

/** The end of a task whose instruction did not come to its own end; undefined when it did. */
function endedEarly(outcome: Outcome, timeoutMs: number | undefined): TaskEnd | undefined {
  const { error, status } = outcome;
  if (status === 'cancelled') return { result: failedResult('Cancelled'), error, cancelled: true };
  if (error === undefined) return undefined;
  if (status === 'unreachable')
    return {
      result: new Map<string, Value>([
        ['changed', false],
        ['unreachable', true],
        ['msg', error.message],
      ]),
      error,
    };
  if (status === 'timed-out') return { result: failedResult(`The task was not done within ${(timeoutMs ?? 0) / 1_000} seconds`), error };
  return { result: failedResult(error.message), error };
}
