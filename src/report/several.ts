// Several reporters as one: each sees every event. It does not know what any of them writes.
import type { Reporter } from './seam.ts';

/** A reporter that passes everything on, in the order of the list. */
export function several(reporters: readonly Reporter[]): Reporter {
  return {
    start: (header) => {
      for (const reporter of reporters) reporter.start(header);
    },
    fleetEvent: (event) => {
      for (const reporter of reporters) reporter.fleetEvent(event);
    },
    playEvent: (event) => {
      for (const reporter of reporters) reporter.playEvent(event);
    },
    finish: () => {
      for (const reporter of reporters) reporter.finish();
    },
  };
}
