// Filters over file names. They look at text only, never at a disk.
import path from 'node:path';
import { stripText } from '../methods/text.ts';
import { tuple } from '../values.ts';
import { type FilterTable, fail, textOf } from './define.ts';

export const pathFilters: FilterTable = {
  basename: [[], (value) => textOf(value, 'basename').split('/').at(-1) ?? ''],
  dirname: [
    [],
    (value) => {
      const text = textOf(value, 'dirname');
      const head = text.slice(0, text.lastIndexOf('/') + 1);
      return /^\/*$/.test(head) ? head : stripText(head, '/', false, true);
    },
  ],
  splitext: [
    [],
    (value) => {
      const text = textOf(value, 'splitext');
      const name = text.slice(text.lastIndexOf('/') + 1);
      const dot = name.lastIndexOf('.');
      const cut = dot > 0 && !/^\.+$/.test(name.slice(0, dot)) ? text.length - (name.length - dot) : text.length;
      return tuple([text.slice(0, cut), text.slice(cut)]);
    },
  ],
  normpath: [[], (value) => path.posix.normalize(textOf(value, 'normpath')).replace(/(.)\/$/, '$1')],
  relpath: [['start'], (value, args) => relative(textOf(value, 'relpath'), args.text('start', '.'))],
  path_join: [
    [],
    (value) => {
      const parts = Array.isArray(value) ? value.map((part) => textOf(part, 'path_join')) : [textOf(value, 'path_join')];
      const [first = fail('path_join needs at least one part'), ...others] = parts;
      return others.reduce(
        (left, right) => (right.startsWith('/') ? right : left === '' || left.endsWith('/') ? left + right : `${left}/${right}`),
        first,
      );
    },
  ],
  urlsplit: [
    ['query'],
    (value, args) => {
      const parts = splitUrl(textOf(value, 'urlsplit'));
      if (!args.has('query') || args.text('query') === '') return new Map(Object.entries(parts));
      const wanted = args.text('query');
      return wanted in parts
        ? (parts[wanted as keyof typeof parts] ?? null)
        : fail(`urlsplit has no component ${wanted}`, `Use one of ${Object.keys(parts).join(', ')}`);
    },
  ],
  urldecode: [[], (value) => decodeUrl(textOf(value, 'urldecode').replaceAll('+', ' '))],
};

/** As Python's unquote: what is no escape stays as it is, what is no UTF-8 becomes a replacement character. */
function decodeUrl(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'));
}

function relative(target: string, start: string): string {
  if (target === '') fail('no path specified');
  return path.posix.relative(start, target) || '.';
}

function trimStart(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  return text.replace(/^[\u0000-\u0020]+/, '');
}

/** The parts of an address, as Python's urlsplit names them. */
export function splitUrl(given: string) {
  // As Python since 3.6.14, after browsers: blanks before it and line ends within it are not part of an address.
  const text = trimStart(given).replace(/[\t\r\n]/g, '');
  const [, scheme = '', netloc = '', pathPart = '', query = '', fragment = ''] =
    /^(?:([a-zA-Z][a-zA-Z\d+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text) ?? [];
  const [, username, password, hostname = '', port] = /^(?:([^:@]*)(?::([^@]*))?@)?(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(netloc) ?? [];
  return {
    fragment,
    hostname: hostname === '' ? null : hostname.replace(/^\[|\]$/g, '').toLowerCase(),
    netloc,
    password: password ?? null,
    path: pathPart,
    port: port === undefined ? null : Number(port),
    query,
    scheme: scheme.toLowerCase(),
    username: username ?? null,
  };
}
