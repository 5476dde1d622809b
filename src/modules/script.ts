// The module script: a program of the controller, run on the host and gone again. It does not know what the program does.
import { dict, type Value } from '../base/value.ts';
import { uploadPath } from './copy.ts';
import { sourceOf, WORK } from './files/work.ts';
import { textOf } from './parameters/params.ts';
import { failed, finished, outputOf, readReport } from './script/answer.ts';
import { GUARD_PARAMS, guardLines, isGuarded } from './script/guarded.ts';
import { assign, word, writeBytes } from './script/script.ts';
import type { Answer, Module, ModuleContext, ModuleResult, Params, SourceFile, Step } from './seam.ts';

const CHECK_MODE = 'Check mode is not supported for this task.';

/** `script`: as ansible 2.14. What stands after the name of the file is a line of shell. */
export const script: Module = {
  name: 'script',
  summary: 'Runs a script of the controller on the host',
  freeForm: 'cmd',
  params: {
    cmd: { type: 'source', required: true, aliases: ['free_form'], description: 'the file, and what it is given: a line of shell' },
    ...GUARD_PARAMS,
    executable: { type: 'str', description: 'a program that reads the file, instead of what its first line says' },
    decrypt: { type: 'bool', default: true, description: 'decrypt a vaulted source' },
  },
  checkMode: 'inspects',
  check(params) {
    const chdir = textOf(params, 'chdir');
    return chdir === undefined || chdir.startsWith('/') ? [] : [`chdir ${chdir} must be an absolute path for a Unix-aware remote node`];
  },
  compile(params, context) {
    const source = sourceOf(params, 'cmd');
    if (source === undefined) return failed(`The file ${textOf(params, 'cmd') ?? ''} of the controller was not read`);
    if (context.checkMode && !isGuarded(params)) return finished(skipped(CHECK_MODE));
    const run = (): Step => ({
      kind: 'script',
      script: runScript(source, params, context),
      read: (answer) => end(answer, params, context),
    });
    // In check mode nothing runs, so nothing is sent.
    if (source.content !== undefined || context.checkMode) return run();
    return { kind: 'upload', source, remotePath: uploadPath(context), next: run };
  },
  docs: {
    returns: {
      rc: { type: 'int', description: 'the exit code' },
      stdout: { description: 'what the script wrote' },
      stderr: { description: 'what the script wrote about errors' },
    },
    examples: '- script: setup.sh --all\n  args: {creates: /etc/set-up}\n- script: {cmd: report.py, executable: python3}\n',
  },
};

function runScript(source: SourceFile, params: Params, context: ModuleContext): string {
  const guards = guardLines(params, context);
  if (context.checkMode) return `${guards.join('\n')}\n`;
  const name = source.path.split(source.path.startsWith('/') ? '/' : /[/\\]/).at(-1) ?? '';
  const executable = textOf(params, 'executable');
  const upload = uploadPath(context);
  const deliver = source.content === undefined ? `cat ${upload} && rm -f ${upload}` : writeBytes(source.content);
  const line = `${executable === undefined ? '' : `${executable} `}"$0" ${source.rest ?? ''}`;
  return [
    ...guards,
    `fail() { refuse trouble "$1"; }`,
    assign('token', context.token),
    WORK,
    'begin_work',
    `program=$work/${word(name)}`,
    `deliver() {\n${deliver}\n}`,
    `if ! (umask 77; deliver >"$program") || ! chmod 700 "$program"; then fail "Could not write $program"; fi`,
    `/bin/sh -c ${word(line)} "$program"`,
    '',
  ].join('\n');
}

function end(answer: Answer, params: Params, context: ModuleContext): Step {
  const refusal = readReport(answer.stdout, context.token)?.values;
  if (refusal?.has('exists')) return finished(skipped(`${textOf(params, 'creates')} exists, matching creates option`));
  if (refusal?.has('absent')) return finished(skipped(`${textOf(params, 'removes')} does not exist, matching removes option`));
  if (refusal?.has('would_run')) return finished({ changed: true, failed: false, values: dict({}) });
  const trouble = refusal?.get('chdir') ?? refusal?.get('trouble');
  if (trouble !== undefined) return failed(trouble);
  const output: Record<string, Value> = outputOf(answer, false);
  const isFailed = output.rc !== 0;
  return finished({ changed: true, failed: isFailed, ...(isFailed ? { msg: 'non-zero return code' } : {}), values: dict(output) });
}

function skipped(msg: string): ModuleResult {
  return { changed: false, failed: false, skipped: true, msg, values: dict({}) };
}
