// The verb run: a command or a local script on many hosts.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { shellJoin } from '../../base/quote.ts';
import { carriedScript } from '../carried-script.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { ANSWER_FLAGS, COURSE_FLAGS, ENGINE_FLAGS, JOURNAL_FLAGS, NODE_FLAGS, REACH_FLAGS, REPORT_FLAGS } from '../flag-groups.ts';
import type { Flags } from '../flags.ts';
import { directoryFrom, readAssignment, scriptOf } from '../host-script.ts';
import { OBSERVE_FLAGS } from '../observe-flags.ts';
import { readScript, ScriptInput } from '../script-input.ts';
import type { Call, Verb } from '../verb.ts';

/** A script is sent to every host, and to none of them as a stream. */
const SCRIPT_BYTES = 4 * 1024 * 1024;

export const runVerb: Verb = {
  name: 'run',
  summary: 'run a command on many hosts, and fold equal answers',
  notes: [
    'One word is a line for the shell of the host: pipes, variables and patterns work there. Several words reach the command exactly as they are.',
    'With --script the words are arguments of a local script. It is sent, run by the program that its first line names (else sh, or --shell), and taken away again; nothing need be installed or left there.',
    'A command reads nothing unless --stdin or --input says what: sshoal takes nothing from the stdin of a loop or a cron job. Every host gets all of it.',
    '--chdir starts in the home directory of whoever runs the command. A directory that is not there is a failure of that host.',
    'Lines of stderr are marked with !',
    'With --engine other controllers do the work, those that run sshoal worker there; it goes on when this program is gone, and sshoal attach follows it.',
    'With --outdir a file of each host gets all of its output, however much; what is shown on the screen is kept up to 16 MiB a host. Files of an earlier run are in the way unless --overwrite.',
  ],
  usage: '<pattern> [flags] -- <command...>',
  words: [
    { form: '<pattern>', meaning: 'hosts and groups, as in Ansible: web, web[01-10], all:!db; with -w there is none' },
    { form: '[command...]', meaning: 'what to run; with --script its arguments' },
  ],
  flags: [
    ...NODE_FLAGS,
    ...REACH_FLAGS,
    ...COURSE_FLAGS,
    'idleTimeout',
    'script',
    'stdin',
    'input',
    'env',
    'chdir',
    'shell',
    ...ANSWER_FLAGS,
    ...REPORT_FLAGS,
    ...JOURNAL_FLAGS,
    ...ENGINE_FLAGS,
    ...OBSERVE_FLAGS,
  ],
  examples: [
    { line: 'sshoal run web -- uptime', meaning: 'on all hosts of the group web' },
    { line: "sshoal run 'web:!web07' 'df -h / | tail -1'", meaning: 'a line for the shell, on all but one' },
    { line: "sshoal run -w 'web[01-10]!web07' -- uptime", meaning: 'on the hosts of a node set, as clush -w' },
    { line: 'sshoal run all -b --timeout 5m -- apt-get update', meaning: 'as root, for at most five minutes' },
    { line: 'sshoal run db --script check.py -- --verbose', meaning: 'a local script, with an argument' },
    { line: 'tar c app | sshoal run web --stdin --chdir /srv -- tar x', meaning: 'everything that is piped in, on every host' },
    { line: "sshoal run web --env LANG=C --shell bash 'shopt -s globstar; ls **/*.log'", meaning: 'a line for bash, with a variable' },
    { line: 'sshoal run web --diff -- cat /etc/ntp.conf', meaning: 'the answer of most, and where the others differ' },
    { line: 'sshoal run all --outdir logs -q -- journalctl -b', meaning: 'into a file for each host, and on the screen only what failed' },
    { line: 'sshoal run all --engine redis://queue --engine-key-file engine.key -- uptime', meaning: 'by all workers of that queue' },
    { line: 'sshoal run web01,web02 -i web01,web02, -o json -- id -un', meaning: 'without an inventory file, for a program to read' },
  ],
  run: async (call, context) => {
    const { flags } = call;
    const [pattern = '', ...args] = call.words;
    const { performAdHoc } = await import('../ad-hoc.ts');
    const surroundings = { directory: directoryFrom(undefined, flags.chdir ?? ''), variables: variablesOf(flags) };
    await using source = new ScriptInput(flags, context);
    const line = flags.script === undefined ? commandOf(call) : await lineOf(flags.script, args, flags, context);
    const script = scriptOf(line, { ...surroundings, shell: flags.script === undefined ? flags.shell : undefined });
    const subject = flags.script === undefined ? line : shellJoin([flags.script, ...args]);
    const instructions = async (_hosts: readonly unknown[], live: boolean) => {
      // One value for all hosts: it crosses to each thread once.
      const { timeout: timeoutMs, idleTimeout: idleTimeoutMs } = flags;
      const instruction = { kind: 'script', script, input: await source.read(), timeoutMs, idleTimeoutMs, live } as const;
      return () => instruction;
    };
    return await performAdHoc({ verb: 'run', subject, pattern, instructions }, flags, context);
  },
};

async function lineOf(script: string, args: readonly string[], { shell }: Flags, context: Context): Promise<string> {
  const bytes = await readScript(script, SCRIPT_BYTES, context);
  const name = script === '-' ? 'script' : path.basename(script);
  return carriedScript({ name, bytes, args, interpreter: shell }, randomBytes(8).toString('hex'));
}

/** @throws UsageError BAD_FLAG on what sh cannot hold in a variable. */
function variablesOf({ env }: Flags): Map<string, string> {
  return new Map(
    env.map((assignment) => {
      const variable = readAssignment(assignment);
      if (variable !== undefined) return variable;
      throw new UsageError('BAD_FLAG', `--env cannot be \`${assignment}\``, {
        where: '--env',
        fix: 'Write --env NAME=value, with a name of letters, digits and _',
      });
    }),
  );
}

/**
 * @throws UsageError MISSING_ARGUMENT without any; EXTRA_ARGUMENT when several words come without `--`: a flag among them would
 * be taken for one of ours.
 */
function commandOf({ words, flags, separated }: Call): string {
  const [pattern = '', ...command] = words;
  if (command.length === 1) return command[0] ?? '';
  const who = shellJoin(flags.nodes.length > 0 ? ['-w', ...flags.nodes] : [pattern]);
  if (command.length === 0) {
    throw new UsageError('MISSING_ARGUMENT', '`command` is missing', {
      where: 'sshoal run',
      fix: `Write sshoal run ${who} -- COMMAND, or --script FILE`,
    });
  }
  if (separated) return shellJoin(command);
  throw new UsageError('EXTRA_ARGUMENT', 'A command of several words needs -- in front', {
    where: 'sshoal run',
    fix: `Write sshoal run ${who} -- ${shellJoin(command)}`,
  });
}
