// Many small works, so many at a time. It does not know what they do.

/**
 * Does `work` for every item, in their order, `count` at once.
 *
 * After a failure no lane takes another item; what is under way is waited for, and the first failure is thrown: nothing of it goes on
 * behind the caller's back.
 */
export async function inLanes<T>(items: Iterable<T>, count: number, work: (item: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  const iterator = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    while (failures.length === 0) {
      const next = iterator.next();
      if (next.done === true) return;
      try {
        await work(next.value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
  if (failures.length > 0) throw failures[0];
}
