// Carries out a module's steps on this machine with a shell of choice. It knows no module.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, readFile, stat } from 'node:fs/promises';
import { fromJson, toJson } from '#src/base/value';
import { readParams } from '#src/modules/parameters/params';
import { findModule } from '#src/modules/registry';
import {
  type Answer,
  INLINE_LIMIT_BYTES,
  type ModuleContext,
  type ModuleResult,
  type Source,
  type SourceFile,
  type Step,
} from '#src/modules/seam';

/** The shells every script has to run under, as command lines. */
export const SHELLS = ['dash', 'bash', 'busybox sh', 'ksh'];

let tokens = 0;

export interface RunOptions extends Partial<ModuleContext> {
  /** Default dash. */
  readonly shell?: string;
  readonly cwd?: string;
  /** Set beside this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Reads the arguments, compiles the module and carries its steps out. Faults are errors. */
export async function runModule(name: string, args: Readonly<Record<string, unknown>>, options: RunOptions = {}): Promise<ModuleResult> {
  return (await runCounted(name, args, options)).result;
}

/** The same, with how many scripts ran. */
export async function runCounted(
  name: string,
  args: Readonly<Record<string, unknown>>,
  options: RunOptions = {},
): Promise<{ readonly result: ModuleResult; readonly scripts: number }> {
  let step = compileModule(name, args, options);
  let scripts = 0;
  while (step.kind !== 'finished') {
    if (step.kind === 'script') {
      scripts++;
      step = step.read(await runScript(step.script, options));
    } else {
      await copyFile(step.source.path, step.remotePath);
      step = step.next();
    }
  }
  return { result: step.result, scripts };
}

/** The first step of a module. */
export function compileModule(name: string, args: Readonly<Record<string, unknown>>, options: RunOptions = {}): Step {
  const module = findModule(name);
  if (module === undefined) throw new Error(`no module ${name}`);
  const raw = new Map(Object.entries(args).map(([key, value]) => [key, isSource(value) ? value : fromJson(value)]));
  const { params, faults } = readParams(module, raw);
  if (faults.length > 0) throw new Error(faults.map((fault) => fault.message).join('; '));
  const context = {
    checkMode: options.checkMode ?? false,
    diff: options.diff ?? false,
    token: options.token ?? `t${process.pid}x${tokens++}`,
  };
  return module.compile(params, context);
}

/** A file of the controller as whoever runs a module reads it. */
export async function sourceFile(path: string): Promise<SourceFile> {
  const content = await readFile(path);
  const { size, mode } = await stat(path);
  return {
    path,
    sizeBytes: size,
    sha1: createHash('sha1').update(content).digest('hex'),
    mode: mode & 0o7777,
    content: size <= INLINE_LIMIT_BYTES ? content : undefined,
  };
}

/** A script's answer, run as a connection does: stdin from nowhere. */
export function runScript(script: string, options: RunOptions = {}): Promise<Answer> {
  const [program = 'dash', ...words] = (options.shell ?? 'dash').split(' ');
  const startedAtMs = Date.now();
  return new Promise((resolve, reject) => {
    // As the long-lived shell of a connection: the script comes in, and runs in a subshell with nothing to read.
    const child = spawn(program, words, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({
        code: code ?? undefined,
        signal: signal ?? undefined,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr),
        startedAtMs,
        endedAtMs: Date.now(),
      }),
    );
    child.stdin.on('error', reject);
    child.stdin.end(`(\n${script}\n) </dev/null\n`);
  });
}

/** A result's values as plain JSON. */
export function plain(result: ModuleResult): Record<string, unknown> {
  return { ...(toJson(result.values) as Record<string, unknown>) };
}

function isSource(value: unknown): value is Source {
  return typeof value === 'object' && value !== null && ('sha1' in value || ('entries' in value && 'path' in value));
}
