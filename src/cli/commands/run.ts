// The verb run: a command on many hosts.
import { shellJoin } from '../../base/quote.ts';
import { UsageError } from '../errors.ts';
import { REACH_FLAGS } from '../flags.ts';
import type { Call, Verb } from '../verb.ts';

export const runVerb: Verb = {
  name: 'run',
  summary: 'run a command on many hosts, and fold equal answers',
  notes: [
    'One word is a line for the shell of the host: pipes, variables and patterns work there. Several words reach the command exactly as they are.',
    'Lines of stderr are marked with !',
  ],
  usage: '<pattern> [flags] -- <command...>',
  words: [
    { form: '<pattern>', meaning: 'hosts and groups, as in Ansible: web, web[01-10], all:!db' },
    { form: '<command...>', meaning: 'what to run' },
  ],
  flags: [...REACH_FLAGS, 'timeout'],
  examples: [
    { line: 'sshoal run web -- uptime', meaning: 'on all hosts of the group web' },
    { line: "sshoal run 'web:!web07' 'df -h / | tail -1'", meaning: 'a line for the shell, on all but one' },
    { line: 'sshoal run all -b --timeout 5m -- apt-get update', meaning: 'as root, for at most five minutes' },
    { line: 'sshoal run web01,web02 -i web01,web02, -o json -- id -un', meaning: 'without an inventory file, for a program to read' },
  ],
  run: async (call, context) => {
    const [pattern = ''] = call.words;
    const command = commandOf(call);
    const { performAdHoc } = await import('../ad-hoc.ts');
    const instructions = async (_hosts: readonly unknown[], live: boolean) => () =>
      ({ kind: 'script', script: command, timeoutMs: call.flags.timeout, live }) as const;
    return await performAdHoc({ verb: 'run', subject: command, pattern, instructions }, call.flags, context);
  },
};

/** @throws UsageError when several words come without `--`: a flag among them would be taken for one of ours. */
function commandOf({ words, separated }: Call): string {
  const [pattern = '', ...command] = words;
  if (command.length === 1) return command[0] ?? '';
  if (separated) return shellJoin(command);
  throw new UsageError('EXTRA_ARGUMENT', 'A command of several words needs -- in front', {
    where: 'sshoal run',
    fix: `Write sshoal run ${shellJoin([pattern])} -- ${shellJoin(command)}`,
  });
}
