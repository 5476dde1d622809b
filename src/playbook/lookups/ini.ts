// lookup ini: values of ini and properties files.
import { type IniDialect, type IniEntry, iniEntry, parseIni } from '../../base/config-parser.ts';
import type { Value } from '../../base/value.ts';
import { pythonRegex } from '../../jinja/regex/python-regex.ts';
import { isOn } from '../../modules/parameters/params.ts';
import type { ParamSpecs, Params } from '../../modules/seam.ts';
import { TaskError } from '../errors.ts';
import { readOptions } from './options.ts';
import { readText } from './read-text.ts';
import type { Lookup, LookupContext } from './seam.ts';
import { failed, MOST_PATTERN_MS, textTerm } from './terms.ts';

const OPTIONS: ParamSpecs = {
  file: { type: 'str', default: 'ansible.ini', description: 'The file' },
  section: { type: 'str', default: 'global', description: 'The section' },
  type: { type: 'str', default: 'ini', choices: ['ini', 'properties'], description: 'properties: a file without sections' },
  re: { type: 'bool', default: false, description: 'A term is a regular expression, for all keys that it begins' },
  encoding: { type: 'str', default: 'utf-8', description: 'How the file is encoded' },
  default: { type: 'raw', default: '', description: 'What a key comes to that is not there' },
  case_sensitive: { type: 'bool', default: false, description: 'Whether Key and key are two' },
  allow_no_value: { type: 'bool', default: false, aliases: ['allow_none'], description: 'Whether a key may stand without =' },
};
const PROPERTIES = 'java_properties';
const DEFAULT_SECTION = 'DEFAULT';

export const ini: Lookup = {
  name: 'ini',
  summary: 'values of ini and properties files',
  options: OPTIONS,
  find: (terms, options, context) => {
    let own = options;
    return terms.flatMap((term) => {
      const { key, given } = readTerm(textTerm('ini', term));
      const inline = readOptions('ini', OPTIONS, given);
      // As in Ansible: what one term says holds for those after it.
      own = { ...own, ...Object.fromEntries([...given.keys()].map((name) => [name, inline[name]])) };
      return valuesOf(key, own, context);
    });
  },
};

function valuesOf(key: string, options: Params, context: LookupContext): Value[] {
  const { file, text } = readText('ini', String(options.file as string), 'files', context, String(options.encoding as string));
  const properties = options.type === 'properties';
  const entries = parseIni(properties ? `[${PROPERTIES}]\n${text}` : text, file, dialectOf(options));
  const section = properties ? PROPERTIES : String(options.section as string);
  const read = (entry: IniEntry): Value => interpolated(entry.value, entry, entries, section);
  const isThere =
    entries.some((entry) => entry.section === section) || text.split(/\r?\n/).some((line) => line.trim().startsWith(`[${section}]`));
  if (!isThere && section !== DEFAULT_SECTION)
    throw failed('ini', `there is no section '${section}' in ${file}`, 'Check the name of the section');
  if (isOn(options, 're')) {
    const pattern = pythonRegex(key);
    const time = { patternMs: MOST_PATTERN_MS };
    const names = new Set(entries.filter((one) => one.section === section || one.section === DEFAULT_SECTION).map((one) => one.key));
    const matching = [...names].filter((name) => pattern.search(name, time)?.index === 0);
    // The keys of [DEFAULT] come first, as Python lists them.
    return matching
      .map((name) => iniEntry(entries, section, name))
      .filter((entry) => entry !== undefined)
      .sort((a, b) => Number(isDefault(b.key, entries)) - Number(isDefault(a.key, entries)))
      .map(read);
  }
  const found = iniEntry(entries, section, isOn(options, 'case_sensitive') ? key : key.toLowerCase());
  const value = found === undefined ? ((options.default ?? null) as Value) : read(found);
  return value === null ? [] : Array.isArray(value) ? value : [value];
}

function isDefault(key: string, entries: readonly IniEntry[]): boolean {
  return entries.some((entry) => entry.section === DEFAULT_SECTION && entry.key === key);
}

function dialectOf(options: Params): IniDialect {
  return {
    loneKeys: isOn(options, 'allow_no_value'),
    caseSensitive: isOn(options, 'case_sensitive'),
    fault: (message, where, fix) => new TaskError('LOOKUP_FAILED', `The lookup ini: ${message}`, { where, fix }),
  };
}

/** `%(other)s` in a value is the value of another key, and `%%` a per cent sign. */
function interpolated(value: string | null, at: IniEntry, entries: readonly IniEntry[], section: string, depth = 0): string | null {
  if (value === null) return null;
  if (depth > 10)
    throw new TaskError('LOOKUP_FAILED', `The lookup ini: \`${at.key}\` is made of itself`, { where: at.where, fix: 'Break the circle' });
  return value.replaceAll(/%(?:%|\(([^)]+)\)s|)/g, (found, name?: string) => {
    if (found === '%%') return '%';
    const other = name === undefined ? undefined : iniEntry(entries, section, name.toLowerCase());
    if (other !== undefined) return interpolated(other.value, other, entries, section, depth + 1) ?? '';
    const what = name === undefined ? 'a lone % means nothing' : `there is no key \`${name}\` to put in`;
    throw new TaskError('LOOKUP_FAILED', `The lookup ini: ${what}`, { where: at.where, fix: 'Write %% for a per cent sign' });
  });
}

/** `key section=db file=x.ini`: words behind an option without = belong to it, as in ansible 2.14. */
function readTerm(term: string): { key: string; given: Map<string, string> } {
  if (!term.includes('=') && !/\S\s+\S/.test(term)) return { key: term, given: new Map() };
  const parts = new Map<string, string>();
  let current = '';
  for (const word of term.split(/\s+/).filter((one) => one !== '')) {
    const option = Object.keys(OPTIONS).findLast((name) => word.includes(`${name}=`));
    if (option !== undefined) current = option;
    const before = parts.get(current);
    parts.set(current, before === undefined ? word : `${before} ${word}`);
  }
  const given = new Map<string, string>();
  let key: string | undefined;
  for (const part of parts.values()) {
    const [name = '', value, more] = part.split('=');
    if (value === undefined) key ??= part;
    else if (more !== undefined || !Object.hasOwn(OPTIONS, name))
      throw failed('ini', `\`${part}\` is not an option`, `Known: ${Object.keys(OPTIONS).join(', ')}`);
    else given.set(name, value);
  }
  if (key === undefined) throw failed('ini', 'a term must begin with a key', "Write lookup('ini', 'key', section='db', file='x.ini')");
  return { key, given };
}
