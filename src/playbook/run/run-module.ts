// One module on one host: its arguments templated, its steps carried out, its result. It does not know loops or conditions.

import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { shellQuote } from '../../base/quote.ts';
import { splitFirstWord } from '../../base/shlex.ts';
import { type Dict, isDict, type Value } from '../../base/value.ts';
import type { Become } from '../../fleet/events.ts';
import { becomeOf } from '../../fleet/target.ts';
import { str } from '../../jinja/printing.ts';
import { isSource, readParams } from '../../modules/parameters/params.ts';
import type { Module, Source, SourceFile, Step } from '../../modules/seam.ts';
import type { Placed, Task } from '../ast.ts';
import { TaskError } from '../errors.ts';
import { VARIABLE_ARGS } from '../read/parse-doing.ts';
import { Templar, withoutOmitted } from '../variables/templar.ts';
import { templateVariables } from '../variables/template-variables.ts';
import type { TaskScope } from '../variables/variables.ts';
import { NO_JOB } from './background.ts';
import { becomeVars } from './hands.ts';
import { answerOf, endedEarly } from './outcomes.ts';
import { failedResult, resultDict } from './results.ts';
import { runInBackground } from './run-background.ts';
import { findSource, readSource, sourceOf } from './source-files.ts';
import { readTree } from './source-tree.ts';
import { type Reach, saysYes, seconds, type TaskEnd, type TaskRun, truth, wholeNumber } from './task-run.ts';
import { variableArgs } from './variable-args.ts';

/** A module on one host, ready to be carried out. */
export interface Prepared {
  readonly step: Step;
  /** Assignments that its scripts begin with. */
  readonly surroundings: string;
  readonly reach: Reach;
  readonly become: Become | undefined;
  /** The host that does it instead. */
  readonly delegate: string | undefined;
  readonly checkMode: boolean;
}

/** @throws TaskError on arguments that only now turn out to be wrong, and what their templates throw. */
export async function runModule(task: Task, module: Module, host: TaskRun, scope: TaskScope): Promise<TaskEnd> {
  const prepared = await prepareModule(task, module, host, scope);
  return 'result' in prepared ? prepared : await carryOut(task, prepared, host, scope);
}

/** What runs on the host, or the end where nothing does. @throws as {@link runModule}. */
export async function prepareModule(task: Task, module: Module, host: TaskRun, scope: TaskScope): Promise<Prepared | TaskEnd> {
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
  const step = module.compile(params, { checkMode, diff, token: randomBytes(8).toString('hex') });
  const surroundings = environmentOf(task, scope, templar);
  const reach = host.reach(scope);
  const become = becomeFor(task, reach, host);
  return { step, surroundings, reach, become, delegate: reach.host === host.host ? undefined : reach.host, checkMode };
}

/** Carries out one step after the other. */
export async function carryOut(task: Task, prepared: Prepared, host: TaskRun, scope: TaskScope): Promise<TaskEnd> {
  const { surroundings, reach, become, delegate, checkMode } = prepared;
  const { templar } = host.run;
  let { step } = prepared;
  // What would change can only be said while somebody waits for it.
  const background = task.async === undefined || checkMode ? 0 : wholeNumber(task.async, 'async', scope, templar);
  if (background > 0) {
    if (step.kind === 'script')
      return { ...(await runInBackground(task, { step, surroundings, become, seconds: background }, host, scope, reach)), delegate };
    if (step.kind === 'upload') return { result: failedResult(NO_JOB) };
  }
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
      reach.line,
      instruction,
      (event) => event.kind === 'output' && host.onOutput(event.stream, event.chunk),
      host.signal,
    );
    const ended = endedEarly(outcome, timeoutMs);
    if (ended !== undefined) return { ...ended, delegate };
    step = step.kind === 'upload' ? step.next() : step.read(answerOf(outcome));
  }
  return { result: resultDict(step.result), delegate };
}

/** The arguments, templated, with files of the controller in the place of their names. */
async function argumentsOf(task: Task, module: Module, host: TaskRun, scope: TaskScope): Promise<Map<string, Value | Source>> {
  const { templar } = host.run;
  const args = new Map<string, Value | Source>();
  for (const [key, value] of withoutOmitted(variableArgs(task, scope, templar)) as Dict) args.set(String(key), value);
  for (const [key, value] of task.args) {
    if (key === VARIABLE_ARGS) continue;
    const templated = withoutOmitted(
      new Map([[String(key), templar.value(value, scope, task.argPlaces.get(String(key)) ?? task.at)]]),
    ) as Dict;
    for (const [name, one] of templated) args.set(String(name), one);
  }
  // A dict where text belongs is most likely to be content: Ansible writes it as JSON.
  const content = args.get('content');
  if (module.name === 'copy' && content !== undefined && !isSource(content) && (isDict(content) || Array.isArray(content)))
    args.set('content', str(templar.jinja.compileExpression('value | to_json').evaluate({ get: () => content })));
  for (const [name, spec] of Object.entries(module.params)) {
    const given = args.get(name);
    if (spec.type !== 'source' || typeof given !== 'string') continue;
    if (module.name === 'template') args.set(name, await renderTemplate(given, args, host, scope));
    else if (!isSaid(args, 'remote_src', false)) {
      const vault = isSaid(args, 'decrypt', true) ? host.run.controller.vault : undefined;
      // In free-form text the file is the first word.
      const [file, rest] = module.freeForm === name ? splitFirstWord(given) : [given, undefined];
      const found = await findSource(file, 'files', scope.searchPath, { directory: spec.directories === true });
      const follow = isSaid(args, 'local_follow', true);
      if ((await stat(found)).isDirectory()) args.set(name, await readTree(found, { follow, whole: !file.endsWith('/'), vault }));
      else args.set(name, { ...(await readSource(found, vault)), ...(rest === undefined ? {} : { rest }) });
    }
  }
  return args;
}

function isSaid(args: ReadonlyMap<string, Value | Source>, name: string, otherwise: boolean): boolean {
  const value = args.get(name);
  return value === undefined || isSource(value) ? otherwise : saysYes(value);
}

async function renderTemplate(
  name: string,
  args: ReadonlyMap<string, Value | Source>,
  host: TaskRun,
  scope: TaskScope,
): Promise<SourceFile> {
  const { templar } = host.run;
  const file = await findSource(name, 'templates', scope.searchPath);
  const source = await readSource(file, host.run.controller.vault);
  const text = Buffer.from(source.content ?? (await readFile(file))).toString('utf8');
  const option = (key: string): boolean | undefined => {
    const value = args.get(key);
    return value === undefined || isSource(value) ? undefined : /^(?:yes|true|on|1)$/i.test(str(value));
  };
  const [trimBlocks, lstripBlocks] = [option('trim_blocks'), option('lstrip_blocks')];
  const special = trimBlocks !== undefined || lstripBlocks !== undefined;
  const engine = special ? new Templar({ trimBlocks, lstripBlocks }) : templar;
  const variables = templateVariables(name, file).set('template_destpath', str((args.get('dest') as Value | undefined) ?? ''));
  const rendered = engine.jinja.compileTemplate(text, { file, line: 1, column: 1 }).render(scope.with(variables));
  const newline = lineEnd(args.get('newline_sequence'));
  return sourceOf(file, Buffer.from(newline === '\n' ? rendered : rendered.replaceAll(/\r\n|\r|\n/g, newline)), source.mode);
}

/** As it is written, or as YAML has read it: Ansible takes both. */
function lineEnd(given: Value | Source | undefined): string {
  return typeof given === 'string' ? given.replace('\\r', '\r').replace('\\n', '\n') : '\n';
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

export function becomeFor(task: Task, { scope, host: name }: Reach, host: TaskRun): Become | undefined {
  const { templar } = host.run;
  const text = (given: Placed | undefined): string | undefined =>
    given === undefined ? undefined : str(templar.value(given.value, scope, given.at));
  const { defaults } = host.hands;
  const become = becomeOf(name, becomeVars(scope), {
    ...defaults,
    become: task.become === undefined ? defaults.become : truth(task.become, scope, templar),
    becomeUser: text(task.becomeUser) ?? defaults.becomeUser,
    becomeMethod: text(task.becomeMethod) ?? defaults.becomeMethod,
    becomeExe: text(task.becomeExe) ?? defaults.becomeExe,
    becomeFlags: text(task.becomeFlags) ?? defaults.becomeFlags,
  });
  host.hands.keepSecret(become?.password);
  return become;
}
