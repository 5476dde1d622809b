// Names with * and ? in them. It knows neither node sets nor what is called so.

/** The regular expression of a mask: `*` is any text, `?` any character, all else itself; anchored at both ends, as Python's fnmatch without brackets. */
export function wildcard(mask: string, flags = 'su'): RegExp {
  const source = mask
    .replace(/[\\^$+.()|{}[\]/]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, flags);
}

/** Whether a text has wildcards. */
export function isWild(text: string): boolean {
  return /[*?]/.test(text);
}
