// Shell globs as Python's fnmatch reads them. It looks at names only, never at files.

/** The source of a regular expression that is the glob: `*`, `?`, `[...]` and `[!...]` are special, nothing else. */
export function globSource(glob: string): string {
  return glob.replace(/\*+|\?|\[(!?)(\]?[^\]]*)\]|[\s\S]/g, (token, negation: string | undefined, members: string | undefined) => {
    if (token.startsWith('*')) return '.*';
    if (token === '?') return '.';
    if (members === undefined) return token.replace(/[.*+?^${}()|[\]\\]/, '\\$&');
    return `[${negation === '!' ? '^' : ''}${members.replace(/[\\\]^]/g, '\\$&')}]`;
  });
}

/** Whether the whole of a name is what the glob says, as CPython's `fnmatch.fnmatchcase`. */
export function matchesGlob(name: string, glob: string): boolean {
  return new RegExp(`^${globSource(glob)}$`, 's').test(name);
}
