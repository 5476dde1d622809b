// JSON as Python reads it: whole numbers of any size, floats that stay floats. It does not know whose text it is.
import { Float, fromJson, type Value } from './value.ts';

/**
 * The value of a JSON text: `1` is an int, `1.0` a {@link Float}, a whole number beyond 2^53 a bigint.
 *
 * @throws SyntaxError when it is no JSON.
 */
export function parseJson(text: string): Value {
  // Numbers that JSON.parse would lose something of travel as objects that no JSON text can hold.
  const marked = text.replace(/"(?:\\.|[^"\\])*"|-?\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)|-?\d{16,}/g, (token) =>
    token.startsWith('"') ? token : `{"\\u0000":"${token}"}`,
  );
  return revive(JSON.parse(marked));
}

function revive(parsed: unknown): Value {
  if (Array.isArray(parsed)) return parsed.map(revive);
  if (typeof parsed !== 'object' || parsed === null) return fromJson(parsed);
  const entries = Object.entries(parsed);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === '\0' && typeof only[1] === 'string') {
    return /^-?\d+$/.test(only[1]) ? whole(only[1]) : new Float(Number(only[1]));
  }
  return new Map(entries.map(([key, item]) => [key, revive(item)]));
}

function whole(digits: string): number | bigint {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}
