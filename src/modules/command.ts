// The modules command and shell: a person's own command, and when it need not run. They do not know what it does.
import { shellJoin } from '../base/quote.ts';
import { splitWords } from '../base/shlex.ts';
import { dict, type Value } from '../base/value.ts';
import { isOn, textOf, textsOf } from './parameters/params.ts';
import { failed, finished, outputOf, readReport } from './script/answer.ts';
import { GUARD_PARAMS, guardLines, isGuarded } from './script/guarded.ts';
import { argumentWord, pathWord, word, writeBytes } from './script/script.ts';
import { encodeText } from './script/text.ts';
import type { Answer, Module, ModuleContext, ParamSpecs, Params, Step } from './seam.ts';

const COMMON_PARAMS: ParamSpecs = {
  cmd: { type: 'str', aliases: ['free_form'], description: 'the command' },
  ...GUARD_PARAMS,
  stdin: { type: 'str', description: 'text for its standard input' },
  stdin_add_newline: { type: 'bool', default: true, description: 'end stdin with a newline' },
  strip_empty_ends: { type: 'bool', default: true, description: 'drop newlines at the end of stdout and stderr' },
  warn: { type: 'bool', default: false, description: 'without effect, for old playbooks' },
};

/** `command`: words, no shell. `~` and `$NAME` are expanded in each, as in ansible 2.14. */
export const command: Module = {
  name: 'command',
  summary: 'Runs a program',
  freeForm: 'cmd',
  params: {
    ...COMMON_PARAMS,
    argv: { type: 'list', elements: 'str', description: 'the words one by one, instead of cmd' },
    expand_argument_vars: { type: 'bool', default: true, description: 'expand ~ and $NAME in the words' },
    executable: { type: 'str', description: 'of shell only', unsupported: 'Use the module shell, or begin the command with the program' },
  },
  checkMode: 'inspects',
  check(params, templated) {
    const cmd = textOf(params, 'cmd');
    const hasCommand = templated.has('cmd') || (cmd !== undefined && cmd.trim() !== '');
    const hasWords = templated.has('argv') || (textsOf(params, 'argv')?.length ?? 0) > 0;
    if (hasCommand && hasWords) return ['only a command or `argv` can be given, not both'];
    return hasCommand || hasWords ? [] : ['no command given'];
  },
  compile(params, context) {
    const words = textsOf(params, 'argv') ?? splitWords(textOf(params, 'cmd') ?? '');
    const expand = isOn(params, 'expand_argument_vars');
    // Only an assignment expands ~user, so each word becomes a variable first.
    const lines = words.map((one, index) => `word_${index}=${expand ? argumentWord(one) : word(one)}`);
    const run = `command -v "$word_0" >/dev/null || refuse missing "$word_0"
run() { exec ${words.map((_one, index) => `"$word_${index}"`).join(' ')}; }`;
    return commandStep([...lines, run].join('\n'), [...words], params, context);
  },
};

/** `shell`: the same through `/bin/sh -c`, or another shell named by `executable`. */
export const shell: Module = {
  name: 'shell',
  summary: 'Runs a line of shell',
  freeForm: 'cmd',
  params: { ...COMMON_PARAMS, executable: { type: 'path', description: 'the shell, default /bin/sh' } },
  checkMode: 'inspects',
  check(params, templated) {
    const cmd = textOf(params, 'cmd');
    return templated.has('cmd') || (cmd !== undefined && cmd.trim() !== '') ? [] : ['no command given'];
  },
  compile(params, context) {
    const cmd = textOf(params, 'cmd') ?? '';
    const run = `executable=${pathWord(textOf(params, 'executable') ?? '/bin/sh')}\nrun() { exec "$executable" -c ${word(cmd)}; }`;
    return commandStep(run, cmd, params, context);
  },
};

/**
 * The script's output is the command's own, so that it can be shown while it runs; only a command that does not run at all is
 * reported, behind the opening mark.
 */
function commandStep(run: string, cmd: Value, params: Params, context: ModuleContext): Step {
  if (context.checkMode && !isGuarded(params)) {
    return finished(notRun('Command would have run if not in check mode', cmd, { skipped: true }));
  }
  const guarded = [...guardLines(params, context), ...(context.checkMode ? [] : [run, runLine(params)])];
  return { kind: 'script', script: `${guarded.join('\n')}\n`, read: (answer) => readCommand(answer, cmd, params, context) };
}

function runLine(params: Params): string {
  const stdin = textOf(params, 'stdin');
  if (stdin === undefined) return 'run';
  return `{\n${writeBytes(encodeText(isOn(params, 'stdin_add_newline') ? `${stdin}\n` : stdin))}\n} | run`;
}

function readCommand(answer: Answer, cmd: Value, params: Params, context: ModuleContext): Step {
  const refusal = readReport(answer.stdout, context.token)?.values;
  const did = context.checkMode ? 'Would' : 'Did';
  const [creates = '', removes = ''] = [textOf(params, 'creates'), textOf(params, 'removes')];
  if (refusal?.has('exists')) {
    return finished(notRun(`${did} not run command since '${creates}' exists`, cmd, { stdout: `skipped, since ${creates} exists` }));
  }
  if (refusal?.has('absent')) {
    const stdout = `skipped, since ${removes} does not exist`;
    return finished(notRun(`${did} not run command since '${removes}' does not exist`, cmd, { stdout }));
  }
  if (refusal?.has('would_run')) return finished(notRun('Command would have run if not in check mode', cmd, { changed: true }));
  if (refusal?.has('chdir')) {
    return failed(`Unable to change directory before execution: ${refusal.get('chdir')}`, { cmd, rc: null, ...streams('') });
  }
  if (refusal?.has('missing')) {
    return failed(`[Errno 2] No such file or directory: ${refusal.get('missing')}`, {
      cmd: Array.isArray(cmd) ? shellJoin(cmd.map(String)) : cmd,
      rc: 2,
      ...streams(''),
    });
  }
  const output = outputOf(answer, isOn(params, 'strip_empty_ends'));
  const isFailed = output.rc !== 0;
  const values = dict({
    cmd,
    ...output,
    start: isoTime(answer.startedAtMs),
    end: isoTime(answer.endedAtMs),
    delta: duration(answer.endedAtMs - answer.startedAtMs),
  });
  return finished({ changed: true, failed: isFailed, msg: isFailed ? 'non-zero return code' : '', values });
}

interface NotRun {
  readonly stdout?: string;
  readonly skipped?: boolean;
  readonly changed?: boolean;
}

function notRun(msg: string, cmd: Value, { stdout = '', skipped = false, changed = false }: NotRun) {
  const values = dict({ cmd, rc: 0, ...streams(stdout), start: null, end: null, delta: null });
  return { changed, failed: false, ...(skipped ? { skipped } : {}), msg, values };
}

function streams(stdout: string): Record<string, Value> {
  return { stdout, stderr: '', stdout_lines: stdout === '' ? [] : [stdout], stderr_lines: [] };
}

// Python's str() of a datetime; UTC, since the host's own zone is not known.
function isoTime(ms: number): string {
  return `${new Date(ms).toISOString().replace('T', ' ').replace('Z', '')}000`;
}

// Python's str() of a timedelta: 1:02:03.000000
function duration(ms: number): string {
  const [seconds, rest] = [Math.floor(ms / 1000), Math.round(ms % 1000)];
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(rest * 1000).padStart(6, '0')}`;
}
