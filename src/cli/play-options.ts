// What the flags say about how a playbook is played, wherever it is. It does not know which one.
import type { PlayOptions } from '../playbook/playbook.ts';
import { commaList } from './flag-options.ts';
import type { Flags } from './flags.ts';
import { fleetLimits } from './reach.ts';

type Said = 'limits' | 'checkMode' | 'diff' | 'tags' | 'skipTags' | 'startAtTask' | 'verbosity' | 'live';

export function playOptions(flags: Flags): Pick<PlayOptions, Said> {
  return {
    limits: fleetLimits(flags),
    checkMode: flags.check,
    diff: flags.diff,
    tags: commaList(flags.tags),
    skipTags: commaList(flags.skipTags),
    startAtTask: flags.startAtTask,
    verbosity: flags.verbose,
    live: flags.verbose > 0,
  };
}
