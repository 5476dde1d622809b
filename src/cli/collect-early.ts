// Memory against time where there are very many hosts. It does not know what is done on them.
import v8 from 'node:v8';

/** With fewer hosts all of the heap is small. */
const MANY_HOSTS = 256;

/**
 * Has V8 collect garbage when a fifth of the heap is new, with many hosts. By itself it waits until the heap has grown several times:
 * what ten tasks on a thousand hosts leave behind is three times what they need.
 */
export function collectEarly(hosts: number): void {
  if (hosts > MANY_HOSTS) v8.setFlagsFromString('--heap-growing-percent=20');
}
