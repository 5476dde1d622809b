// What becomes of arguments as people write them, and what they are told when they are wrong.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dict, Float, fromJson, type Value } from '#src/base/value';
import { readParams } from '#src/modules/parameters/params';
import { findModule } from '#src/modules/registry';
import type { Module, SourceFile } from '#src/modules/seam';

const sample: Module = {
  name: 'sample',
  summary: '',
  freeForm: 'text',
  params: {
    path: { type: 'path', required: true, aliases: ['dest'], description: 'where' },
    text: { type: 'str', description: '' },
    count: { type: 'int', default: 3, description: '' },
    ratio: { type: 'float', description: '' },
    on: { type: 'bool', description: '' },
    names: { type: 'list', elements: 'str', description: '' },
    sizes: { type: 'list', elements: 'int', description: '' },
    extra: { type: 'dict', description: '' },
    mode: { type: 'mode', description: '' },
    kind: { type: 'str', choices: ['fast', 'slow'], description: '' },
    src: { type: 'source', description: '' },
    level: { type: 'str', choices: ['all', 'no', 'yes'], description: '' },
    flags: { type: 'str', unsupported: 'Use chattr', description: '' },
  },
  checkMode: 'inspects',
  check: (params, templated) => (params.text !== undefined || templated.has('text') ? [] : ['`text` is needed']),
  compile: () => ({ kind: 'finished', result: { changed: false, failed: false, values: dict() } }),
};

const read = (args: Record<string, unknown>, isTemplated?: (value: Value) => boolean) =>
  readParams(sample, fromJson({ path: '/p', text: 't', ...args }) as Map<string, Value>, isTemplated === undefined ? {} : { isTemplated });
const value = (name: string, written: unknown) => {
  const { params, faults } = read({ [name]: written });
  assert.deepEqual(faults, []);
  return params[name];
};
const fault = (name: string, written: unknown) => {
  const { faults } = read({ [name]: written });
  assert.equal(faults.length, 1);
  return `${faults[0]?.message} | ${faults[0]?.fix}`;
};

describe('readParams', () => {
  it('reads booleans as Ansible does', () => {
    for (const word of ['yes', 'On', 'TRUE', 'y', 't', '1', 1, 1.0, true, ' true ']) assert.equal(value('on', word), true, String(word));
    for (const word of ['no', 'Off', 'false', 'n', 'f', '0', 0, false]) assert.equal(value('on', word), false, String(word));
    assert.match(fault('on', 'maybe'), /`on` must be true or false, and is `maybe`/);
    assert.match(fault('on', []), /must be true or false, and is a list/);
  });

  it('reads numbers, texts and lists from each other', () => {
    assert.equal(value('count', ' 42 '), 42);
    assert.deepEqual(value('ratio', '1.5'), new Float(1.5));
    assert.equal(value('text', true), 'True');
    assert.equal(value('text', 1.5), '1.5');
    assert.deepEqual(value('names', 'a,b'), ['a', 'b']);
    assert.deepEqual(value('names', ['a', 1]), ['a', '1']);
    assert.deepEqual(value('names', 7), ['7']);
    assert.deepEqual(value('sizes', '1,2'), [1, 2]);
    assert.deepEqual(value('extra', 'a=1, b=2'), dict({ a: '1', b: '2' }));
    assert.match(fault('count', '4x'), /must be a whole number/);
    assert.match(fault('sizes', ['1', 'x']), /has an item 2 that must be a whole number/);
    assert.match(fault('text', ['a']), /must be text, and is a list/);
  });

  it('reads modes as octal text and as the number YAML has made of it', () => {
    assert.equal(value('mode', 0o644), '0644');
    assert.equal(value('mode', '1777'), '1777');
    assert.equal(value('mode', 'u=rwX,g+s,o='), 'u=rwX,g+s,o=');
    assert.match(fault('mode', '0888'), /is no file mode: `0888` \| Write it in quotes/);
    assert.match(fault('mode', 'u=q'), /is no file mode/);
    assert.match(fault('mode', 99999), /is no file mode/);
  });

  it('takes aliases, the free-form text, defaults, and null for nothing', () => {
    const { params, faults } = readParams(
      sample,
      new Map<string, Value>([
        ['dest', '~/x'],
        ['_raw_params', 'free'],
        ['kind', null],
      ]),
    );

    assert.deepEqual(faults, []);
    assert.deepEqual([params.path, params.text, params.count, 'kind' in params], ['~/x', 'free', 3, false]);
  });

  it('says every fault at once, each with what to do', () => {
    const { faults } = readParams(sample, fromJson({ txt: 'a', kind: 'fats', count: 'x', flags: 'i' }) as Map<string, Value>);

    assert.deepEqual(
      faults.map((one) => [one.param, one.message, one.fix]),
      [
        ['txt', '`sample` has no parameter `txt`', 'Did you mean `text`?'],
        [undefined, '`sample` needs `path`', 'Give path: where'],
        ['count', '`count` must be a whole number, and is `x`', undefined],
        ['kind', '`kind` cannot be `fats`', 'Did you mean `fast`?'],
        ['flags', '`flags` is not supported by sshoal', 'Use chattr'],
      ],
    );
  });

  it('notices one parameter under two names, and runs the check of the module last', () => {
    assert.match(fault('dest', '/q'), /`dest` and `path` are the same parameter/);
    assert.deepEqual(readParams(sample, new Map([['path', '/p']])).faults, [{ param: undefined, message: '`text` is needed' }]);
  });

  it('leaves templates alone, but not the names of parameters', () => {
    const { params, faults } = read(
      { count: '{{ n }}', text: '{{ t }}', nope: '{{ x }}' },
      (one) => typeof one === 'string' && one.includes('{{'),
    );

    assert.deepEqual(['count' in params, 'text' in params], [false, false]);
    assert.deepEqual(
      faults.map((one) => one.param),
      ['nope'],
    );
  });

  it('takes a file of the controller only where one belongs', () => {
    const file: SourceFile = { path: '/f', sizeBytes: 0, sha1: '', mode: 0o644 };

    assert.equal(
      readParams(
        sample,
        new Map<string, Value | SourceFile>([
          ['path', '/p'],
          ['text', ''],
          ['src', file],
        ]),
      ).params.src,
      file,
    );
    assert.equal(
      readParams(
        sample,
        new Map<string, Value | SourceFile>([
          ['path', file],
          ['text', ''],
        ]),
      ).faults.length,
      1,
    );
  });
});

describe('the checks of the modules', () => {
  const cases: readonly (readonly [string, Record<string, unknown>, RegExp | undefined])[] = [
    ['copy', { dest: '/x' }, /needs `src` or `content`/],
    ['copy', { dest: '/x', src: 'a', content: 'b' }, /exclude each other/],
    ['copy', { dest: '/x/', content: 'b' }, /needs a file name/],
    ['copy', { dest: '/x', content: 'b', validate: 'visudo -cf' }, /must contain %s/],
    ['copy', { dest: '/x', content: 'b', setype: 'etc_t' }, /not supported/],
    ['copy', { dest: '/x', content: 'b', unsafe_writes: false }, undefined],
    ['command', {}, /no command given/],
    ['command', { cmd: 'a', argv: ['b'] }, /not both/],
    ['file', { path: '/', state: 'absent' }, /root directory/],
    ['file', { path: '/x', state: 'file', src: 'y' }, /'link' or 'hard'/],
    ['file', { path: '/x', modification_time: 'yesterday' }, /modification_time/],
    ['lineinfile', { path: '/x' }, /`line` is needed/],
    ['lineinfile', { path: '/x', line: 'a', regexp: '(a' }, /cannot be used/],
    ['lineinfile', { path: '/x', line: 'a', regexp: 'a', search_string: 'b' }, /exclude each other/],
    ['service', { name: 'x' }, /`state` or `enabled`/],
    ['systemd', { state: 'started' }, /`name` is needed/],
    ['systemd', { daemon_reload: true }, undefined],
  ];
  for (const [name, args, message] of cases) {
    it(`of ${name} ${message === undefined ? 'accept' : 'refuse'} ${JSON.stringify(args)}`, () => {
      const module = findModule(name);
      assert.ok(module);

      const { faults } = readParams(module, fromJson(args) as Map<string, Value>);

      if (message === undefined) assert.deepEqual(faults, []);
      else assert.match(faults.map((one) => one.message).join(), message);
    });
  }
});

describe('a choice that YAML has read as a truth value', () => {
  it('is the one word of its kind, and a fault where there is none', () => {
    assert.deepEqual([value('level', true), value('level', false)], ['yes', 'no']);
    assert.match(read({ kind: true }).faults[0]?.message ?? '', /cannot be `True`/);
  });
});
