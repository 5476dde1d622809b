// Hops of ProxyJump, as people write them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseJump } from '#src/ssh/config/jump';

describe('a hop of ProxyJump', () => {
  const table: readonly [text: string, user: string | undefined, host: string, port: number | undefined][] = [
    ['bastion', undefined, 'bastion', undefined],
    ['bastion:2222', undefined, 'bastion', 2222],
    ['me@bastion', 'me', 'bastion', undefined],
    ['me@bastion:22', 'me', 'bastion', 22],
    ['me@corp@bastion', 'me@corp', 'bastion', undefined],
    ['[::1]', undefined, '::1', undefined],
    ['me@[fe80::1%eth0]:2222', 'me', 'fe80::1%eth0', 2222],
    ['ssh://bastion', undefined, 'bastion', undefined],
    ['ssh://me@bastion:2222/', 'me', 'bastion', 2222],
    ['ssh://me@[::1]:22', 'me', '::1', 22],
  ];
  for (const [text, user, host, port] of table) {
    it(`is read from ${text}`, () => {
      assert.deepEqual(parseJump(text, 'web'), { user, host, port, text });
    });
  }

  for (const text of [
    '',
    ':22',
    'me@',
    '@bastion',
    'bastion:',
    'bastion:ssh',
    'bastion:0',
    'bastion:65536',
    '::1',
    '[::1',
    '[]',
    'a:1:2',
    'ssh://',
  ]) {
    it(`is not \`${text}\``, () => {
      assert.throws(() => parseJump(text, 'web'), { code: 'SSH_CONFIG', where: 'web' });
    });
  }
});
