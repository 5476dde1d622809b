// Shell patterns as Python's fnmatch reads them. It knows no hosts.

/**
 * The regular expression of a pattern, as CPython 3.11's `fnmatch.translate`: `*`, `?`, `[abc]`, `[!a-c]`, anchored at both ends.
 * A bracket that is never closed is an ordinary character.
 */
export function globRegex(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    const end = char === '[' ? classEnd(pattern, at) : -1;
    if (end !== -1) {
      source += classRegex(pattern.slice(at + 1, end));
      at = end;
    } else {
      source += char === '*' ? '.*' : char === '?' ? '.' : literal(char);
    }
  }
  return new RegExp(`^${source}$`, 's');
}

function classEnd(pattern: string, start: number): number {
  let at = start + 1;
  if (pattern[at] === '!') at++;
  // A bracket that closes right behind the one that opens is a member.
  if (pattern[at] === ']') at++;
  return pattern.indexOf(']', at);
}

function classRegex(members: string): string {
  const isNegated = members.startsWith('!');
  const chars = isNegated ? members.slice(1) : members;
  let body = '';
  for (let at = 0; at < chars.length; at++) {
    const [from = '', dash, to] = chars.slice(at, at + 3);
    if (dash !== '-' || to === undefined) {
      body += literal(from);
      continue;
    }
    // A range the wrong way round holds nothing.
    if (from <= to) body += `${literal(from)}-${literal(to)}`;
    at += 2;
  }
  if (body === '') return isNegated ? '.' : '(?!)';
  return `[${isNegated ? '^' : ''}${body}]`;
}

function literal(char: string): string {
  return /[\w\s]/.test(char) ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
