// Which tasks their tags let run, as ansible 2.14.

export interface TagSelection {
  /** Empty for all. */
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
}

/** Whether a task with these tags runs. `always` runs unless skipped; `never` only when one of its tags is asked for. */
export function isSelected(own: readonly string[], { tags, skipTags }: TagSelection): boolean {
  const effective = own.length === 0 ? ['untagged'] : own;
  const asked = tags.length === 0 ? ['all'] : tags;
  const named = effective.some((tag) => asked.includes(tag)) || (asked.includes('tagged') && own.length > 0);
  const selected =
    effective.includes('always') ||
    (asked.includes('all') && !effective.includes('never')) ||
    (named && !(asked.includes('tagged') && effective.includes('never') && !effective.some((tag) => asked.includes(tag))));
  if (!selected) return false;
  if (skipTags.includes('all')) return effective.includes('always') && !skipTags.includes('always');
  return !effective.some((tag) => skipTags.includes(tag)) && !(skipTags.includes('tagged') && own.length > 0);
}
