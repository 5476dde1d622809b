// What shellcheck says about scripts as they are sent.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { MODULES } from '#src/modules/registry';
import type { Step } from '#src/modules/seam';
import { findProgram, needs } from '../support/real.js';
import { SAMPLES } from './module-samples.js';
import { compileModule } from './run-steps.js';

describe('every script', needs('shellcheck'), () => {
  it('has a sample for each module', () => {
    assert.deepEqual(Object.keys(SAMPLES).sort(), MODULES.map((module) => module.name).sort());
  });

  for (const [name, samples] of Object.entries(SAMPLES)) {
    it(`of ${name} leaves shellcheck nothing to say`, () => {
      const scripts = samples.flatMap((args) => [false, true].map((checkMode) => compileModule(name, args, { checkMode, diff: true })));

      // Functions that a script does not use, variables that a function sets for another: parts are written once for all modules.
      const said = scripts.flatMap((step) => (step.kind === 'script' ? [check(step)] : []));

      assert.deepEqual(
        said.filter((text) => text !== ''),
        [],
      );
    });
  }
});

function check(step: Step & { kind: 'script' }): string {
  // 2209: a person's word that is a program's name; 2012: `ls` for its numbers only; 2016: a `$` in quotes is the host's to see as it is; 2030 2031: as_written sets LC_ALL in a subshell on purpose; 2034: unused
  // variables; 2088: a ~ a person quoted; 2317: functions called by name only.
  const run = spawnSync(findProgram('shellcheck') ?? '', ['-s', 'sh', '-e', '2012,2016,2209,2030,2031,2034,2088,2317', '-'], {
    input: step.script,
    encoding: 'utf8',
    timeout: 30_000,
  });
  return run.stdout;
}
