// The demo: everything at once, over real SSH servers in this process.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { call } from './fake-context.ts';

it('the demo changes its eight hosts once, proves that a second play changes nothing, and folds one command', async () => {
  const { code, stdout, stderr } = await call(['demo']);

  assert.equal(code, 0, stdout + stderr);
  const [first = '', second = ''] = stdout.split('RECAP').slice(1);
  assert.match(first, /^web\[01-06\] \(6\) : .*changed=[1-9]/m);
  assert.equal(second.match(/changed=0 /g)?.length, 3);
  assert.match(stdout, /── web\[01-06\] \(6\) · ok\nsite\n── db\[01-02\] \(2\) · ok\ndata\n8 hosts: 8 ok in \S+\n$/);
});
