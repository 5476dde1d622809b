// Versions of Python packages and what is asked of them, as PEP 440 orders them. It knows no package.

/** A package as it is asked for: `django[x]>=1.2,<2`. */
export interface Requirement {
  /** In the form in which names are compared: lower case, dashes. */
  readonly name: string;
  readonly specifiers: readonly (readonly [operator: string, version: string])[];
}

/** Reads a requirement; undefined for a path, a URL, or what is no requirement. */
export function readRequirement(text: string): Requirement | undefined {
  const [, name, rest = ''] = /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*([^;]*)(?:;.*)?$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const specifiers: [string, string][] = [];
  for (const one of rest.replace(/^\((.*)\)\s*$/, '$1').split(',')) {
    if (one.trim() === '') continue;
    const [, operator, version] = /^\s*(===|==|~=|!=|<=|>=|<|>)\s*(\S+)\s*$/.exec(one) ?? [];
    if (operator === undefined || version === undefined) return undefined;
    specifiers.push([operator, version]);
  }
  return { name: canonicalName(name), specifiers };
}

/** `Foo_Bar.baz` -> `foo-bar-baz`. */
export function canonicalName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/** Whether a version is one that is asked for; versions before a release count. */
export function isSatisfied(requirement: Requirement, version: string): boolean {
  return requirement.specifiers.every(([operator, wanted]) => matches(version, operator, wanted));
}

function matches(version: string, operator: string, wanted: string): boolean {
  if (operator === '===') return version === wanted;
  if (wanted.endsWith('.*')) {
    const isSame = startsWith(version, wanted.slice(0, -2));
    return operator === '!=' ? !isSame : isSame;
  }
  // A local part counts only where it is asked for.
  const order = compareVersions(wanted.includes('+') ? version : version.replace(/\+.*$/, ''), wanted);
  switch (operator) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0 && !(isBeforeRelease(version) && !isBeforeRelease(wanted) && startsWith(version, wanted));
    case '>':
      return order > 0 && !(/\.?post/.test(version) && !/\.?post/.test(wanted) && startsWith(version, wanted));
    default:
      return order >= 0 && startsWith(version, wanted.replace(/(?:a|b|rc|\.?post|\.?dev)\d*$/, '').replace(/\.\d+$/, ''));
  }
}

function isBeforeRelease(version: string): boolean {
  return /(?:a|b|rc|dev)\d*/.test(version);
}

function startsWith(version: string, prefix: string): boolean {
  const [one, other] = [releaseOf(version), releaseOf(prefix)];
  return other.every((part, index) => (one[index] ?? 0) === part);
}

function releaseOf(version: string): number[] {
  return (/^v?(?:\d+!)?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '').split('.').map(Number);
}

/** Negative, 0 or positive: which of two versions comes first. What is no version of PEP 440 comes before all that are. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [keyOf(one), keyOf(other)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const RELEASE_PARTS = 8;

// Numbers that compare one after the other: epoch, release, what comes before it, after it, in development, local.
function keyOf(version: string): number[] {
  const text = version.toLowerCase().replace(/^v/, '');
  const match =
    /^(?:(\d+)!)?(\d+(?:\.\d+)*)[-_.]?(?:(a|alpha|b|beta|c|rc|pre|preview)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9.]+))?$/.exec(
      text,
    );
  if (match === null) return [-1];
  const [, epoch, release = '', pre, preNumber, shortPost, post, postNumber, dev, devNumber, local] = match;
  const parts = release.split('.').map(Number);
  const isPost = post !== undefined || shortPost !== undefined;
  // A release in development comes before everything else of it, unless it is in development of something.
  const stage = pre !== undefined ? ({ a: 1, b: 2 }[pre[0] ?? ''] ?? 3) : dev !== undefined && !isPost ? 0 : 4;
  return [
    Number(epoch ?? 0),
    ...Array.from({ length: RELEASE_PARTS }, (_none, index) => parts[index] ?? 0),
    stage,
    Number(preNumber ?? 0),
    isPost ? 1 + Number(postNumber ?? shortPost ?? 0) : 0,
    dev === undefined ? Number.MAX_SAFE_INTEGER : Number(devNumber ?? 0),
    local === undefined ? 0 : 1,
  ];
}
