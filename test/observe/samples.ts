// Runs and their ends for the tests of those who watch. It does not know who does.
import type { ObservedRun, RunEnd } from '#src/observe/seam';
import { START_MS } from '../report/samples.js';

export function runOf(more: Partial<ObservedRun> = {}): ObservedRun {
  return {
    id: '20260102-030405.000-abcdef',
    verb: 'play',
    subject: 'site.yml',
    hosts: ['web01', 'web02'],
    check: false,
    atMs: START_MS,
    ...more,
  };
}

export function endOf(more: Partial<RunEnd> = {}): RunEnd {
  return { outcome: 'ok', exitCode: 0, atMs: START_MS + 2_000, hosts: { ok: ['web01'], changed: ['web02'] }, ...more };
}
