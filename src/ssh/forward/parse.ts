// The words behind ssh's -L, -R and -D, read and written. It knows nothing of connections.
import { SshSettingsError } from '../errors.ts';
import { checkForward } from './endpoint.ts';
import type { Endpoint, Forward } from './seam.ts';

/** ssh's letters: here, there, and a SOCKS proxy here. */
export type ForwardLetter = 'L' | 'R' | 'D';

const FORMS: Readonly<Record<ForwardLetter, string>> = {
  L: '[bind:]port:host:hostport, [bind:]port:/remote.sock, /local.sock:host:hostport or /local.sock:/remote.sock',
  R: '[bind:]port:host:hostport, [bind:]port:/local.sock, /remote.sock:host:hostport, /remote.sock:/local.sock or [bind:]port',
  D: '[bind:]port or /local.sock',
};

/** One field between colons. */
interface Field {
  readonly text: string;
  /** A name in brackets is never a path. */
  readonly bracketed: boolean;
}

/**
 * Reads the word behind -L, -R or -D as ssh does (OpenSSH 9.2), ports in digits.
 *
 * Only loopback is listened on where no address is given; `*` or nothing before the colon means every address. A field with a slash is
 * a unix socket; IPv6 addresses stand in brackets; a backslash takes the next character as it is. -R with no target is a SOCKS proxy
 * for the host. Port 0 listens on any free port.
 *
 * @throws SshSettingsError FORWARD_SYNTAX.
 * @example
 * ```ts
 * parseForward('L', '8080:db.internal:5432');
 * // { side: 'local', listen: { kind: 'tcp', host: 'localhost', port: 8080 }, target: { kind: 'tcp', host: 'db.internal', port: 5432 } }
 * ```
 */
export function parseForward(letter: ForwardLetter, word: string): Forward {
  const where = `-${letter} ${word}`;
  const wrong = (message: string): SshSettingsError =>
    new SshSettingsError('FORWARD_SYNTAX', message, { where, fix: `Write -${letter} ${FORMS[letter]}` });
  const fields = splitFields(word);
  if (fields === undefined) throw wrong('A bracket is never closed, or something follows it');
  const [target, before] = letter === 'D' ? [SOCKS, fields] : takeTarget(fields);
  if (target.kind === 'socks' && letter === 'L') throw wrong('It does not say where connections go');
  const listen = readListen(before);
  if (listen === undefined) throw wrong(before.length === 0 ? 'It does not say where to listen' : 'It cannot be understood');
  const forward: Forward = { side: letter === 'R' ? 'remote' : 'local', listen, target };
  checkForward(forward, where);
  return forward;
}

/** A forward in ssh's words: `-L 127.0.0.1:8080:db:5432`. What {@link parseForward} reads comes out the same. */
export function forwardText({ side, listen, target }: Forward): string {
  const letter: ForwardLetter = side === 'remote' ? 'R' : target.kind === 'socks' ? 'D' : 'L';
  return `-${letter} ${[listen, ...(target.kind === 'socks' ? [] : [target])].map(quoted).join(':')}`;
}

const SOCKS = { kind: 'socks' } as const;

/** The target at the end, and what stands before it. */
function takeTarget(fields: readonly Field[]): [target: Forward['target'], before: readonly Field[]] {
  const last = fields.at(-1);
  if (fields.length > 1 && last !== undefined && isPath(last)) return [{ kind: 'unix', path: last.text }, fields.slice(0, -1)];
  // Two fields are an address and a port to listen on, one a port: where connections go is for them to say.
  if (fields.length < 3) return [SOCKS, fields];
  const [host, port] = fields.slice(-2);
  return [{ kind: 'tcp', host: host?.text ?? '', port: portOf(port) }, fields.slice(0, -2)];
}

function readListen(fields: readonly Field[]): Endpoint | undefined {
  const [first, second] = fields;
  if (first === undefined || fields.length > 2) return undefined;
  if (second !== undefined) return isPath(first) ? undefined : { kind: 'tcp', host: bindOf(first), port: portOf(second) };
  return isPath(first) ? { kind: 'unix', path: first.text } : { kind: 'tcp', host: 'localhost', port: portOf(first) };
}

function bindOf({ text }: Field): string {
  return text === '' ? '*' : text;
}

/** NaN for what is no port, which no check lets through. */
function portOf(field: Field | undefined): number {
  return field !== undefined && !field.bracketed && /^\d{1,5}$/.test(field.text) ? Number(field.text) : Number.NaN;
}

function isPath({ text, bracketed }: Field): boolean {
  return !bracketed && text.includes('/');
}

/** Splits at colons outside of brackets; undefined where brackets do not enclose a whole field. */
function splitFields(word: string): Field[] | undefined {
  const fields: Field[] = [];
  for (let at = 0; ; at++) {
    const [whole, inBrackets, plain] = /^(?:\[([^\]]*)\]|((?:\\.|[^\\:[])(?:\\.|[^\\:])*)?)(?=:|$)/s.exec(word.slice(at)) ?? [];
    if (whole === undefined) return undefined;
    fields.push(
      inBrackets === undefined ? { text: (plain ?? '').replace(/\\(.)/gs, '$1'), bracketed: false } : { text: inBrackets, bracketed: true },
    );
    at += whole.length;
    if (at >= word.length) return fields;
  }
}

function quoted(endpoint: Endpoint): string {
  // Without a slash it would be taken for a name.
  if (endpoint.kind === 'unix') return (endpoint.path.includes('/') ? endpoint.path : `./${endpoint.path}`).replace(/[\\:]|^\[/g, '\\$&');
  return `${/[:/]/.test(endpoint.host) ? `[${endpoint.host}]` : endpoint.host.replaceAll('\\', '\\\\')}:${endpoint.port}`;
}
