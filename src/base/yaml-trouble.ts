// What a YAML library finds wrong, said for people: what they wrote, and what to write instead. It reads no YAML.

/** A fault in words, to be shown at its place. */
export interface YamlTrouble {
  readonly message: string;
  readonly fix: string;
}

interface Found {
  readonly message: string;
  readonly line: string;
  readonly nextLine: string;
}

type Reading = (found: Found) => YamlTrouble | undefined;

/** Tried in this order; the first that knows what was meant answers. */
const READINGS: readonly Reading[] = [
  ({ line }) =>
    /^(?:<{7}|={7}|>{7})(?:\s|$)/.test(line)
      ? { message: 'This file holds a merge conflict', fix: 'Keep one of its sides, and remove the lines <<<<<<<, ======= and >>>>>>>' }
      : undefined,
  ({ line }) =>
    /:\s*\{\{|^\s*-\s*\{\{/.test(line)
      ? {
          message: 'A value begins with {{, which YAML takes for a map',
          fix: 'A value that starts with {{ must be quoted as a whole: "{{ name }}/rest"',
        }
      : undefined,
  ({ line }) => (/^ *\t/.test(line) ? { message: 'This line is indented with a tab', fix: 'Indent with blanks, not tabs' } : undefined),
  ({ message }) =>
    message.startsWith('Plain value cannot')
      ? { message: message.replace('Plain value', 'A value without quotes'), fix: 'Put the value in quotes' }
      : undefined,
  ({ message }) =>
    message.startsWith('Invalid escape')
      ? { message, fix: String.raw`In "..." a backslash begins an escape: write \\ for it, or use '...'` }
      : undefined,
  ({ message, line }) =>
    / at node end/.test(message) && /(?::|-)\s+["']/.test(line)
      ? {
          message: 'Something stands after the closing quote',
          fix: `Quote the value as a whole, with the other kind of quotes: '"a" == "b"', or write it below >-`,
        }
      : undefined,
  ({ message, line, nextLine }) =>
    /^Nested mappings|^Implicit keys/.test(message) && indentOf(nextLine) > keyColumn(line) && /^\s*(?:[\w.]+:|- )/.test(nextLine)
      ? {
          message: 'The line below is indented more deeply than this key, which has a value already',
          fix: 'Begin the keys of a map in the same column',
        }
      : undefined,
  ({ message }) =>
    message.startsWith('Nested mappings')
      ? { message: 'A value holds a colon and a blank, which would begin a map', fix: 'Put the value in quotes' }
      : undefined,
  ({ message }) =>
    /^All mapping|^Sequence item/.test(message)
      ? {
          message: 'This line begins in no column of the lists and maps above it',
          fix: 'Begin the keys of a map, and the dashes of a list, in the same column',
        }
      : undefined,
  ({ message }) => (message.startsWith('Missing ,') ? { message, fix: 'Put a comma between the items of [...] and {...}' } : undefined),
  ({ message, line }) =>
    /^Unexpected block-seq-ind|^A block sequence/.test(message) || (/^Implicit/.test(message) && /^\s*-\s/.test(line))
      ? {
          message: 'A list begins where a key or the rest of a value is expected',
          fix: 'Put the list on lines of its own below a key that has no other value, its dashes in one column',
        }
      : undefined,
  ({ message }) =>
    message.startsWith('Implicit')
      ? {
          message: 'A key and its colon are expected here',
          fix: 'Write key: value; a text of several lines stands below | or >-, indented more than its key, or in quotes',
        }
      : undefined,
];

/** Says what the library found; the line is that of the fault, the next the one below it. */
export function yamlTrouble(found: Found): YamlTrouble {
  for (const reading of READINGS) {
    const trouble = reading(found);
    if (trouble !== undefined) return trouble;
  }
  return {
    message: found.message,
    fix: 'Check the indentation, the quotes and the colons of this line and the one before',
  };
}

/** For a value that begins and never ends. */
export function unclosedTrouble(opened: string): YamlTrouble {
  return opened === '"' || opened === "'"
    ? { message: 'The text that begins here is never ended', fix: `Close it with ${opened}` }
    : { message: `This ${opened} is never closed`, fix: `Close it with ${opened === '[' ? ']' : '}'}` };
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Where the key of a line begins, after its dashes. */
function keyColumn(line: string): number {
  return /^\s*(?:-\s+)*/.exec(line)?.[0].length ?? 0;
}
