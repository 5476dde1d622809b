// A program that runs sshoal, and kills itself as soon as it has written so many lines. For play-resume.real.test.ts.
import process from 'node:process';
import { runProgram } from '#src/cli/program';
import { fakeContext } from './fake-context.ts';

const [, , cwd = '', lines = '', ...argv] = process.argv;
let written = 0;
const stdout = {
  ...fakeContext().stdout,
  write: (): void => {
    if (++written >= Number(lines)) process.kill(process.pid, 'SIGKILL');
  },
};
process.exitCode = await runProgram(argv, fakeContext({ cwd, argv, env: { XDG_STATE_HOME: cwd }, stdout, now: Date.now }));
