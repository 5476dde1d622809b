// A directory for each case, one for Ansible and one for this floor, and what must be alike in them afterwards. It runs nothing.
import assert from 'node:assert/strict';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Difference, ModuleResult } from '#src/modules/seam';
import type { Case } from './ansible-cases.js';
import { plain } from './run-steps.js';

/** What differs between two runs of the same task, and what only Ansible's own machinery adds. */
const UNEQUAL = new Set([
  'start',
  'end',
  'delta',
  'src',
  'diff',
  'invocation',
  'warnings',
  'deprecations',
  'failed',
  'changed',
  'msg',
  'skipped',
]);
/** What this floor leaves out: chattr's flags; the second name of copy's destination; the state in a failure's result. */
const LEFT_OUT = new Set(['version', 'attributes', 'attr_flags', 'path', 'exception', 'backup', 'details', 'content', 'validate_cmd']);
const MOVING = ['atime', 'mtime', 'ctime', 'inode', 'blocks'];

export class CaseDirectories {
  readonly root = mkdtempSync(path.join(os.tmpdir(), 'sshoal-ansible-'));

  theirs(index: number): string {
    return path.join(this.root, 'a', String(index));
  }

  ours(index: number): string {
    return path.join(this.root, 's', String(index));
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }

  /** Results, what differs, the second run and every file, as far as they can be alike. */
  assertAlike(
    one: Case,
    index: number,
    { result, second }: { readonly result: ModuleResult; readonly second: ModuleResult | undefined },
    theirs: { readonly result: Readonly<Record<string, unknown>>; readonly secondChanged?: unknown },
  ): void {
    const expected = theirs.result;
    const said = JSON.stringify({ expected, result: plain(result), msg: result.msg });
    assert.equal(result.failed, expected.failed === true, said);
    assert.equal(result.changed && !result.failed, expected.changed === true && expected.failed !== true, said);
    if (one.sameMsg === true) assert.equal(this.#local(result.msg ?? '', index), this.#local(expected.msg ?? '', index));
    if (second !== undefined) assert.equal(second.changed && !second.failed, theirs.secondChanged === true, 'the second run');
    if (one.twice === true && one.sameDiff !== false && result.changed && !result.failed) {
      assert.deepEqual(this.#shown(result.diff ?? [], index), this.#shown(theirDiff(expected.diff), index));
    }
    assert.deepEqual(this.#local(tree(this.ours(index)), index), this.#local(tree(this.theirs(index)), index));
    if (result.failed && one.module !== 'command' && one.module !== 'shell') return;
    const [actual, wanted] = this.#comparable(result, expected, index);
    assert.deepEqual(actual, wanted);
  }

  // Both results without what cannot be equal; a key of Ansible's that ours lacks stays, and fails the test.
  #comparable(result: ModuleResult, expected: Record<string, unknown>, index: number): [unknown, unknown] {
    const clean = (values: Record<string, unknown>, other: Record<string, unknown>): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries(values)
          .filter(([name]) => !UNEQUAL.has(name) && !(LEFT_OUT.has(name) && !(name in other)))
          .map(([name, value]) => [
            name,
            name === 'stat' ? comparableStat(value) : name === 'files' ? comparableFiles(value) : this.#local(value, index),
          ]),
      );
    const own = plain(result);
    const wanted = clean(expected, own);
    // What we say beside is welcome.
    const actual = Object.fromEntries(Object.entries(clean(own, expected)).filter(([name]) => name in wanted));
    return [actual, wanted];
  }

  /** The differences of contents; those of attributes are shown otherwise, and left to other tests. */
  #shown(diff: readonly Difference[], index: number): unknown {
    return this.#local(
      diff.filter(({ beforeHeader }) => !beforeHeader.endsWith('(file attributes)')),
      index,
    );
  }

  #local(value: unknown, index: number): unknown {
    return JSON.parse(JSON.stringify(value).replaceAll(this.theirs(index), '@').replaceAll(this.ours(index), '@'));
  }
}

function comparableFiles(value: unknown): unknown {
  const files = (value as { path: string }[]).map(comparableStat).map((one, index) => ({ ...one, path: theirName(value, index) }));
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function theirName(files: unknown, index: number): string {
  return (files as { path: string }[])[index]?.path.replace(/^.*?\/[as]\/\d+/, '@') ?? '';
}

/** Ansible's difference: one, or a list with empty ones; states as it prints them, without what a directory held. */
function theirDiff(diff: unknown): Difference[] {
  return [diff].flat().flatMap((one) => {
    const { before = '', after = '', before_header: header = '' } = (one ?? {}) as Record<string, unknown>;
    const [was, is] = [printed(before), printed(after)];
    return was === is ? [] : [{ before: was, after: is, beforeHeader: String(header), afterHeader: String(header) }];
  });
}

function printed(side: unknown): string {
  if (typeof side === 'string') return side;
  const { path_content: _left, ...state } = side as Record<string, unknown>;
  return `${JSON.stringify(state, Object.keys(state).sort(), 4)}\n`;
}

function comparableStat(value: unknown): Record<string, unknown> {
  const entries = Object.entries(value as Record<string, unknown>);
  return Object.fromEntries(
    entries
      .filter(([name]) => !LEFT_OUT.has(name) || name === 'checksum')
      .map(([name, item]) => [
        name,
        MOVING.includes(name) ? typeof item : typeof item === 'string' ? item.replace(/\/[as]\/\d+/, '/@') : item,
      ]),
  );
}

export function placed(args: Readonly<Record<string, unknown>>, directory: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [name, JSON.parse(JSON.stringify(value).replaceAll('@', directory)) as unknown]),
  );
}

export function lay(directory: string, { before: entries = {} }: Case): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, written] of Object.entries(entries)) {
    const file = path.join(directory, name);
    const [, mode, text = ''] = /^(?:(\d{4})\|)?([\s\S]*)$/.exec(written) ?? [];
    if (name.endsWith('/')) mkdirSync(file);
    else if (text.startsWith('-> ')) symlinkSync(text.slice(3), file);
    else if (text.startsWith('= ')) linkSync(path.join(directory, text.slice(2)), file);
    else writeFileSync(file, text);
    if (mode !== undefined) chmodSync(file, Number.parseInt(mode, 8));
  }
}

/** Everything below a directory: kind, mode, owner, content or target. */
export function tree(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const file = path.join(directory, name);
      const found = lstatSync(file);
      const mode = `${(found.mode & 0o7777).toString(8)} ${found.uid}:${found.gid}`;
      if (found.isSymbolicLink()) return [name, `-> ${readlinkSync(file)}`];
      return [name, found.isDirectory() ? `${mode} directory` : `${mode} ${found.nlink} ${readFileSync(file, 'utf8')}`];
    }),
  );
}
