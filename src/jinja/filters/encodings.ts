// Filters that turn data into text and back: JSON, YAML, base64, digests, UUIDs, dates.
import { createHash, getHashes } from 'node:crypto';
import { FaultsError, SshoalError } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import type { Value } from '../../base/value.ts';
import { parseYaml, yamlValue } from '../../base/yaml.ts';
import type { Bound } from '../call-arguments.ts';
import { dumpJson, dumpYaml } from '../dump.ts';
import { TemplateError } from '../errors.ts';
import { prettyPrint } from '../pretty-print.ts';
import { str } from '../printing.ts';
import { type Any, data } from '../values.ts';
import { type FilterTable, fail, textOf } from './define.ts';

const JSON_ARGS = ['indent', 'sort_keys', 'ensure_ascii', 'separators', 'vault_to_text', 'preprocess_unsafe'];
const YAML_ARGS = [
  'indent',
  'sort_keys',
  'width',
  'default_flow_style',
  'allow_unicode',
  'explicit_start',
  'explicit_end',
  'default_style',
  'line_break',
];

export const encodingFilters: FilterTable = {
  to_json: [JSON_ARGS, (value, args) => json(value, args, undefined, false)],
  to_nice_json: [JSON_ARGS, (value, args) => json(value, args, 4, true)],
  tojson: [
    ['indent'],
    (value, args) =>
      dumpJson(data(value), { indent: args.int('indent', undefined), sortKeys: true, asciiOnly: true })
        .replaceAll('<', '\\u003c')
        .replaceAll('>', '\\u003e')
        .replaceAll('&', '\\u0026')
        .replaceAll("'", '\\u0027'),
  ],
  pprint: [[], (value) => prettyPrint(data(value))],
  from_json: [[], (value) => readJson(textOf(value, 'from_json'))],
  to_yaml: [
    YAML_ARGS,
    (value, args) =>
      dumpYaml(data(value), {
        indent: args.int('indent', 2),
        width: args.int('width', 80),
        sortKeys: args.truth('sort_keys', true),
        flowLeaves: !args.has('default_flow_style') || args.any('default_flow_style') === null,
      }),
  ],
  to_nice_yaml: [
    YAML_ARGS,
    (value, args) =>
      dumpYaml(data(value), {
        indent: args.int('indent', 4),
        width: args.int('width', 80),
        sortKeys: args.truth('sort_keys', true),
        flowLeaves: false,
      }),
  ],
  from_yaml: [[], (value) => (typeof value === 'string' ? (readYaml(value, 'from_yaml')[0] ?? null) : value)],
  from_yaml_all: [[], (value) => (typeof value === 'string' ? readYaml(value, 'from_yaml_all') : value)],
  b64encode: [['encoding'], (value, args) => Buffer.from(str(value), encodingOf(args)).toString('base64')],
  b64decode: [['encoding'], (value, args) => decodeBase64(str(value)).toString(encodingOf(args))],
  hash: [['hashtype'], (value, args) => digest(str(value), args.text('hashtype', 'sha1'))],
  md5: [[], (value) => digest(str(value), 'md5')],
  sha1: [[], (value) => digest(str(value), 'sha1')],
  checksum: [[], (value) => digest(str(value), 'sha1')],
  to_uuid: [['namespace'], (value, args) => uuid5(str(value), args.text('namespace', '361E6D51-FAEC-444A-9079-341386DA8E2E'))],
};

function json(value: Any, args: Bound, indent: number | undefined, sortKeys: boolean): string {
  return dumpJson(data(value), {
    indent: args.int('indent', indent),
    sortKeys: args.truth('sort_keys', sortKeys),
    asciiOnly: args.truth('ensure_ascii', true),
  });
}

function readJson(text: string): Value {
  try {
    return parseJson(text);
  } catch (cause) {
    return fail(`This is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** Every document of a text. @throws TemplateError with the first fault. */
function readYaml(text: string, use: string): Value[] {
  try {
    return parseYaml(text, use).map(yamlValue);
  } catch (cause) {
    if (!(cause instanceof SshoalError)) throw cause;
    const fault = cause instanceof FaultsError ? cause.faults[0] : cause;
    throw new TemplateError(`This is no YAML: ${fault?.message ?? cause.message}`, { fix: fault?.fix, cause });
  }
}

// As Python: what is no digit of base64 is passed over, but there must be whole bytes.
function decodeBase64(text: string): Buffer {
  const digits = /^[^=]*/.exec(text.replace(/[^A-Za-z0-9+/=]/g, ''))?.[0] ?? '';
  if (digits.length % 4 === 1)
    fail(`Invalid base64-encoded string: number of data characters (${digits.length}) cannot be 1 more than a multiple of 4`);
  const padding = text.split('=').length - 1;
  if (digits.length % 4 !== 0 && padding < 4 - (digits.length % 4)) fail('Incorrect padding');
  return Buffer.from(digits, 'base64');
}

function encodingOf(args: Bound): BufferEncoding {
  const name = args.text('encoding', 'utf-8').toLowerCase();
  if (name === 'utf-8' || name === 'utf8') return 'utf8';
  if (name === 'latin-1' || name === 'latin1' || name === 'iso-8859-1') return 'latin1';
  if (name === 'utf-16-le' || name === 'utf-16le') return 'utf16le';
  return name === 'ascii' ? 'ascii' : fail(`unknown encoding: ${name}`, 'Use utf-8, utf-16-le, latin-1 or ascii');
}

function digest(text: string, algorithm: string): string {
  if (!getHashes().includes(algorithm)) fail(`There is no hash ${algorithm}`, 'Use md5, sha1, sha256 or sha512');
  return createHash(algorithm).update(text).digest('hex');
}

function uuid5(name: string, namespace: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
