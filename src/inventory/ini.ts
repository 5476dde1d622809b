// Ansible's ini inventories, bit for bit as ansible 2.14 reads them, except that every fault is an error. It merges nothing.
import { Faults, type Where } from '../base/errors.ts';
import { splitWords } from '../base/shlex.ts';
import type { Value } from '../base/value.ts';
import { InventoryError } from './errors.ts';
import type { Groups } from './groups.ts';
import { parseHostAddress, RangeFault } from './host-range.ts';
import { literalEval, NOT_A_LITERAL } from './literal-eval.ts';

type Kind = 'hosts' | 'vars' | 'children';

/** A group that was used before it was declared. Its parents get it as a child only then: that is the order of children. */
interface Pending {
  readonly kind: 'vars' | 'children';
  readonly parents: string[];
  readonly where: Where;
}

// What ends a line for Python.
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python counts these among the ends of a line
const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;

/**
 * Reads an ini inventory into groups.
 *
 * @throws InventoryError INVENTORY_SYNTAX, INVENTORY_RANGE, INVENTORY_GROUP with file:line:column, all of them at once.
 */
export function readIni(text: string, file: string, groups: Groups): void {
  const faults = new Faults();
  const reader = new IniReader(file, groups);
  for (const [i, line] of text.split(LINE_END).entries()) faults.collect(() => reader.line(line, i + 1));
  faults.collect(() => reader.finish());
  faults.throwIfAny();
}

class IniReader {
  readonly #file: string;
  readonly #groups: Groups;
  readonly #pending = new Map<string, Pending>();
  #group = 'ungrouped';
  #kind: Kind = 'hosts';
  /** The line being read, for the places of faults. */
  #raw = '';
  #number = 0;

  constructor(file: string, groups: Groups) {
    this.#file = file;
    this.#groups = groups;
  }

  line(raw: string, number: number): void {
    this.#raw = raw;
    this.#number = number;
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return;
    const section = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/.exec(line);
    if (section !== null) this.#section(section[1] ?? '', section[2]);
    else if (line.startsWith('[') && line.endsWith(']'))
      throw this.#fault(`\`${line}\` is no section`, 'Write [group], [group:vars] or [group:children], without blanks');
    else if (this.#kind === 'hosts') this.#host(line);
    else if (this.#kind === 'vars') this.#variable(line);
    else this.#child(line);
  }

  /** @throws when a group was used that nobody declared. */
  finish(): void {
    const faults = new Faults();
    for (const [group, { kind, parents, where }] of this.#pending) {
      const message =
        kind === 'vars'
          ? `Section [${group}:vars] not valid for undefined group: ${group}`
          : `Section [${parents.at(-1)}:children] includes undefined group: ${group}`;
      faults.add(new InventoryError('INVENTORY_GROUP', message, { where, fix: `Declare it: [${group}]` }));
    }
    faults.throwIfAny();
  }

  #section(group: string, kind: string | undefined): void {
    // Whatever follows belongs to it, even where the section itself is refused.
    this.#group = group;
    this.#kind = 'hosts';
    if (kind !== undefined && kind !== 'hosts' && kind !== 'vars' && kind !== 'children')
      throw this.#fault(`Section [${group}:${kind}] has unknown type: ${kind}`, 'Known: [group], [group:children], [group:vars]');
    this.#kind = kind ?? 'hosts';
    if (this.#kind === 'vars') {
      if (!this.#groups.has(group) && !this.#pending.has(group))
        this.#pending.set(group, { kind: 'vars', parents: [], where: this.#where() });
      this.#groups.addGroup(group);
      return;
    }
    this.#groups.addGroup(group);
    this.#declare(group);
  }

  #declare(group: string): void {
    const pending = this.#pending.get(group);
    if (pending === undefined) return;
    this.#pending.delete(group);
    for (const parent of pending.parents) {
      this.#groups.addChild(parent, group, pending.where);
      if (this.#pending.get(parent)?.kind === 'children') this.#declare(parent);
    }
  }

  #host(line: string): void {
    const [address = '', ...assignments] = this.#words(line);
    const vars = assignments.map((word): readonly [string, Value] => {
      const equals = word.indexOf('=');
      if (equals < 1)
        throw this.#fault(
          `Expected key=value host variable assignment, got: ${word}`,
          'One host a line; values with blanks in quotes',
          word,
        );
      return [word.slice(0, equals), coerce(word.slice(equals + 1))];
    });
    const { names, port } = this.#address(address);
    for (const name of names) {
      this.#groups.addHost(this.#group, name, port);
      this.#groups.setHostVars(name, vars, () => this.#where());
    }
  }

  #words(line: string): string[] {
    // Most lines have nothing to unquote, and there may be many of them.
    if (!/['"\\#]/.test(line)) return line.split(/[ \t\r\n]+/);
    try {
      return splitWords(line, { comments: true });
    } catch (error) {
      throw this.#fault(error instanceof Error ? error.message : String(error), 'Close the quote');
    }
  }

  #address(text: string): ReturnType<typeof parseHostAddress> {
    try {
      const address = parseHostAddress(text);
      if (text.endsWith(':')) throw new RangeFault('A host does not end with a colon: that is where a port would be');
      if (address.names.includes('---')) throw new RangeFault('--- is no host: it is how a YAML file begins');
      return address;
    } catch (error) {
      if (!(error instanceof RangeFault)) throw error;
      throw new InventoryError('INVENTORY_RANGE', error.message, {
        where: this.#where(text),
        fix: 'Write for instance web[01:10] or db[a:c]',
      });
    }
  }

  #variable(line: string): void {
    const equals = line.indexOf('=');
    if (equals < 1) throw this.#fault(`Expected key=value, got: ${line}`, 'In a :vars section each line is name=value');
    const [name, value] = [line.slice(0, equals).trim(), coerce(line.slice(equals + 1).trim())];
    this.#groups.setGroupVar(this.#group, name, value, this.#where());
  }

  #child(line: string): void {
    const child = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line)?.[1];
    if (child === undefined)
      throw this.#fault(`Expected group name, got: ${line}`, 'In a :children section each line is the name of a group');
    if (this.#groups.has(child)) {
      this.#groups.addChild(this.#group, child, this.#where(child));
      return;
    }
    const pending = this.#pending.get(child);
    if (pending === undefined) this.#pending.set(child, { kind: 'children', parents: [this.#group], where: this.#where(child) });
    else pending.parents.push(this.#group);
  }

  #where(at?: string): Where {
    const column = at === undefined ? this.#raw.length - this.#raw.trimStart().length : Math.max(0, this.#raw.indexOf(at));
    return { file: this.#file, line: this.#number, column: column + 1, lineText: this.#raw };
  }

  #fault(message: string, fix: string, at?: string): InventoryError {
    return new InventoryError('INVENTORY_SYNTAX', message, { where: this.#where(at), fix });
  }
}

/** A Python literal where it is one, else the text, on host lines and in :vars sections alike. */
function coerce(text: string): Value {
  const value = literalEval(text);
  return value === NOT_A_LITERAL ? text : value;
}
