// The grammar of node sets: what is refused and where, and what groups and wildcards stand for.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NodeSetError } from '#src/base/node-set/errors';
import { type GroupAnswer, type GroupQuestion, parseNodeSet, resolveNodeSet } from '#src/base/node-set/read';

const GROUPS: Readonly<Record<string, GroupAnswer>> = {
  web: 'web[1-3]',
  db: ['db1', 'db,2'],
  all: 'web[1-3],db1,n[1-20]',
  'racks:rack1': 'n[1-10]',
  'racks:rack2': 'n[11-20]',
  'racks:both': '@rack[1-2]!@web',
  'racks:web': 'n5',
  'racks:*': '@rack1,@rack2',
  'racks:@': ['rack1', 'rack2', 'both'],
  a: 'n1,@b',
  b: '@c',
  c: '@a',
};

async function read(text: string): Promise<string> {
  const ask = async (question: GroupQuestion): Promise<GroupAnswer> => {
    const name = question.kind === 'group' ? question.group : question.kind === 'all' ? '*' : '@';
    const key = question.source === undefined ? name.replace('*', 'all') : `${question.source}:${name}`;
    return await Promise.resolve(GROUPS[key] ?? assert.fail(`asked for ${key}`));
  };
  return (await resolveNodeSet(text, ask, '-w')).toString();
}

describe('groups in a node set', () => {
  const cases: readonly [string, string, string][] = [
    ['are their nodes', '@web,n1', 'n1,web[1-3]'],
    ['take part in every operation', '@web!web2', 'web[1,3]'],
    ['may be named by a node set themselves', '@racks:rack[1-2]', 'n[1-20]'],
    ['look for the groups they name in their own source', '@racks:both', 'n[1-4,6-20]'],
    ['may be names that are no node sets', '@db', 'db1,db,2'],
    ['are all nodes with a star', '@*', 'db1,n[1-20],web[1-3]'],
    ['are all nodes of a source with a star', '@racks:*', 'n[1-20]'],
    ['are named by two @', '@@racks', 'both,rack[1-2]'],
  ];
  for (const [name, text, folded] of cases) it(name, async () => assert.equal(await read(text), folded));

  it('may not hold themselves', async () => {
    await assert.rejects(read('n9,@a'), { code: 'NODE_SET_GROUP', message: 'The group @a holds itself: @a, @b, @c, @a' });
  });

  it('have no wildcards, and need a name', async () => {
    await assert.rejects(read('@web*'), { code: 'NODE_SET_GROUP', message: /no wildcards/ });
    await assert.rejects(read('@'), { code: 'NODE_SET_GROUP', message: /missing/ });
    await assert.rejects(read('@racks:'), { code: 'NODE_SET_GROUP', message: /missing/ });
  });

  it('are refused where nobody can be asked', () => {
    assert.throws(() => parseNodeSet('n1,@web'), { code: 'NODE_SET_GROUP' });
    assert.throws(() => parseNodeSet('n*'), { code: 'NODE_SET_GROUP' });
  });
});

describe('wildcards in a node set', () => {
  const cases: readonly [string, string, string][] = [
    ['pick from all nodes', '*1', 'db1,n[1,11],web1'],
    ['may be for one letter', 'n1?', 'n[10-19]'],
    ['go with ranges', '*[1-2]', 'db1,n[1-2,11-12],web[1-2]'],
    ['take part in every operation', '@*!n*', 'db1,web[1-3]'],
    ['may match nobody', 'x*', ''],
  ];
  for (const [name, text, folded] of cases) it(name, async () => assert.equal(await read(text), folded));
});

describe('a node set that cannot be read', () => {
  const cases: readonly [string, number, RegExp, RegExp][] = [
    ['n1,,n2', 4, /missing before `,`/, /both sides/],
    ['n1 & ', 6, /missing behind `&`/, /both sides/],
    ['n1 n2', 4, /space within/, /comma/],
    ['web[1-5', 4, /not closed/, /Close it/],
    ['web1-5]', 7, /not opened/, /Remove it/],
    ['n[1-3,a]', 7, /`a` is no range/, /0-10\/2/],
    ['n[1, ]', 6, /missing/, /commas/],
    ['n[-5]', 3, /no range/, /in front of the bracket/],
    ['n[01-100]', 3, /different numbers of digits/, /001-100/],
    ['n[9-1]', 3, /ends before it begins/, /1-9/],
    ['n[1-5/0]', 3, /no step/, /at least 1/],
    ['n[5/2]', 3, /no range/, /0-10\/2/],
    ['a[1-2][3-4]', 7, /touch/, /one range/],
    ['a[1-2]5[3-4]', 7, /Only digits/, /Write text/],
    ['n[1-1234567890123456]', 3, /more than 15 digits/, /without brackets/],
    ['n1234567890[1234567]', 12, /more than 15 digits/, /without brackets/],
  ];
  for (const [text, column, message, fix] of cases) {
    it(`says what, where and how to mend it: ${text}`, () => {
      assert.throws(
        () => parseNodeSet(text, '--nodes'),
        (error) => {
          assert.ok(error instanceof NodeSetError);
          assert.match(error.message, message);
          assert.match(error.fix ?? '', fix);
          assert.deepEqual(error.where, { file: '--nodes', line: 1, column, lineText: text });
          return error.code === 'NODE_SET_SYNTAX';
        },
      );
    });
  }

  it('is refused where ClusterShell would read digits and range as one wide range', () => {
    // ClusterShell: n[18-112], 95 nodes.
    assert.throws(() => parseNodeSet('n1[8-12]'), { code: 'NODE_SET_SYNTAX', fix: 'Write the 1 into the brackets' });
  });

  it('may have digits behind a range with steps, which ClusterShell refuses', () => {
    assert.equal(parseNodeSet('n1[0-5/2]7').toString(), 'n[107,127,147]');
  });
});
