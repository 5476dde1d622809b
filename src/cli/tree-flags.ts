// The flags of put and get for transfers and whole directories. It does not know how anything is copied.
import type { TreeSettings } from '../fleet/events.ts';
import { UsageError } from './errors.ts';
import type { FlagName, Flags } from './flags.ts';

/** What put and get take besides. */
export const TRANSFER_FLAGS = [
  'limitRate',
  'limitRatePerHost',
  'transfers',
  'verify',
  'resume',
  'recursive',
  'preserve',
  'include',
  'exclude',
  'links',
  'via',
  'dryRun',
  'keepGoing',
  'update',
  'checksum',
  'delete',
  'diff',
  'apply',
  'yes',
] as const satisfies readonly FlagName[];

/**
 * How a directory is to be copied.
 *
 * @returns Undefined without `--recursive`: one file.
 * @throws UsageError `BAD_FLAG` on a flag that means nothing with, or without, another.
 */
export function treeSettings(flags: Flags): TreeSettings | undefined {
  const { recursive, preserve, include, exclude, links, via, keepGoing, mode, diff, apply, resume, verify } = flags;
  if (!recursive) {
    refuseWithoutRecursive(flags);
    return undefined;
  }
  if (mode !== undefined) throw meaningless('--mode', 'with --recursive', 'Leave it out; --preserve keeps the modes there are');
  refuseContradictions(flags);
  const update = flags.checksum ? 'checksum' : flags.update ? 'changed' : undefined;
  const dryRun = flags.dryRun || (diff && !apply);
  const onError = keepGoing ? 'collect' : 'stop';
  return { preserve, include, exclude, links, via, dryRun, onError, update, resume, verify, delete: flags.delete, diff };
}

/** Whether a person is asked between what would change and the change. */
export function asksFirst({ diff, apply, yes, dryRun }: Flags): boolean {
  return diff && apply && !yes && !dryRun;
}

function refuseWithoutRecursive(flags: Flags): void {
  const given: Readonly<Record<string, boolean>> = {
    '--preserve': flags.preserve,
    '--include': flags.include.length > 0,
    '--exclude': flags.exclude.length > 0,
    '--links': flags.links !== undefined,
    '--via': flags.via !== undefined,
    '--dry-run': flags.dryRun,
    '--keep-going': flags.keepGoing,
    '--update': flags.update,
    '--checksum': flags.checksum,
    '--delete': flags.delete,
    '--diff': flags.diff,
    '--apply': flags.apply,
    '--yes': flags.yes,
  };
  const first = Object.keys(given).find((name) => given[name] === true);
  if (first !== undefined) throw meaningless(first, 'without --recursive', 'Add --recursive for a directory');
}

function refuseContradictions(flags: Flags): void {
  if (flags.apply && !flags.diff) throw meaningless('--apply', 'without --diff', 'Add --diff, or leave it out to copy at once');
  if (flags.yes && !flags.apply) throw meaningless('--yes', 'without --apply', 'Leave it out: nobody is asked');
  if (flags.apply && flags.dryRun) throw meaningless('--apply', 'with --dry-run', 'Leave one of them out');
  if (flags.update && flags.checksum) throw meaningless('--update', 'with --checksum', 'Leave one of them out');
  if (asksFirst(flags) && flags.output !== 'text') {
    throw new UsageError('BAD_FLAG', `Nobody can be asked in the middle of --output ${flags.output}`, {
      where: '--apply',
      fix: 'Look at it with --diff alone; then add --apply --yes',
    });
  }
  if (flags.via !== 'tar') return;
  const { update, checksum, verify, resume } = flags;
  const withoutTar = {
    '--update': update,
    '--checksum': checksum,
    '--verify': verify,
    '--resume': resume,
    '--delete': flags.delete,
    '--diff': flags.diff,
  };
  const [first] = Object.entries(withoutTar).flatMap(([name, isGiven]) => (isGiven ? [name] : []));
  if (first !== undefined) throw meaningless(first, 'with --via tar', 'Leave --via out: it needs files one by one');
}

function meaningless(name: string, how: string, fix: string): UsageError {
  return new UsageError('BAD_FLAG', `${name} means nothing ${how}`, { where: name, fix });
}
