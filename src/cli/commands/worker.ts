// The verb worker: this machine as one of the controllers that a Redis gives work to.
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { neutralise } from '../../base/terminal.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import type { Verb } from '../verb.ts';

export const workerVerb: Verb = {
  name: 'worker',
  summary: 'work for those who run and play with --engine',
  notes: [
    'Every worker has hosts of many runs, and coordinates some of the runs itself. A worker that is lost, or silent for longer than its lease, is replaced by the others: what it had begun is done again, and is said to be.',
    'Whoever has the key may run anything on the hosts that this machine can log in to, and through templates and ssh options on this machine, too: give it only to those who may. Playbooks are played only from under --allow, and no host is this machine itself without --allow-local.',
    'SIGTERM or Ctrl-C: nothing new is taken, what is under way comes to its end, and the rest is left to others. A second one ends it at once.',
    'Redis keeps what it is told only sealed; let it keep it on disk (appendonly yes), let nobody else in, and see docs/engine.md.',
  ],
  usage: '[address] [flags]',
  words: [{ form: '[address]', meaning: 'the Redis: redis://[user:password@]host[:port][/database]; rediss:// for TLS' }],
  flags: ['engineKeyFile', 'newKey', 'allow', 'allowLocal', 'lease', 'config'],
  examples: [
    { line: 'sshoal worker --new-key engine.key', meaning: 'a key; give every controller a copy' },
    { line: 'sshoal worker redis://queue --engine-key-file engine.key', meaning: 'for run' },
    { line: 'sshoal worker redis://queue --engine-key-file engine.key --allow /srv/ansible', meaning: 'for plays from there, too' },
  ],
  run: async ({ words: [address], flags }, context) => {
    const { signal, cwd, stdout, secrets } = context;
    if (flags.newKey !== undefined) {
      const { writeKeyFile } = await import('../../engine/seal.ts');
      await writeKeyFile(path.resolve(cwd, flags.newKey));
      stdout.write(`${flags.newKey}: a new key; give every controller a copy, and nobody else\n`);
      return EXIT.ok;
    }
    if (address === undefined)
      throw new UsageError('MISSING_ARGUMENT', '`address` is missing', { where: 'sshoal worker', fix: 'Write sshoal worker redis://host' });
    const [{ work }, { engineKey, keepPassword }, { playerOf }, { version }] = await Promise.all([
      import('../../engine/worker.ts'),
      import('../engine/open.ts'),
      import('../engine/player.ts'),
      import('../program.ts'),
    ]);
    keepPassword(address, context);
    await work(
      {
        address,
        key: await engineKey(flags, context),
        version: version(),
        name: `${os.hostname()}:${process.pid}`,
        leaseMs: flags.lease,
        allow: flags.allow.map((directory) => path.resolve(cwd, directory)),
        allowLocal: flags.allowLocal,
        player: playerOf(context),
        tell: (text) => stdout.write(`${new Date(context.now()).toISOString()} ${secrets.mask(neutralise(text))}\n`),
      },
      signal,
    );
    return EXIT.ok;
  },
};
