// Version numbers compared as Ansible's `version` test does: loose (letters and all), strict, or semantic.
import { TemplateError } from './errors.ts';
import { comparePep440 } from './pep440.ts';

const OPERATORS: Readonly<Record<string, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '=': (order) => order === 0,
  eq: (order) => order === 0,
  '!=': (order) => order !== 0,
  '<>': (order) => order !== 0,
  ne: (order) => order !== 0,
  '<': (order) => order < 0,
  lt: (order) => order < 0,
  '<=': (order) => order <= 0,
  le: (order) => order <= 0,
  '>': (order) => order > 0,
  gt: (order) => order > 0,
  '>=': (order) => order >= 0,
  ge: (order) => order >= 0,
};

/** @throws TemplateError on an empty version, an unknown operator or type, and letters against numbers, as Python does. */
export function compareVersions(value: string, other: string, operator: string, type: string): boolean {
  if (value === '' || other === '')
    throw new TemplateError(`${value === '' ? 'Input' : 'Version parameter'} to compare with cannot be empty`);
  const holds = OPERATORS[operator];
  if (holds === undefined)
    throw new TemplateError(`Invalid operator type (${operator}). Must be one of ${Object.keys(OPERATORS).join(', ')}`);
  const order =
    type === 'semver' || type === 'semantic'
      ? semver(value, other)
      : type === 'strict'
        ? loose(strict(value), strict(other))
        : type === 'pep440'
          ? comparePep440(value, other)
          : type === 'loose'
            ? loose(value, other)
            : unknownType(type);
  return holds(order);
}

function unknownType(type: string): never {
  throw new TemplateError(`Invalid version type (${type}). Must be one of loose, strict, semver, semantic, pep440`);
}

function strict(version: string): string {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?([ab]\d+)?$/.exec(version);
  if (match === null) throw new TemplateError(`Version comparison failed: invalid version number '${version}'`);
  // A release comes after its own alphas and betas.
  return `${match[1]}.${match[2]}.${match[3] ?? 0}.${match[4] === undefined ? '1' : `0.${match[4].replace('a', '0.').replace('b', '1.')}`}`;
}

// As distutils' LooseVersion: numbers and runs of letters, compared one by one.
function loose(a: string, b: string): number {
  const parts = (version: string): (string | number)[] =>
    (version.match(/\d+|[a-z]+|[^\da-z.]+/g) ?? []).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const [x, y] = [parts(a), parts(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [left, right] = [x[i] ?? 0, y[i] ?? 0];
    if (typeof left !== typeof right)
      throw new TemplateError(
        `Version comparison failed: '<' not supported between instances of '${typeof left === 'number' ? 'int' : 'str'}' and '${typeof right === 'number' ? 'int' : 'str'}'`,
      );
    if (left !== right) return left < right ? -1 : 1;
  }
  return x.length - y.length;
}

function semver(a: string, b: string): number {
  const [x, y] = [parseSemver(a), parseSemver(b)];
  for (let i = 0; i < 3; i++) if (x.core[i] !== y.core[i]) return (x.core[i] ?? 0) - (y.core[i] ?? 0);
  if (x.pre === y.pre) return 0;
  if (x.pre === undefined || y.pre === undefined) return x.pre === undefined ? 1 : -1;
  const [left, right] = [x.pre.split('.'), y.pre.split('.')];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [l = '', r = ''] = [left[i], right[i]];
    if (l === r) continue;
    const [ln, rn] = [/^\d+$/.test(l), /^\d+$/.test(r)];
    if (ln && rn) return Number(l) - Number(r);
    if (ln !== rn) return ln ? -1 : 1;
    return l < r ? -1 : 1;
  }
  return left.length - right.length;
}

function parseSemver(version: string): { core: number[]; pre: string | undefined } {
  const match = /^(\d+)\.(\d+)\.(\d+)(?:-([\w.-]+))?(?:\+[\w.-]+)?$/.exec(version);
  if (match === null) throw new TemplateError(`invalid semantic version '${version}'`);
  return { core: [Number(match[1]), Number(match[2]), Number(match[3])], pre: match[4] };
}
