// Modules in JavaScript: what they are given, and that a fault in them is the failure of a task.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Float, toJson, type Value } from '#src/base/value';
import { defineModule, type ModuleDefinition, moduleOf } from '#src/modules/library/define-module';
import { readParams } from '#src/modules/parameters/params';
import type { Answer, ModuleResult, ParamSpecs, Step } from '#src/modules/seam';

const CONTEXT = { checkMode: false, diff: false, token: 't' };
const ANSWER: Answer = {
  code: 0,
  stdout: Buffer.from('sshoal:t\0result:n=3\0changed=true\0end=\0'),
  stderr: new Uint8Array(),
  startedAtMs: 0,
  endedAtMs: 0,
};

function compile(definition: ModuleDefinition, args: readonly (readonly [string, Value])[] = []): Step {
  const module = moduleOf('mine', definition, definition.params as ParamSpecs);
  return module.compile(readParams(module, new Map(args)).params, CONTEXT);
}

function resultOf(step: Step): ModuleResult {
  assert.ok(step.kind === 'finished');
  return step.result;
}

describe('a module in JavaScript', () => {
  it('has its parameters as plain values, typed by their descriptions', () => {
    const definition = defineModule({
      summary: 'Shows what it was given',
      params: {
        state: { type: 'str', choices: ['on', 'off'], default: 'on', description: '' },
        count: { type: 'int', required: true, description: '' },
        ratio: { type: 'float', description: '' },
        names: { type: 'list', elements: 'str', description: '' },
        map: { type: 'dict', description: '' },
      },
      compile: (params, _context, { done }) => {
        // This does not compile unless the types follow from the descriptions.
        const typed: { state: 'on' | 'off'; count: number; ratio: number | undefined; names: readonly string[] | undefined } = params;
        return done(true, { ...typed, map: params.map });
      },
    });

    const step = compile(definition as unknown as ModuleDefinition, [
      ['count', '3'],
      ['ratio', new Float(0.5)],
      ['names', 'a,b'],
      ['map', new Map([['k', [1n]]])],
    ]);

    const { changed, values } = resultOf(step);
    assert.equal(changed, true);
    assert.deepEqual(
      { ...(toJson(values) as object), map: { k: [1] } },
      { state: 'on', count: 3, ratio: 0.5, names: ['a', 'b'], map: { k: [1] } },
    );
  });

  it('goes on after a script with what the script registered', () => {
    const step = compile({
      summary: '',
      params: {},
      returns: { n: { type: 'int', description: '' } },
      compile: (_params, _context, { sh, done }) =>
        sh('result n 3', ({ changed, values }) => done(changed, { twice: Number(values.n) * 2 })),
    });

    assert.ok(step.kind === 'script');
    const { changed, values } = resultOf(step.read(ANSWER));
    assert.deepEqual([changed, toJson(values)], [true, Object.assign(Object.create(null), { twice: 6 })]);
  });

  it('fails its task when its code throws, at once or after a script, and when it gives no step', () => {
    const broken = (): never => {
      throw new Error('not today');
    };
    const module = (compileIt: ModuleDefinition['compile']): ModuleDefinition => ({ summary: '', params: {}, compile: compileIt });

    const atOnce = resultOf(compile(module(broken)));
    const step = compile(module((_params, _context, { sh }) => sh('true', broken)));
    assert.ok(step.kind === 'script');
    const later = resultOf(step.read(ANSWER));
    const nothing = resultOf(compile(module(() => undefined as never)));
    const promise = resultOf(compile(module(() => Promise.resolve() as never)));

    assert.deepEqual([atOnce.failed, atOnce.msg], [true, 'The module mine has a fault: not today']);
    assert.deepEqual([later.failed, later.msg], [true, 'The module mine has a fault: not today']);
    assert.deepEqual([nothing.msg, promise.msg], ['The module mine gave no step', 'The module mine gave no step']);
  });

  it('fails with its own words, and quotes for the shell', () => {
    const { failed, msg, values } = resultOf(
      compile({ summary: '', params: {}, compile: (_params, _context, { fail, quote }) => fail('It is so', { quoted: quote("it's") }) }),
    );

    assert.deepEqual([failed, msg, values.get('quoted')], [true, 'It is so', `'it'\\''s'`]);
  });
});
