// Data as JSON and YAML, to the letter as Python's json and PyYAML write it. It reads neither.
import { Float, isDict, Sealed, type Value } from '../base/value.ts';
import { TemplateError } from './errors.ts';
import { repr, reprFloat } from './printing.ts';
import { compare } from './values.ts';

export interface JsonStyle {
  /** Blanks for each level; undefined for one line. */
  readonly indent?: number | undefined;
  readonly sortKeys: boolean;
  readonly asciiOnly: boolean;
}

/** As `json.dumps`. */
export function dumpJson(value: Value, style: JsonStyle, level = 0): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return jsonText(value, style.asciiOnly);
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof Float) return jsonFloat(value.value);
  if (value instanceof Sealed) return jsonText(value.open(), style.asciiOnly);
  const pad = style.indent === undefined ? '' : `\n${' '.repeat(style.indent * (level + 1))}`;
  const close = style.indent === undefined ? '' : `\n${' '.repeat(style.indent * level)}`;
  const comma = style.indent === undefined ? ', ' : ',';
  if (Array.isArray(value)) {
    return value.length === 0 ? '[]' : `[${pad}${value.map((item) => dumpJson(item, style, level + 1)).join(comma + pad)}${close}]`;
  }
  const entries = sorted([...value], style.sortKeys).map(
    ([key, item]) => `${jsonText(jsonKey(key), style.asciiOnly)}: ${dumpJson(item, style, level + 1)}`,
  );
  return entries.length === 0 ? '{}' : `{${pad}${entries.join(comma + pad)}${close}}`;
}

function jsonKey(key: Value): string {
  return key === null ? 'null' : typeof key === 'string' ? key : String(key as number);
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return reprFloat(value);
}

function jsonText(text: string, asciiOnly: boolean): string {
  const quoted = JSON.stringify(text);
  return asciiOnly ? quoted.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`) : quoted;
}

function sorted(entries: [Value, Value][], sortKeys: boolean): [Value, Value][] {
  return sortKeys ? entries.toSorted(([a], [b]) => compare(a, b, '<')) : entries;
}

export interface YamlStyle {
  /** Text is folded behind this column. */
  readonly width: number;
  readonly indent: number;
  readonly sortKeys: boolean;
  /** Collections that hold no collections on one line, as PyYAML's default_flow_style=None. */
  readonly flowLeaves: boolean;
}

/** As `yaml.dump` of libyaml with allow_unicode, which folds long text behind this column. */
export function dumpYaml(value: Value, style: YamlStyle): string {
  // A lone text is indented where it goes on.
  const text = yamlBlock(value, style, isScalar(value) ? style.indent : 0, false, 0);
  return `${text.replace(/^\n/, '')}\n`;
}

// `column` is where further lines begin, `start` where the first one does.
function yamlBlock(value: Value, style: YamlStyle, column: number, inMapping: boolean, start = column): string {
  if (Array.isArray(value) && value.length > 0) {
    if (style.flowLeaves && value.every(isScalar)) return flow(value, style);
    // PyYAML does not indent a list under its key.
    const own = inMapping ? column - style.indent : column;
    const pad = ' '.repeat(own);
    return value
      .map((item) => {
        const body = yamlBlock(item, style, own + style.indent, false, own + 2);
        // A collection begins on the line of its dash, where its other lines begin; anything else one blank behind it.
        return `\n${pad}${body.startsWith('\n') ? '-'.padEnd(style.indent, ' ') : '- '}${body.replace(/^\n */, '')}`;
      })
      .join('');
  }
  if (isDict(value) && value.size > 0) {
    if (style.flowLeaves && [...value.values()].every(isScalar)) return flow(value, style);
    const pad = ' '.repeat(column);
    return sorted([...value], style.sortKeys)
      .map(([key, item]) => {
        const name = yamlScalar(key);
        const body = yamlBlock(item, style, column + style.indent, true, column + name.length + 2);
        return `\n${pad}${name}:${body.startsWith('\n') ? '' : ' '}${body}`;
      })
      .join('');
  }
  if (Array.isArray(value)) return '[]';
  if (isDict(value)) return '{}';
  return folded(yamlScalar(value, column), column, start, style.width);
}

// Between words, once the line is full. Quoted text with escapes is left alone.
function folded(text: string, column: number, start: number, width: number): string {
  if (start + text.length <= width || text.startsWith('"') || text.includes('\n')) return text;
  let at = start;
  return text
    .split(/(?<=\S) (?=\S)/)
    .map((word, i) => {
      const breaks = i > 0 && at > width;
      const joint = i === 0 ? '' : breaks ? `\n${' '.repeat(column)}` : ' ';
      at = (breaks ? column : at + joint.length) + word.length;
      return joint + word;
    })
    .join('');
}

function isScalar(value: Value): boolean {
  return !(Array.isArray(value) && value.length > 0) && !(isDict(value) && value.size > 0)
    ? !Array.isArray(value) && !isDict(value)
    : false;
}

function flow(value: Value, style: YamlStyle): string {
  if (Array.isArray(value)) return `[${value.map((item) => flow(item, style)).join(', ')}]`;
  if (isDict(value))
    return `{${sorted([...value], style.sortKeys)
      .map(([key, item]) => `${yamlScalar(key)}: ${flow(item, style)}`)
      .join(', ')}}`;
  return yamlScalar(value, 0, true);
}

const LOOKS_TYPED =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?0x[\da-fA-F_]+|[-+]?(?:0|[1-9][\d_]*)|[-+]?[1-9][\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|[-+]?\d[\d_]*\.[\d_]*(?:[eE][-+]\d+)?|\.\d[\d_]*(?:[eE][-+]\d+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d.*|=|<<)$/;

function yamlScalar(value: Value, column = 0, inFlow = false): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof Float) return yamlFloat(value.value);
  if (typeof value !== 'string') throw new TemplateError(`A ${repr(value)} cannot be a YAML key`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ufeff]|[\ud800-\udfff]/.test(value)) return doubleQuoted(value);
  const plain =
    value !== '' &&
    !LOOKS_TYPED.test(value) &&
    !/^[-?:](?:\s|$)|^[,[\]{}#&*!|>'"%@`]|^(?:---|\.\.\.)|^\s|\s$|: |:$|\s#|\n|\t/.test(value) &&
    !(inFlow && /[,[\]{}?]|:/.test(value));
  if (plain) return value;
  if (!value.includes('\n')) return `'${value.replaceAll("'", "''")}'`;
  // PyYAML writes each newline of a quoted text as two, and indents what follows.
  const pad = ' '.repeat(column);
  const lines = value.replaceAll("'", "''").split('\n');
  if (/\n[ \t]|[ \t]\n/.test(value)) return doubleQuoted(value);
  return `'${lines.map((line, i) => (i === 0 ? line : `\n${line === '' ? '' : `\n${pad}${line}`}`)).join('')}${lines.at(-1) === '' ? `\n${pad}` : ''}'`.replace(
    /\n{3,}/g,
    (run) => run,
  );
}

function yamlFloat(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const text = reprFloat(value);
  return text.includes('.') || !text.includes('e') ? text : text.replace('e', '.0e');
}

function doubleQuoted(text: string): string {
  const named: Readonly<Record<string, string>> = {
    '\0': '\\0',
    '\x07': '\\a',
    '\b': '\\b',
    '\t': '\\t',
    '\n': '\\n',
    '\v': '\\v',
    '\f': '\\f',
    '\r': '\\r',
    '\x1b': '\\e',
    '"': '\\"',
    '\\': '\\\\',
    '\x85': '\\N',
    '\xa0': '\\_',
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  return `"${text.replace(/["\\\u0000-\u001f\u007f-\u00a0\ufeff]|[\u{10000}-\u{10ffff}]/gu, (char) => named[char] ?? yamlEscape(char))}"`;
}

function yamlEscape(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const digits = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${digits.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}
