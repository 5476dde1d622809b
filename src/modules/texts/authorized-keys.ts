// The text of an authorized_keys file: keys with their options and comments. It knows no host.
import { linesOf } from '../script/text.ts';

/** One line of the file. */
interface KeyLine {
  /** As it is written when nothing of it changes. */
  readonly line: string;
  readonly key?: PublicKey;
}
export interface PublicKey {
  readonly type: string;
  /** What tells keys apart: base64. */
  readonly blob: string;
  /** Name, and value with its quotes where there is one. */
  readonly options: readonly (readonly [name: string, value: string | undefined])[];
  readonly comment: string;
}

export interface KeysEdit {
  readonly keys: readonly PublicKey[];
  readonly isPresent: boolean;
  /** Nothing else stays, comments included. */
  readonly exclusive: boolean;
}

const TYPE =
  /^(?:sk-|webauthn-sk-)?(?:ssh-(?:dss|ed25519|rsa)|ecdsa-sha2-nistp(?:256|384|521))(?:-cert-v0[01]@openssh\.com|@openssh\.com)?$/;

/** The file with the keys, or without them; the same text when there is nothing to do. As ansible.posix 1.5. */
export function editKeys(text: string, edit: KeysEdit): string {
  const old: KeyLine[] = linesOf(text).map((line) => {
    const key = readKey(line);
    return key === undefined ? { line } : { line, key };
  });
  const wanted = new Map(edit.keys.map((key) => [key.blob, key]));
  if (!edit.isPresent) return changed(text, old, (one) => one.key !== undefined && wanted.has(one.key.blob));
  const right = new Set(old.flatMap(({ key }) => (key !== undefined && isSame(key, wanted.get(key.blob)) ? [key.blob] : [])));
  // A key that says something else goes, and comes back at the end.
  const isGone = ({ key }: KeyLine): boolean =>
    key === undefined ? edit.exclusive : wanted.has(key.blob) ? !isSame(key, wanted.get(key.blob)) : edit.exclusive;
  const added = [...wanted.values()].filter((key) => !right.has(key.blob)).map(writeKey);
  if (added.length === 0) return changed(text, old, isGone);
  return [...old.filter((one) => !isGone(one)).map(({ line }) => line), ...added].map((line) => `${line}\n`).join('');
}

function changed(text: string, lines: readonly KeyLine[], isGone: (line: KeyLine) => boolean): string {
  const kept = lines.filter((one) => !isGone(one));
  return kept.length === lines.length ? text : kept.map(({ line }) => `${line}\n`).join('');
}

/** The key of a line: options, type, base64, comment; undefined when there is none. */
export function readKey(line: string): PublicKey | undefined {
  const words = line.replaceAll('\\#', '#').trim().split(/\s+/);
  const at = words.findIndex((word) => TYPE.test(word));
  const [type, blob] = [words[at], words[at + 1]];
  if (at < 0 || words[0]?.startsWith('#') === true || type === undefined || blob === undefined) return undefined;
  return { type, blob, options: readOptions(words.slice(0, at).join(' ')), comment: words.slice(at + 2).join(' ') };
}

/** Options as they stand before a key: commas between them, but for those in quotes. */
export function readOptions(text: string): PublicKey['options'] {
  return (text.match(/(?:[^,"']|"[^"]*"|'[^']*')+/g) ?? []).map((option) => {
    const equals = option.indexOf('=');
    return equals < 0 ? [option, undefined] : [option.slice(0, equals), option.slice(equals + 1)];
  });
}

function writeKey({ type, blob, options, comment }: PublicKey): string {
  const written = options.map(([name, value]) => (value === undefined || value === '' ? name : `${name}=${value}`)).join(',');
  return `${written === '' ? '' : `${written} `}${type} ${blob} ${comment}`;
}

function isSame(one: PublicKey, other: PublicKey | undefined): boolean {
  const said = ({ type, options, comment }: PublicKey): string =>
    JSON.stringify([type, comment, options.map(([name, value]) => `${name}=${value ?? ''}`).sort()]);
  return other !== undefined && said(one) === said(other);
}
