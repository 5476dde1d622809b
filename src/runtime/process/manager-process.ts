// What runs in the process of a Manager. It does not know what is kept in it.
import { Broker } from '../broker/broker.ts';
import { serve } from '../broker/link.ts';
import { thisContext } from '../units/context.ts';
import { parentLine } from '../units/parent-line.ts';

/** Holds a broker until it is told to end. */
export async function serveManager(): Promise<void> {
  const broker = new Broker(thisContext().authkey);
  serve(broker);
  const line = parentLine();
  const ended = new Promise<void>((resolve) => line.onMessage(() => resolve()));
  line.send({ address: broker.address });
  await ended;
  await broker.close();
}
