// Versions of Python packages, in the order that PEP 440 gives them: epochs, pre-releases, post-releases, dev releases, local ones.
import { TemplateError } from './errors.ts';

const VERSION =
  /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z\d]+(?:[-_.][a-z\d]+)*))?\s*$/i;

/** Each part of a version as something that orders. */
interface Parts {
  readonly epoch: number;
  readonly release: readonly number[];
  readonly pre: readonly [number, number];
  readonly post: number;
  readonly dev: number;
  readonly local: readonly (string | number)[];
}

/** @returns Negative, zero or positive. @throws TemplateError on what is no such version. */
export function comparePep440(a: string, b: string): number {
  const [x, y] = [parse(a), parse(b)];
  const length = Math.max(x.release.length, y.release.length);
  const release = Array.from({ length }, (_, i) => (x.release[i] ?? 0) - (y.release[i] ?? 0)).find((difference) => difference !== 0);
  return (
    x.epoch - y.epoch ||
    (release ?? 0) ||
    x.pre[0] - y.pre[0] ||
    x.pre[1] - y.pre[1] ||
    order(x.post, y.post) ||
    order(x.dev, y.dev) ||
    compareLocal(x.local, y.local)
  );
}

function parse(version: string): Parts {
  const match = VERSION.exec(version);
  if (match === null) throw new TemplateError(`Invalid version: '${version}'`);
  const [, epoch, release = '', pre, preNumber, dashPost, post, postNumber, dev, devNumber, local] = match;
  const hasPost = dashPost !== undefined || post !== undefined;
  const rank = pre === undefined ? undefined : ({ a: 0, b: 1 }[pre.toLowerCase().replace('alpha', 'a').replace('beta', 'b')] ?? 2);
  return {
    epoch: Number(epoch ?? 0),
    release: release.split('.').map(Number),
    // A dev release of a version comes before its alphas; a version without a pre-release comes behind all of them.
    pre: [rank ?? (dev !== undefined && !hasPost ? -1 : 3), Number(preNumber ?? 0)],
    post: hasPost ? Number(dashPost ?? (postNumber || 0)) : Number.NEGATIVE_INFINITY,
    dev: dev === undefined ? Number.POSITIVE_INFINITY : Number(devNumber || 0),
    local:
      local === undefined
        ? []
        : local
            .toLowerCase()
            .split(/[-_.]/)
            .map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
  };
}

function order(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

// Numbers come behind words, and more parts behind fewer.
function compareLocal(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x = 0, y = 0] = [a[i], b[i]];
    if (x === y) continue;
    if (typeof x !== typeof y) return typeof x === 'number' ? 1 : -1;
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}
