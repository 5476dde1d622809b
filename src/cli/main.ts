#!/usr/bin/env node
// The program's front door: the one file that knows the process. Everything else gets what it needs as a value.
import process from 'node:process';
import { Secrets } from '../base/secrets.ts';
import { keepCompiled } from './compiled.ts';
import { type Context, StreamSink } from './context.ts';
import { InterruptedError } from './errors.ts';
import { interruptionOf } from './interrupt.ts';
import { TerminalPrompts } from './prompts.ts';

keepCompiled(process.env);
const stdout = new StreamSink(process.stdout, process.env);
const stderr = new StreamSink(process.stderr, process.env);
const root = interruptionOf(process, (text) => stderr.write(text));

// `sshoal ... | head` closes the pipe: there is nobody left to tell, so what runs is stopped in order.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  root.abort(error);
});

const context: Context = {
  stdin: process.stdin,
  stdout,
  stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: root.signal,
  interrupt: () => root.abort(new InterruptedError()),
  onTermination: root.onTermination,
  prompts: new TerminalPrompts({ input: process.stdin, output: process.stderr, report: stdout, signal: root.signal }),
  secrets: new Secrets(),
  now: () => Date.now(),
};

// Not process.exit(): the loop drains, so that output in a pipe arrives whole.
// The program is imported here, as only what comes after `keepCompiled` is kept.
const { runProgram } = await import('./program.ts');
process.exitCode = await runProgram(process.argv.slice(2), context);
