// Ini inventories: how values, ranges and sections are read, and that every fault is told with its place, all at once.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FaultsError, InputError } from '#src/base/errors';
import type { Position } from '#src/base/position';
import { Float, toJson, type Value } from '#src/base/value';
import { Inventory } from '#src/inventory/inventory';
import { withFiles } from './temporary.js';

const load = (text: string): Promise<Inventory> => withFiles({ hosts: text }, (directory) => Inventory.load(['hosts'], { cwd: directory }));

/** `line:column code` of every fault. */
async function faultsOf(text: string): Promise<string[]> {
  try {
    await load(text);
  } catch (error) {
    const faults = error instanceof FaultsError ? error.faults : [error];
    return faults.map((fault) => {
      assert.ok(fault instanceof InputError);
      const { line, column } = fault.where as Position;
      assert.notEqual(fault.fix, undefined);
      return `${line}:${column} ${fault.code}`;
    });
  }
  return [];
}

describe('values of an ini inventory', () => {
  const cases: readonly [written: string, value: Value][] = [
    ['text', 'text'],
    ['5', 5],
    ['-5', -5],
    ['1_000', 1000],
    ['0x1f', 31],
    ['0o17', 15],
    ['017', '017'],
    ['1.50', new Float(1.5)],
    ['1e3', new Float(1000)],
    ['True', true],
    ['False', false],
    ['None', null],
    ['true', 'true'],
    ['yes', 'yes'],
    ['12345678901234567890', 12345678901234567890n],
    ["[1,'a']", [1, 'a']],
    ['1,2', [1, 2]],
    ['(1,2)', [1, 2]],
    ['[1', '[1'],
    ['a=b', 'a=b'],
    ['10.0.0.1', '10.0.0.1'],
    ['2024-01-01', '2024-01-01'],
    ["'5'", '5'],
  ];
  for (const [written, value] of cases) {
    it(`${written} in a :vars section is ${typeof value}`, async () => {
      const inventory = await load(`[all:vars]\nx=${written}\n[web]\nw\n`);

      assert.deepEqual(inventory.varsOf('w').get('x'), value);
    });
  }

  it('on a host line lose one level of quotes first', async () => {
    const inventory = await load(`h a='5' b="'5'" c="two words" d=[1,2] e="{'k': 1}" f= g=a#b # comment\n`);

    assert.deepEqual(
      toJson(inventory.varsOf('h')),
      toJson(
        new Map<string, Value>([
          ['a', 5],
          ['b', '5'],
          ['c', 'two words'],
          ['d', [1, 2]],
          ['e', new Map([['k', 1]])],
          ['f', ''],
          ['g', 'a'],
        ]),
      ),
    );
  });
});

describe('hosts of an ini inventory', () => {
  const cases: readonly [written: string, hosts: readonly string[]][] = [
    ['web[1:3]', ['web1', 'web2', 'web3']],
    ['web[08:10].example.com', ['web08.example.com', 'web09.example.com', 'web10.example.com']],
    ['db-[a:c]', ['db-a', 'db-b', 'db-c']],
    ['n[0:6:3]', ['n0', 'n3', 'n6']],
    ['r[1:2]c[a:b]', ['r1ca', 'r1cb', 'r2ca', 'r2cb']],
    ['x[:2]', ['x0', 'x1', 'x2']],
    ['[2001:db8::1]:22', ['2001:db8::1']],
    ['host:2222', ['host']],
  ];
  for (const [written, hosts] of cases) {
    it(`${written} is ${hosts.join(' ')}`, async () => {
      assert.deepEqual([...(await load(`${written}\n`)).hosts.keys()], hosts);
    });
  }

  it('take a port behind the name', async () => {
    const inventory = await load('web[1:2]:2222\n');

    assert.equal(inventory.varsOf('web2').get('ansible_port'), 2222);
  });

  it('without a group are ungrouped, and all are in all', async () => {
    const inventory = await load('lonely\n[web]\nw\n[prod:children]\nweb\n');

    assert.deepEqual(inventory.hostsOf('ungrouped'), ['lonely']);
    assert.deepEqual(inventory.hostsOf('prod'), ['w']);
    assert.deepEqual(inventory.hostsOf('all').sort(), ['lonely', 'w']);
    assert.deepEqual(inventory.host('w').groups, ['prod', 'web']);
  });

  it('of a child are overruled by no parent', async () => {
    const inventory = await load(
      '[web]\nw\n[prod:children]\nweb\n[prod:vars]\na=prod\nb=prod\n[web:vars]\na=web\n[all:vars]\na=all\nb=all\nc=all\n',
    );

    assert.deepEqual(
      toJson(inventory.varsOf('w')),
      toJson(
        new Map([
          ['a', 'web'],
          ['b', 'prod'],
          ['c', 'all'],
        ]),
      ),
    );
  });
});

describe('faults of an ini inventory', () => {
  const cases: readonly [text: string, faults: readonly string[]][] = [
    ['[web]\nw[1:\n', ['2:1 INVENTORY_RANGE']],
    ['w[01:100]\n', ['1:1 INVENTORY_RANGE']],
    ['w[3:1]\n', ['1:1 INVENTORY_RANGE']],
    ['w[1:9:0]\n', ['1:1 INVENTORY_RANGE']],
    ['w[a:3]\n', ['1:1 INVENTORY_RANGE']],
    ['[web:nope]\n', ['1:1 INVENTORY_SYNTAX']],
    ['[web:vars]\na=1\n', ['1:1 INVENTORY_GROUP']],
    ['[web]\n[prod:children]\nwbe\n', ['3:1 INVENTORY_GROUP']],
    ['[a:children]\nb\n[b:children]\na\n', ['4:1 INVENTORY_GROUP']],
    ['[a:children]\na\n', ['2:1 INVENTORY_GROUP']],
    ['web stray\n', ['1:5 INVENTORY_SYNTAX']],
    ["web a='open\n", ['1:1 INVENTORY_SYNTAX']],
    ['[web]\n[web:vars]\nnovalue\n', ['3:1 INVENTORY_SYNTAX']],
    ['[web', ['1:1 INVENTORY_RANGE']],
  ];
  for (const [text, faults] of cases) {
    it(`${JSON.stringify(text)} is told at its place`, async () => {
      assert.deepEqual(await faultsOf(text), faults);
    });
  }

  it('are told all at once', async () => {
    const text = 'good\nweb stray\n[db:children]\nnobody\n[x:what]\n[y]\nw[3:1]\n';

    assert.deepEqual(await faultsOf(text), ['2:5 INVENTORY_SYNTAX', '5:1 INVENTORY_SYNTAX', '7:1 INVENTORY_RANGE', '4:1 INVENTORY_GROUP']);
  });

  it('of several sources are told together', async () => {
    await withFiles({ a: 'x stray\n', b: '[c:what]\n' }, async (directory) => {
      await assert.rejects(
        Inventory.load(['a', 'b', 'missing'], { cwd: directory }),
        (error) =>
          error instanceof FaultsError &&
          error.faults.map((fault) => fault.code).join() === 'INVENTORY_SYNTAX,INVENTORY_SYNTAX,INVENTORY_NOT_FOUND',
      );
    });
  });
});
