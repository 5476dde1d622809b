// Who a run still waits for, in few words. It does not know what for.
import { foldNames } from '../../base/node-set/fold-names.ts';

/** Folding the names of many hosts twenty times a second would cost more than it tells: they would not fit the line. */
const MOST_NAMES = 50;

/** `waiting on web[03,17]`, or `waiting on 4711 hosts`. */
export function waitingFor(hosts: ReadonlySet<string>): string {
  return `waiting on ${hosts.size > MOST_NAMES ? `${hosts.size} hosts` : foldNames(hosts)}`;
}
