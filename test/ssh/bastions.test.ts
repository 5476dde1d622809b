// Who shares a connection to a jump host, when it is made, and when it ends; the connection itself is a double.
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { type BastionLink, Bastions, type BorrowOptions } from '#src/ssh/bastions';

class DoubleLink implements BastionLink {
  #end = (): void => undefined;
  readonly closed = new Promise<void>((resolve) => {
    this.#end = resolve;
  });
  isClosed = false;

  openDirect = async (): Promise<PassThrough> => await Promise.resolve(new PassThrough());

  close = async (): Promise<void> => {
    this.isClosed = true;
    this.#end();
    await this.closed;
  };
}

const never = new AbortController().signal;

/** A jump host whose connections are counted. */
function bastion(key = 'b'): { links: DoubleLink[]; ask: (more?: Partial<BorrowOptions>) => BorrowOptions } {
  const links: DoubleLink[] = [];
  const open = async (): Promise<DoubleLink> => {
    await Promise.resolve();
    const link = new DoubleLink();
    links.push(link);
    return link;
  };
  return { links, ask: (more = {}) => ({ key, host: key, waiting: [], open, signal: never, ...more }) };
}

describe('a connection to a jump host', () => {
  it('is one for all that ask at once, and ends with the last of them', async () => {
    const bastions = new Bastions();
    const { links, ask } = bastion();

    const passages = await Promise.all([1, 2, 3].map(async () => await bastions.borrow(ask())));
    await passages[0]?.close();
    await passages[0]?.close();
    await passages[1]?.close();
    const before = links.map((link) => link.isClosed);
    await passages[2]?.close();

    assert.deepEqual(before, [false]);
    assert.deepEqual(
      links.map((link) => link.isClosed),
      [true],
    );
  });

  it('is another for another key, and a new one after the last has left', async () => {
    const bastions = new Bastions();
    const [one, other] = [bastion('one'), bastion('other')];

    const passages = [await bastions.borrow(one.ask()), await bastions.borrow(other.ask())];
    for (const passage of passages) await passage.close();
    await (await bastions.borrow(one.ask())).close();

    assert.deepEqual([one.links.length, other.links.length], [2, 1]);
  });

  it('carries 200 hosts, and more go over another', async () => {
    const bastions = new Bastions();
    const { links, ask } = bastion();

    const passages = await Promise.all(Array.from({ length: 401 }, async () => await bastions.borrow(ask())));

    assert.equal(links.length, 3);
    await Promise.all(passages.map(async (passage) => await passage.close()));
    assert.ok(links.every((link) => link.isClosed));
  });

  it('takes nobody in any more once it broke', async () => {
    const bastions = new Bastions();
    const { links, ask } = bastion();
    const first = await bastions.borrow(ask());

    await links[0]?.close();
    const second = await bastions.borrow(ask());

    assert.equal(links.length, 2);
    await first.close();
    assert.equal(links[1]?.isClosed, false);
    await second.close();
    assert.equal(links[1]?.isClosed, true);
  });

  it('goes on being made when one of those who wait gives up, and is given up with the last', async () => {
    const bastions = new Bastions();
    const { ask } = bastion();
    const [impatient, patient] = [new AbortController(), new AbortController()];
    let stopped = false;
    const open: BorrowOptions['open'] = async (signal) =>
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          stopped = true;
          reject(signal.reason as Error);
        });
      });

    const [first, second] = [
      bastions.borrow(ask({ open, signal: impatient.signal })),
      bastions.borrow(ask({ open, signal: patient.signal })),
    ];
    impatient.abort();
    await assert.rejects(first, { name: 'AbortError' });
    const afterTheFirst = stopped;
    patient.abort();
    await assert.rejects(second, { name: 'AbortError' });

    assert.deepEqual([afterTheFirst, stopped], [false, true]);
  });

  it('that cannot be made is an error for each that waits, and tried anew for the next', async () => {
    const bastions = new Bastions();
    const { links, ask } = bastion();
    const refuse = async (): Promise<never> => await Promise.reject(new Error('refused'));

    const refused = await Promise.allSettled([bastions.borrow(ask({ open: refuse })), bastions.borrow(ask({ open: refuse }))]);
    await (await bastions.borrow(ask())).close();

    assert.deepEqual(
      refused.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.equal(links.length, 1);
  });

  it('is refused where two lead through each other, whoever began, rather than waiting for ever', async () => {
    const bastions = new Bastions();
    const through = (key: string, next: string): BorrowOptions => ({
      key,
      host: key,
      waiting: [],
      signal: never,
      open: async (signal, waiting) => {
        await (await bastions.borrow({ ...through(next, key), waiting, signal })).close();
        return new DoubleLink();
      },
    });

    const both = await Promise.allSettled([bastions.borrow(through('a', 'b')), bastions.borrow(through('b', 'a'))]);

    assert.deepEqual(
      both.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'open')),
      ['SSH_CONFIG', 'SSH_CONFIG'],
    );
  });
});
