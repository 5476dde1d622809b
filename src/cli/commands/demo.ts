// The verb demo: the whole program over eight real SSH servers that it starts itself.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Context } from '../context.ts';
import { DemoError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { completeFlags } from '../flag-options.ts';
import type { Flags } from '../flags.ts';
import { noJunit } from '../output-flags.ts';
import type { Verb } from '../verb.ts';

export const demoVerb: Verb = {
  name: 'demo',
  summary: 'see it work on eight SSH servers of its own',
  notes: [
    'The servers listen on the loopback address only, take only the key made for this run, and work in a directory of their own each. All of it is gone at the end.',
  ],
  usage: '[flags]',
  words: [],
  flags: ['output', 'color', 'verbose', 'config'],
  examples: [{ line: 'sshoal demo', meaning: 'a playbook twice, then one command' }],
  run: async ({ flags }, context) => {
    if (flags.output === 'junit') throw noJunit('demo');
    const { Inventory } = await import('../../inventory/inventory.ts');
    const { EmbeddedFleet } = await import('../../testing/embedded-fleet.ts');
    const hosts = inventoryFile();
    const names = [...(await Inventory.load([hosts])).hosts.keys()];
    await using fleet = await EmbeddedFleet.start({ hosts: names });
    const say = (text: string): void => {
      if (flags.output === 'text') context.stdout.write(`\n${text}\n\n`);
    };
    say(`${names.length} SSH servers listen on 127.0.0.1 only, and take only a key that was made just now.`);
    const given: Flags = { ...completeFlags({}), ...flags, inventory: [hosts, fleet.inventoryFile], forks: 50, journal: false };
    say('First time: everything has to be done.');
    const first = await play(given, context);
    if (first.code !== EXIT.ok) return first.code;
    if (first.changed === 0) throw new DemoError('The first play changed nothing', { fix: 'Please report it' });
    say('Second time: nothing may change.');
    const second = await play(given, context);
    if (second.code !== EXIT.ok) return second.code;
    if (second.changed > 0)
      throw new DemoError(`The second play changed ${second.changed} things`, {
        fix: 'Please report it: a playbook played twice must change nothing',
      });
    say("One command on all of them: sshoal run all -- 'ls ~'");
    const { performAdHoc } = await import('../ad-hoc.ts');
    const instructions = async (_hosts: readonly unknown[], live: boolean) =>
      await Promise.resolve(() => ({ kind: 'script', script: 'ls ~', live }) as const);
    return await performAdHoc({ verb: 'run', subject: 'ls ~', pattern: 'all', instructions }, given, context);
  },
};

async function play(flags: Flags, context: Context): Promise<{ code: ExitCode; changed: number }> {
  const [{ Playbook }, { readWho }, { playAll }] = await Promise.all([
    import('../../playbook/playbook.ts'),
    import('../who.ts'),
    import('./play.ts'),
  ]);
  let changed = 0;
  const file = packageFile('playbooks/demo.yml');
  const code = await playAll(Playbook.load([file]), 'playbooks/demo.yml', await readWho(flags, context), flags, context, {
    watch: (event) => {
      if (event.kind === 'recap') for (const counts of event.hosts.values()) changed += counts.changed;
    },
  });
  return { code, changed };
}

function inventoryFile(): string {
  return packageFile('inventories/demo.ini');
}

/** A file that comes with the package, wherever it is installed. */
function packageFile(name: string): string {
  const file = path.resolve(import.meta.dirname, '../../..', name);
  if (existsSync(file)) return file;
  throw new DemoError(`The package lacks ${name}`, { where: file, fix: 'Install sshoal again' });
}
