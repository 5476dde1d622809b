// A small playbook of our own, written down once and played by both. It plays nothing itself.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Dict, fromJson } from '#src/base/value';
import type { PlayOptions } from '#src/playbook/playbook';
import { HOSTS, type Tree } from '../play-both.ts';

/** Flags of the command line that both know. */
export interface Flags {
  readonly tags?: string;
  readonly skipTags?: string;
  readonly limit?: string;
  readonly extraVars?: Readonly<Record<string, unknown>>;
  readonly check?: boolean;
  readonly forceHandlers?: boolean;
  readonly startAtTask?: string;
}

export interface Case {
  /** Files by name; what stands for `site.yml` may be tasks alone. */
  readonly files: Tree;
  /** Lines of an ini inventory. Default: a, and b with a port, in web, c in db. */
  readonly hosts?: string;
  readonly flags?: Flags;
  /** Whether neither plays anything, because of a fault. Default false. */
  readonly refused?: boolean;
  /** Why sshoal does otherwise, and means to. */
  readonly differs?: string;
  /** Why only values that are typed as ansible 2.14 types them (`--no-jinja2-native`) come to the same. */
  readonly native?: string;
}

/** Cases by what they show. Mere text is tasks, played by a, or a whole playbook where it begins with a play. */
export type Cases = Readonly<Record<string, string | Case>>;

const HEAD = '- hosts: a\n  gather_facts: false\n  tasks:\n';

export function caseOf(one: string | Case): Case {
  const { files, ...rest } = typeof one === 'string' ? { files: { 'site.yml': one } } : one;
  return { ...rest, files: { ...files, 'site.yml': whole(files['site.yml'] ?? '') } };
}

function whole(text: string): string {
  const lines = text.replace(/^\n/, '');
  return /^- (name: [^\n]*\n {2})?(hosts|import_playbook|ansible\.builtin\.import_playbook):/.test(lines)
    ? lines
    : HEAD + lines.replaceAll(/^(?=.)/gm, '    ');
}

/** Writes the files, and for ansible the inventory. `DIR` in files is the directory they are in. */
export async function writeCase({ files, hosts }: Case, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const inventory = `${hosts ?? HOSTS}\n[all:vars]\nansible_connection=local\nansible_python_interpreter=/usr/bin/python3\n`;
  for (const [name, text] of Object.entries({ ...files, 'hosts.ini': inventory })) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text.replaceAll('DIR', directory));
  }
}

export function argsOf({ tags, skipTags, limit, extraVars, check, forceHandlers, startAtTask }: Flags = {}): string[] {
  const valued = { '--tags': tags, '--skip-tags': skipTags, '--limit': limit, '--start-at-task': startAtTask };
  return [
    ...Object.entries(valued).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value])),
    ...(extraVars === undefined ? [] : ['-e', JSON.stringify(extraVars)]),
    ...(check === true ? ['--check'] : []),
    ...(forceHandlers === true ? ['--force-handlers'] : []),
  ];
}

export function optionsOf({ tags, skipTags, limit, extraVars, check, forceHandlers, startAtTask }: Flags = {}): Partial<PlayOptions> {
  return {
    tags: tags?.split(','),
    skipTags: skipTags?.split(','),
    limit,
    extraVars: extraVars === undefined ? undefined : (fromJson(extraVars) as Dict),
    checkMode: check,
    forceHandlers,
    startAtTask,
  };
}
