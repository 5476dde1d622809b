// What the package tools of a host print about what is installed, read. It knows no host.
import { type Dict, dict, type Value } from '../../base/value.ts';
import { linesOf } from '../script/text.ts';

/** One package, with whatever its tool tells. */
type PackageFacts = Readonly<Record<string, Value>> & { readonly name: string };

/** How the packages of one tool are asked for, in shell, and read. */
export interface PackageTool {
  /** As Ansible calls it. */
  readonly name: string;
  /** Whether the host has it. */
  readonly test: string;
  readonly list: string;
  /** Each package as Ansible shows it, or nothing where a line is of none. */
  readonly read: (text: string) => readonly PackageFacts[];
}

/** In the order in which they are looked for. */
export const PACKAGE_TOOLS: readonly PackageTool[] = [
  {
    name: 'apt',
    test: 'has dpkg-query && has apt-get',
    list: `dpkg-query -W -f '\${binary:Package}\\t\${Version}\\t\${Architecture}\\t\${Section}\\t\${db:Status-Status}\\n'`,
    read: (text) =>
      rows(text, '\t').flatMap(([name = '', version = '', arch = '', category = '', status]) =>
        status === 'installed' ? [{ name: name.replace(/:.*$/, ''), version, arch, category, source: 'apt' }] : [],
      ),
  },
  {
    name: 'rpm',
    test: 'has rpm',
    list: `rpm -qa --qf '%{NAME}\\t%{VERSION}\\t%{RELEASE}\\t%{EPOCH}\\t%{ARCH}\\n'`,
    read: (text) =>
      rows(text, '\t').map(([name = '', version = '', release = '', epoch = '', arch = '']) => ({
        name,
        version,
        release,
        epoch: numberOrNull(epoch),
        arch: arch === '(none)' ? null : arch,
        source: 'rpm',
      })),
  },
  { name: 'apk', test: 'has apk', list: 'apk info -v', read: (text) => linesOf(text).flatMap((line) => ofName(line, 'apk')) },
  {
    name: 'pacman',
    test: 'has pacman',
    list: 'pacman -Qi',
    read: (text) =>
      text.split('\n\n').flatMap((paragraph) => {
        const field = (name: string): string => new RegExp(`^${name} +: (.*)$`, 'm').exec(paragraph)?.[1] ?? '';
        const provides = field('Provides');
        if (field('Name') === '') return [];
        const names = provides === 'None' || provides === '' ? null : provides.split(/ {2,}/).map((one) => one.split('=')[0] ?? '');
        return [{ name: field('Name'), version: field('Version'), arch: field('Architecture'), provides: names, source: 'pacman' }];
      }),
  },
  {
    name: 'portage',
    test: 'has qlist && has qatom',
    list: 'qlist -Iv | xargs -n 1024 qatom',
    read: (text) =>
      rows(text, ' ').map(([category = '', name = '', version = '', ...rest]) => {
        const more = ['ebuild_revision', 'slots', 'prefixes', 'sufixes'].slice(0, rest.length);
        return { category, name, version, ...Object.fromEntries(more.map((key, index) => [key, rest[index] ?? ''])), source: 'portage' };
      }),
  },
  {
    name: 'pkg',
    test: 'has pkg',
    list: `pkg query '%n\t%v\t%R\t%q'`,
    read: (text) =>
      rows(text, '\t').map(([name = '', version = '', origin = '', arch = '']) => ({
        name,
        version,
        origin,
        arch: arch.split(':')[2] ?? arch,
        source: 'pkg',
      })),
  },
  {
    name: 'pkg_info',
    test: 'has pkg_info',
    list: 'pkg_info -a',
    read: (text) =>
      linesOf(text).map((line) => {
        const [, name = line, version = ''] = /^(\S+)-([^-\s]+)(?:\s|$)/.exec(line) ?? [];
        return { name, version, source: 'pkg_info' };
      }),
  },
];

/** Packages by name; each name has a list, for a host may have several versions of one. */
export function packagesByName(tool: PackageTool, text: string): Dict {
  const found: Dict = new Map();
  for (const one of tool.read(text)) {
    const list = found.get(one.name);
    const entry = dict(one);
    if (Array.isArray(list)) list.push(entry);
    else found.set(one.name, [entry]);
  }
  return found;
}

/** `NAME-VERSION-RELEASE`. */
function ofName(line: string, source: string): PackageFacts[] {
  const [, name, version = '', release = ''] = /^(.+)-([^-]+)-([^-]+)$/.exec(line) ?? [];
  return name === undefined ? [] : [{ name, version, release, source }];
}

function rows(text: string, separator: string): string[][] {
  return linesOf(text)
    .filter((line) => line !== '')
    .map((line) => line.split(separator));
}

function numberOrNull(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}
