// The verb attach: a run of other controllers, followed from its beginning.

import type { RunEvent } from '../../engine/seam.ts';
import type { FleetEvent } from '../../fleet/events.ts';
import type { PlayCall } from '../engine/play-call.ts';
import { UsageError } from '../errors.ts';
import { Verdict } from '../exit-code.ts';
import { ANSWER_FLAGS, ENGINE_FLAGS, RECORD_FLAGS, REPORT_FLAGS } from '../flag-groups.ts';
import type { Verb } from '../verb.ts';

export const attachVerb: Verb = {
  name: 'attach',
  summary: 'follow a run that was handed over with --engine',
  notes: [
    'It is shown from its beginning, as whoever started it saw it, and exits with the same code; a journal of it is written here, too. It can be followed while it goes on, and for a day after its end.',
    'Ctrl-C ends the following, not the run.',
  ],
  usage: '<run> [flags]',
  words: [{ form: '<run>', meaning: 'its name, as its starter printed it' }],
  flags: [...ENGINE_FLAGS, ...ANSWER_FLAGS, ...REPORT_FLAGS, ...RECORD_FLAGS, 'output', 'color', 'verbose', 'config'],
  examples: [
    {
      line: 'sshoal attach 20260807-142501.123-3f9a2c --engine redis://queue --engine-key-file engine.key',
      meaning: 'from its beginning',
    },
    { line: 'sshoal attach 20260807-142501.123-3f9a2c -o jsonl', meaning: 'an event a line, with the engine from sshoal.yml' },
  ],
  run: async ({ words: [name = ''], flags }, context) => {
    if (name === '')
      throw new UsageError('MISSING_ARGUMENT', '`run` is missing', { where: 'sshoal attach', fix: 'Write sshoal attach <run>' });
    const [{ openEngine, withoutAsides }, { Output }, { Recording }] = await Promise.all([
      import('../engine/open.ts'),
      import('../output.ts'),
      import('../recording.ts'),
    ]);
    await using engine = await openEngine(flags, context);
    const record = await engine.record(name);
    const { description, order, secrets } = record;
    for (const secret of secrets) context.secrets.add(secret);
    const { verb, subject, hosts } = description;
    const output = await Output.open(verb, verb === 'play' ? [] : hosts, flags, context);
    await using recording = await Recording.of(description, flags, context);
    const events = engine.follow(record, { signal: new AbortController().signal, detach: context.signal });
    if (verb === 'play') {
      const [{ reportPlay }, { playEvents }] = await Promise.all([import('../report-play.ts'), import('../engine/remote-play.ts')]);
      return await reportPlay(playEvents(events, record, context), subject, {
        output,
        recording,
        observed: undefined,
        exitCodes: flags.exitCodes,
        drift: order.kind === 'play' && (order.call as PlayCall).flags.drift,
        signal: context.signal,
      });
    }
    const verdict = new Verdict(flags.exitCodes);
    const listener = recording.before(output);
    listener.start({ verb, subject, hosts });
    try {
      for await (const event of fleetEvents(events, (bundle) => withoutAsides(bundle, context))) {
        await listener.fleetEvent(event);
        if (event.kind === 'finished') verdict.add(event.outcome.status);
      }
    } finally {
      await listener.finish();
    }
    if (!output.isComplete) verdict.add('failed');
    const code = verdict.exitCode(context.signal);
    await recording.end(code);
    return code;
  },
};

async function* fleetEvents(
  bundles: AsyncIterable<readonly RunEvent[]>,
  shown: (events: readonly RunEvent[]) => readonly RunEvent[],
): AsyncGenerator<FleetEvent, void, undefined> {
  for await (const events of bundles) for (const event of shown(events)) if (event.kind === 'fleet') yield event.event;
}
