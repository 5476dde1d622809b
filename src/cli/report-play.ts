// A play told as it happens: to the journal, to the reports, and as an exit code. It does not know who plays.
import type { PlayEvent } from '../playbook/events.ts';
import { type ExitCode, type ExitCodes, Verdict } from './exit-code.ts';
import type { ObservedCourse } from './observing.ts';
import type { Output } from './output.ts';
import type { Recording } from './recording.ts';

export interface PlayListeners {
  readonly output: Output;
  /** Told before anybody else. */
  readonly recording: Recording;
  /** Whoever else watches. */
  readonly observed: ObservedCourse | undefined;
  /** Whether a host that would change is an end of its own. */
  readonly drift: boolean;
  readonly exitCodes: ExitCodes;
  /** Once aborted, nothing that hosts say counts any more. */
  readonly signal: AbortSignal;
  /** Sees every event besides. */
  readonly watch?: ((event: PlayEvent) => void) | undefined;
}

/** @returns What the program exits with. @throws what the play throws. */
export async function reportPlay(
  bundles: AsyncIterable<readonly PlayEvent[]>,
  subject: string,
  { output, recording, observed, drift, exitCodes, signal, watch }: PlayListeners,
): Promise<ExitCode> {
  const verdict = new Verdict(exitCodes);
  output.start({ verb: 'play', subject, hosts: [] });
  try {
    for await (const events of bundles) {
      await recording.playEvents(events);
      for (const event of events) {
        observed?.playEvent(event);
        output.playEvent(event);
        watch?.(event);
        // A host that was rescued has not failed: the recap knows.
        if (event.kind !== 'recap') continue;
        for (const counts of event.hosts.values()) {
          if (counts.unreachable > 0) verdict.add('unreachable');
          if (counts.failed > 0) verdict.add('failed');
          if (counts.changed > 0 && drift) verdict.add('changed');
        }
      }
    }
  } finally {
    await output.finish();
  }
  if (!output.isComplete) verdict.add('failed');
  const code = verdict.exitCode(signal);
  await recording.end(code);
  await observed?.end(code);
  return code;
}
