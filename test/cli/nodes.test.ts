// The verb nodes: every way to fold, cut and compare node sets, for people and for programs.
import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { describe, it } from 'node:test';
import type { Context } from '#src/cli/context';
import { InterruptedError } from '#src/cli/errors';
import { SITE } from '../inventory/node-set/site.ts';
import { withFiles } from '../inventory/temporary.ts';
import { call } from './fake-context.ts';

const HOSTS = ['-i', 'web01,web02,web03,db1,'] as const;

function piped(text: string): Partial<Context> {
  return { stdin: Readable.from([text]) };
}

describe('nodes', () => {
  const cases: readonly [string, readonly string[], string][] = [
    ['folds names and sets together', ['fold', 'web1', 'web[2-3]', 'db1,web2'], 'db1,web[1-3]\n'],
    ['takes lines of one word for sets', ['fold', 'n1\nn2'], 'n[1-2]\n'],
    ['expands with blanks between', ['expand', 'n[09-11]'], 'n09 n10 n11\n'],
    ['expands with what somebody wants between', ['expand', 'n[1-3]', '-S', '\\n'], 'n1\nn2\nn3\n'],
    ['counts', ['count', 'n[1-10]!n5'], '9\n'],
    ['counts what nobody could write out', ['count', 'n[1-999999999]'], '999999999\n'],
    ['keeps what is in all', ['intersect', 'n[1-10]', 'n[5-20]', 'n[1-6]'], 'n[5-6]\n'],
    ['takes away all that follow', ['diff', 'n[1-10]', 'n[3-4]', 'n9'], 'n[1-2,5-8,10]\n'],
    ['keeps what is in one of two', ['xor', 'n[1-4]', 'n[3-6]'], 'n[1-2,5-6]\n'],
    ['splits into parts, one a line', ['split', '3', 'n[1-10]'], 'n[1-4]\nn[5-7]\nn[8-10]\n'],
    ['picks', ['pick', '5', 'n[1-3]'], 'n[1-3]\n'],
    ['cuts out positions', ['slice', '0-1,4', 'n[1-5]'], 'n[1-2,5]\n'],
    ['parts where there is a gap', ['contiguous', 'n[1-3,5]', 'm1'], 'm1\nn[1-3]\nn5\n'],
    ['leaves out', ['fold', 'n[1-5]', '-x', 'n2', '-x', 'n4'], 'n[1,3,5]\n'],
    ['writes steps', ['fold', 'n[2,4,6,9]', '--autostep', '3'], 'n[2-6/2,9]\n'],
    ['writes steps where all nodes are at equal distances', ['fold', 'n[2,4,6]', '--autostep', 'auto'], 'n[2-6/2]\n'],
    ['writes steps for a share of the nodes', ['fold', 'n[2,4,6,9]', '--autostep', '75%'], 'n[2-6/2,9]\n'],
    ['folds along one axis', ['fold', 'r[1-2]c[1-2]', '--axis', '2'], 'r1c[1-2],r2c[1-2]\n'],
    ['folds along the last axis', ['fold', 'r[1-2]c[1-2]', '--axis', '-1'], 'r1c[1-2],r2c[1-2]\n'],
    ['gives every name a form', ['expand', 'n[1-2]', '-O', '%s.lan'], 'n1.lan n2.lan\n'],
    ['folds names in their form', ['fold', 'n[1-2]', '-O', '%s-ib'], 'n[1-2]-ib\n'],
    ['knows groups of the inventory', ['fold', '@all!@ungrouped', 'x1', ...HOSTS], 'x1\n'],
    ['knows all hosts of the inventory', ['fold', '@*!db*', ...HOSTS], 'web[01-03]\n'],
    ['writes groups for their hosts', ['regroup', 'db1,web[01-03],x1', ...HOSTS], '@all,x1\n'],
    ['lists groups', ['list-groups', ...HOSTS], '@all\n@ungrouped\n'],
    ['lists groups with their hosts', ['list-groups', '-v', ...HOSTS], '@all db1,web[01-03]\n@ungrouped db1,web[01-03]\n'],
    [
      'lists groups of some nodes, and how much of them',
      ['list-groups', 'web[02-09]', '-vv', ...HOSTS],
      '@all web[02-03] 2/4\n@ungrouped web[02-03] 2/4\n',
    ],
  ];
  for (const [name, words, expected] of cases) {
    it(name, async () => {
      const { code, stdout, stderr } = await call(['nodes', ...words]);

      assert.equal(stderr, '');
      assert.equal(stdout, expected);
      assert.equal(code, 0);
    });
  }

  it('reads what is piped in, without its comments, when there are no sets or for -', async () => {
    const input = 'n1 n2\n# n3\n\nn[4-5]!n5 # the last\n';

    assert.equal((await call(['nodes', 'fold'], piped(input))).stdout, 'n[1-2,4]\n');
    assert.equal((await call(['nodes', 'diff', 'n[1-9]', '-'], piped(input))).stdout, 'n[3,5-9]\n');
    assert.equal((await call(['nodes', 'split', '2'], piped(input))).stdout, 'n[1-2]\nn4\n');
  });

  it("knows the groups of ClusterShell's configuration, and its sources", async () => {
    await withFiles(SITE, async (directory) => {
      const env = { env: { CLUSTERSHELL_CFGDIR: directory } };

      const folded = await call(['nodes', 'fold', '@io,@racks:rack1'], env);
      const other = await call(['nodes', 'fold', '@rack2', '-s', 'racks'], env);
      const sources = await call(['nodes', 'list-sources', '-s', 'racks'], env);
      const unknown = await call(['nodes', 'fold', '@x', '-s', 'rakcs'], env);

      assert.equal(folded.stdout, 'example[0,2,4-5]\n');
      assert.equal(other.stdout, 'example[4-5]\n');
      assert.match(sources.stdout, /^racks \(default\)\n(?:\w+\n)*roles\n/);
      assert.match(unknown.stderr, /NODE_SET_GROUP[\s\S]*Did you mean `racks`/);
    });
  });

  it('leaves what is piped in when somebody interrupts', async () => {
    const left = new AbortController();
    const calling = call(['nodes', 'fold'], { stdin: new PassThrough(), signal: left.signal });

    setImmediate(() => left.abort(new InterruptedError()));

    assert.deepEqual(await calling, { code: 130, stdout: '', stderr: '' });
  });

  it('is for programs too', async () => {
    const json = async (...words: string[]): Promise<unknown> => JSON.parse((await call(['nodes', ...words, '-o', 'json'])).stdout);

    assert.deepEqual(await json('fold', 'n1', 'n2'), [{ set: 'n[1-2]', count: 2 }]);
    assert.deepEqual(await json('expand', 'n[1-2]'), [{ nodes: ['n1', 'n2'], count: 2 }]);
    assert.deepEqual(await json('count', 'n[1-2]'), [{ count: 2 }]);
    assert.deepEqual(await json('list-groups', 'db1', ...HOSTS), [
      { group: '@all', set: 'db1', count: 1, of: 4 },
      { group: '@ungrouped', set: 'db1', count: 1, of: 4 },
    ]);
    const lines = await call(['nodes', 'split', '2', 'n[1-3]', '-o', 'jsonl']);
    assert.equal(lines.stdout, '{"set":"n[1-2]","count":2}\n{"set":"n3","count":1}\n');
  });

  const refusals: readonly [string, readonly string[], RegExp][] = [
    ['an unknown thing to do', ['flod', 'n1'], /Did you mean `fold`\?/],
    ['no number to split into', ['split'], /needs a number of parts/],
    ['a word for a number', ['pick', 'n[1-3]', '2'], /`n\[1-3\]` is no number/],
    ['no sets where nothing is piped in', ['fold'], /There is no node set/],
    ['sets that nobody needs', ['list-sources', 'n1'], /takes no node sets/],
    ['a form without a name', ['expand', 'n1', '-O', '%d'], /--output-format cannot be/],
    ['steps of nothing', ['fold', 'n1', '--autostep', 'x'], /--autostep cannot be/],
    [
      'a set that makes no sense, with a pointer',
      ['fold', 'n[1-'],
      /node set:1:2[\s\S]*\^[\s\S]*NODE_SET_SYNTAX|NODE_SET_SYNTAX[\s\S]*node set:1:2[\s\S]*\^/,
    ],
    ['to write out what nobody could read', ['expand', 'n[1-9999999]'], /NODE_SET_TOO_LARGE/],
    ['a group that is not there', ['fold', '@wbe', ...HOSTS], /no group `wbe`/],
  ];
  for (const [name, words, message] of refusals) {
    it(`refuses ${name}`, async () => {
      const terminal = Object.assign(Readable.from([]), { isTTY: true });

      const { code, stdout, stderr } = await call(['nodes', ...words], { stdin: terminal });

      assert.equal(code, 1);
      assert.equal(stdout, '');
      assert.match(stderr, message);
    });
  }
});
