// The verb run: a command on many hosts.
import { shellJoin } from '../../base/quote.ts';
import { UsageError } from '../errors.ts';
import { ANSWER_FLAGS, COURSE_FLAGS, JOURNAL_FLAGS, NODE_FLAGS, REACH_FLAGS, REPORT_FLAGS } from '../flags.ts';
import type { Call, Verb } from '../verb.ts';

export const runVerb: Verb = {
  name: 'run',
  summary: 'run a command on many hosts, and fold equal answers',
  notes: [
    'One word is a line for the shell of the host: pipes, variables and patterns work there. Several words reach the command exactly as they are.',
    'Lines of stderr are marked with !',
    'With --outdir a file of each host gets all of its output, however much; what is shown on the screen is kept up to 16 MiB a host. Files of an earlier run are in the way unless --overwrite.',
  ],
  usage: '<pattern> [flags] -- <command...>',
  words: [
    { form: '<pattern>', meaning: 'hosts and groups, as in Ansible: web, web[01-10], all:!db; with -w there is none' },
    { form: '<command...>', meaning: 'what to run' },
  ],
  flags: [...NODE_FLAGS, ...REACH_FLAGS, ...COURSE_FLAGS, 'idleTimeout', ...ANSWER_FLAGS, ...REPORT_FLAGS, ...JOURNAL_FLAGS],
  examples: [
    { line: 'sshoal run web -- uptime', meaning: 'on all hosts of the group web' },
    { line: "sshoal run 'web:!web07' 'df -h / | tail -1'", meaning: 'a line for the shell, on all but one' },
    { line: "sshoal run -w 'web[01-10]!web07' -- uptime", meaning: 'on the hosts of a node set, as clush -w' },
    { line: 'sshoal run all -b --timeout 5m -- apt-get update', meaning: 'as root, for at most five minutes' },
    { line: 'sshoal run web --diff -- cat /etc/ntp.conf', meaning: 'the answer of most, and where the others differ' },
    { line: 'sshoal run all --outdir logs -q -- journalctl -b', meaning: 'into a file for each host, and on the screen only what failed' },
    { line: 'sshoal run web01,web02 -i web01,web02, -o json -- id -un', meaning: 'without an inventory file, for a program to read' },
  ],
  run: async (call, context) => {
    const [pattern = ''] = call.words;
    const command = commandOf(call);
    const { performAdHoc } = await import('../ad-hoc.ts');
    const instructions = async (_hosts: readonly unknown[], live: boolean) => () =>
      ({ kind: 'script', script: command, timeoutMs: call.flags.timeout, idleTimeoutMs: call.flags.idleTimeout, live }) as const;
    return await performAdHoc({ verb: 'run', subject: command, pattern, instructions }, call.flags, context);
  },
};

/** @throws UsageError when several words come without `--`: a flag among them would be taken for one of ours. */
function commandOf({ words, flags, separated }: Call): string {
  const [pattern = '', ...command] = words;
  if (command.length === 1) return command[0] ?? '';
  if (separated) return shellJoin(command);
  throw new UsageError('EXTRA_ARGUMENT', 'A command of several words needs -- in front', {
    where: 'sshoal run',
    fix: `Write sshoal run ${shellJoin(flags.nodes.length > 0 ? ['-w', ...flags.nodes] : [pattern])} -- ${shellJoin(command)}`,
  });
}
