// Whatever a parameter holds, it stays one word of the script: nothing in it is run, and nothing in it breaks the script.
//
// Every module of the registry takes part with its samples, so that a new one does by itself.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { InputError } from '#src/base/errors';
import { fromJson } from '#src/base/value';
import { readParams } from '#src/modules/parameters/params';
import { findModule, MODULES } from '#src/modules/registry';
import { encodeText } from '#src/modules/script/text';
import { joinScripts } from '#src/modules/script/together';
import type { Module, ScriptStep, Step } from '#src/modules/seam';
import { findProgram, needs } from '../support/real.js';
import { SAMPLES } from './module-samples.js';
import { SHELLS } from './run-steps.js';

/** What is code by its nature, and what names a program with its options: the shell is meant to see it. */
const CODE: Readonly<Record<string, readonly string[]>> = {
  shell: ['cmd', 'executable'],
  raw: ['cmd', 'executable'],
  script: ['cmd', 'executable'],
};
const TEXTS = new Set(['str', 'path', 'raw', 'list', 'dict']);

/** Pieces that end a word, a line or a quotation, begin a substitution, an option, or are no UTF-8; those with `canary` would make that file. */
const PIECES = [
  ...[
    "'",
    '"',
    '\\',
    '\n',
    ' ',
    '-',
    '--',
    '$',
    '`',
    '*',
    '[',
    ']',
    '(',
    ')',
    '{',
    '}',
    '!',
    '#',
    '~',
    '&',
    '|',
    ';',
    '<',
    '%',
    '%s',
    '=',
    '\t',
    '\r',
  ],
  ...[
    '$(: >canary)',
    '`: >canary`',
    "'; : >canary; '",
    '"; : >canary; "',
    '\n: >canary\n',
    '$((1))',
    '${IFS}',
    '\\$(: >canary)',
    "'\\''",
    '\\\n',
  ],
  ...['a', 'é', '💀', '\udcff', '\udc80', '\x01', '\x7f', 'EOF', 'end=', 'sshoal'],
];
const hostile = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));

/** Every sample with one parameter after the other made hostile, as far as the module takes it so. */
function steps(text: string, checkMode: boolean): ScriptStep[] {
  return MODULES.flatMap((module) =>
    (SAMPLES[module.name] ?? []).flatMap((sample) =>
      Object.entries(module.params)
        .filter(([name, spec]) => TEXTS.has(spec.type) && !(CODE[module.name]?.includes(name) ?? false))
        .flatMap(([name, { type }]) =>
          compiled(module, { ...sample, [name]: type === 'list' ? [text] : type === 'dict' ? { [text]: text } : text }, checkMode),
        ),
    ),
  );
}

function compiled(module: Module, args: Readonly<Record<string, unknown>>, checkMode: boolean): ScriptStep[] {
  const isSource = (value: unknown): boolean => typeof value === 'object' && value !== null && ('sha1' in value || 'entries' in value);
  const raw = new Map(Object.entries(args).map(([key, value]) => [key, isSource(value) ? (value as never) : fromJson(value)]));
  const { params, faults } = readParams(module, raw);
  if (faults.length > 0) return [];
  try {
    let step: Step = module.compile(params, { checkMode, diff: true, token: 'quoting' });
    if (step.kind === 'upload') step = step.next();
    return step.kind === 'script' ? [step] : [];
  } catch (error) {
    // Where words are read as a shell reads them, a quotation that is never closed is refused.
    if (error instanceof InputError) return [];
    throw error;
  }
}

for (const shell of SHELLS) {
  describe(`parameters under ${shell}`, needs(shell.split(' ')[0] ?? ''), () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'sshoal-quoting-'));
    after(() => rmSync(directory, { recursive: true }));
    const [name = '', ...words] = shell.split(' ');
    const program = findProgram(name) ?? '';
    const run = (script: string, ...more: string[]) =>
      // Without a program to call, and told to change nothing, a script has only what stands in it.
      spawnSync(program, [...words, ...more], {
        cwd: directory,
        env: { PATH: '/none', HOME: '/none' },
        input: encodeText(script),
        maxBuffer: 256e6,
        timeout: 20_000,
      });

    it('stay words, whatever they hold', () => {
      fc.assert(
        fc.property(hostile, (text) => {
          const scripts = steps(text, true);
          const ran = run(
            joinScripts(
              scripts.map((step) => ({ step, surroundings: '' })),
              'quoting',
            ),
          );

          assert.ok(scripts.length > MODULES.length, 'most modules take any text');
          assert.doesNotMatch(ran.stderr.toString('latin1'), /syntax error|unterminated|unexpected (?!operator)|bad substitution/i);
          assert.equal(ran.stdout.toString('latin1').split('sshoal-end:quoting:').length - 1, scripts.length);
          assert.deepEqual(readdirSync(directory), []);
        }),
        { numRuns: 4, endOnFailure: true, includeErrorInReport: true },
      );
    });

    it('leave scripts that can be read to their end', () => {
      fc.assert(
        fc.property(hostile, (text) => {
          const scripts = steps(text, false);

          const read = run(
            joinScripts(
              scripts.map((step) => ({ step, surroundings: '' })),
              'quoting',
            ),
            '-n',
          );

          assert.deepEqual([read.status, read.stderr.toString('latin1').replace(/^.*warning:.*\n/gm, '')], [0, '']);
        }),
        { numRuns: 3, endOnFailure: true, includeErrorInReport: true },
      );
    });
  });
}

describe('modules with text in their parameters', () => {
  it('all take part', () => {
    const silent = Object.keys(SAMPLES).filter((name) => findModule(name) === undefined);

    assert.deepEqual(silent, []);
  });
});
