// A run shown again from its journal, by the reporters that showed it then. It does not know which run, nor how reporters look.
import type { Journal } from '../journal/read-journal.ts';
import { type PlayEvent, WHOLE_RUN } from '../playbook/events.ts';
import type { Reporter } from '../report/seam.ts';

/** A clock that stands where the journal is. */
export interface ReplayClock {
  atMs: number;
}

/** What of a run is wanted; all of it where neither is given. */
export interface Selection {
  readonly hosts?: ReadonlySet<string> | undefined;
  /** Of a play: whether a task is wanted, by its name. What its hosts came to is still that of the whole play. */
  readonly isTask?: ((name: string) => boolean) | undefined;
}

/**
 * Tells a reporter what a journal holds.
 *
 * @throws as the entries of the journal.
 */
export async function replay(journal: Journal, reporter: Reporter, clock: ReplayClock, only: Selection = {}): Promise<void> {
  const { verb, subject, hosts, atMs } = journal.header;
  const isWanted = (host: string): boolean => only.hosts?.has(host) !== false;
  clock.atMs = atMs;
  reporter.start({ verb, subject, hosts: hosts.filter(isWanted) });
  for await (const entry of journal.entries()) {
    clock.atMs = entry.atMs;
    if (entry.kind === 'fleet' && isWanted(entry.event.host)) reporter.fleetEvent(entry.event);
    if (entry.kind !== 'play') continue;
    if ('task' in entry.event && only.isTask?.(entry.event.task.name) === false) continue;
    const event = only.hosts === undefined ? entry.event : narrowed(entry.event, isWanted);
    if (event !== undefined) reporter.playEvent(event);
  }
  reporter.finish();
}

/** What is left of an event for some hosts; undefined where it is about others. */
function narrowed(event: PlayEvent, isWanted: (host: string) => boolean): PlayEvent | undefined {
  switch (event.kind) {
    case 'play-started':
    case 'task-started': {
      const hosts = event.hosts.filter(isWanted);
      return hosts.length === 0 ? undefined : { ...event, hosts };
    }
    case 'task-output':
    case 'item-finished':
    case 'task-finished':
      return isWanted(event.host) ? event : undefined;
    case 'recap':
      return {
        ...event,
        hosts: new Map([...event.hosts].filter(([host]) => isWanted(host))),
        ...(event.custom && { custom: new Map([...event.custom].filter(([host]) => host === WHOLE_RUN || isWanted(host))) }),
      };
    case 'play-finished':
      return event;
  }
}
