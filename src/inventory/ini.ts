// Ansible's ini inventories, bit for bit as ansible 2.14 reads them, except that every fault is an error. It merges nothing.
import { Faults, type Where } from '../base/errors.ts';
import { positionOf } from '../base/position.ts';
import { splitWords } from '../base/shlex.ts';
import type { Dict, Value } from '../base/value.ts';
import { InventoryError } from './errors.ts';
import type { Groups } from './groups.ts';
import { parseHostAddress, RangeFault } from './host-range.ts';
import { literalEval, NOT_A_LITERAL } from './literal-eval.ts';

type Kind = 'hosts' | 'vars' | 'children';

/** A group named before it was declared. */
interface Pending {
  readonly group: string;
  readonly where: Where;
  readonly inSection: string;
}

/**
 * Reads an ini inventory into groups.
 *
 * @throws InventoryError INVENTORY_SYNTAX, INVENTORY_RANGE, INVENTORY_GROUP with file:line:column, all of them at once.
 */
export function readIni(text: string, file: string, groups: Groups): void {
  const faults = new Faults();
  const reader = new IniReader(text, file, groups);
  for (const [i, line] of text.split('\n').entries()) faults.collect(() => reader.line(line, i + 1));
  faults.collect(() => reader.finish());
  faults.throwIfAny();
}

class IniReader {
  readonly #text: string;
  readonly #file: string;
  readonly #groups: Groups;
  readonly #declared: Set<string>;
  readonly #pending: Pending[] = [];
  #group = 'ungrouped';
  #kind: Kind = 'hosts';

  constructor(text: string, file: string, groups: Groups) {
    this.#text = text;
    this.#file = file;
    this.#groups = groups;
    this.#declared = new Set(groups.groupNames);
  }

  line(raw: string, number: number): void {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return;
    const section = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/.exec(line);
    if (section !== null) this.#section(section[1] ?? '', section[2], number, raw);
    else if (line.startsWith('[') && line.endsWith(']') && this.#kind !== 'hosts')
      throw this.#fault(number, raw, `\`${line}\` is no section`, 'Write [group], [group:vars] or [group:children], without blanks');
    else if (this.#kind === 'hosts') this.#host(line, number, raw);
    else if (this.#kind === 'vars') this.#variable(line, number, raw);
    else this.#child(line, number, raw);
  }

  /** @throws when a group was used that nobody declared. */
  finish(): void {
    const faults = new Faults();
    for (const { group, where, inSection } of this.#pending) {
      if (this.#declared.has(group)) continue;
      const message =
        inSection === group
          ? `Section [${group}:vars] not valid for undefined group: ${group}`
          : `Section [${inSection}:children] includes undefined group: ${group}`;
      faults.add(new InventoryError('INVENTORY_GROUP', message, { where, fix: `Declare it: [${group}]` }));
    }
    faults.throwIfAny();
  }

  #section(group: string, kind: string | undefined, number: number, raw: string): void {
    if (kind !== undefined && kind !== 'hosts' && kind !== 'vars' && kind !== 'children') {
      throw this.#fault(
        number,
        raw,
        `Section [${group}:${kind}] has unknown type: ${kind}`,
        'Known: [group], [group:children], [group:vars]',
      );
    }
    this.#group = group;
    this.#kind = kind ?? 'hosts';
    if (this.#kind === 'vars') this.#pending.push({ group, where: this.#where(number, raw), inSection: group });
    else this.#declared.add(group);
    this.#groups.addGroup(group);
  }

  #host(line: string, number: number, raw: string): void {
    const [address = '', ...assignments] = this.#words(line, number, raw);
    const vars = assignments.map((word): readonly [string, Value] => {
      const equals = word.indexOf('=');
      if (equals < 1)
        throw this.#fault(
          number,
          raw,
          `Expected key=value host variable assignment, got: ${word}`,
          'One host a line; values with blanks in quotes',
          word,
        );
      return [word.slice(0, equals), coerce(word.slice(equals + 1))];
    });
    const { names, port } = this.#address(address, number, raw);
    for (const name of names) {
      const hostVars: Dict = this.#groups.addHost(this.#group, name);
      if (port !== undefined) hostVars.set('ansible_port', port);
      for (const [key, value] of vars) hostVars.set(key, value);
    }
  }

  #words(line: string, number: number, raw: string): string[] {
    try {
      return splitWords(line, { comments: true });
    } catch (error) {
      throw this.#fault(number, raw, error instanceof Error ? error.message : String(error), 'Close the quote');
    }
  }

  #address(text: string, number: number, raw: string): ReturnType<typeof parseHostAddress> {
    try {
      return parseHostAddress(text);
    } catch (error) {
      if (!(error instanceof RangeFault)) throw error;
      throw new InventoryError('INVENTORY_RANGE', error.message, {
        where: this.#where(number, raw, text),
        fix: 'Write for instance web[01:10] or db[a:c]',
      });
    }
  }

  #variable(line: string, number: number, raw: string): void {
    const equals = line.indexOf('=');
    if (equals < 1) throw this.#fault(number, raw, `Expected key=value, got: ${line}`, 'In a :vars section each line is name=value');
    this.#groups.setGroupVar(this.#group, line.slice(0, equals).trim(), coerce(line.slice(equals + 1).trim()));
  }

  #child(line: string, number: number, raw: string): void {
    const child = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line)?.[1];
    if (child === undefined)
      throw this.#fault(number, raw, `Expected group name, got: ${line}`, 'In a :children section each line is the name of a group');
    this.#pending.push({ group: child, where: this.#where(number, raw, child), inSection: this.#group });
    this.#groups.addChild(this.#group, child, this.#where(number, raw, child));
  }

  #where(number: number, raw: string, at?: string): Where {
    const column = at === undefined ? raw.length - raw.trimStart().length : Math.max(0, raw.indexOf(at));
    return positionOf(this.#file, this.#text, number, column + 1);
  }

  #fault(number: number, raw: string, message: string, fix: string, at?: string): InventoryError {
    return new InventoryError('INVENTORY_SYNTAX', message, { where: this.#where(number, raw, at), fix });
  }
}

/** A Python literal where it is one, else the text, on host lines and in :vars sections alike. */
function coerce(text: string): Value {
  const value = literalEval(text);
  return value === NOT_A_LITERAL ? text : value;
}
