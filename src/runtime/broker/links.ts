// Which brokers this isolate knows, and the way to each. It does not know what they hold.
import { setContext, thisContext } from '../units/context.ts';
import { Broker } from './broker.ts';
import { DirectLink } from './direct-link.ts';
import type { Link } from './link.ts';
import { SocketLink } from './socket-link.ts';

const links = new Map<string, Link>();

/** The broker of the whole program: in the main process; everyone it starts reaches it from there. */
export function programLink(): Link {
  const context = thisContext();
  if (context.broker !== '') return linkTo(context.broker);
  const broker = new Broker(context.authkey);
  ownBroker = broker;
  setContext({ ...context, broker: broker.address });
  const link = new DirectLink(broker);
  links.set(broker.address, link);
  return link;
}

let ownBroker: Broker | undefined;

/** Makes the program's broker reachable for others. @returns Its address. */
export function openProgramLink(): string {
  const link = programLink();
  ownBroker?.listen();
  return link.address;
}

export function linkTo(address: string): Link {
  let link = links.get(address);
  if (link === undefined) {
    link = new SocketLink(address);
    links.set(address, link);
  }
  return link;
}

/** Serves a broker from this process, reached directly from here. */
export function serve(broker: Broker): void {
  links.set(broker.address, new DirectLink(broker));
  broker.listen();
}

/** Waits until everything told to any broker has been done. */
export async function flushLinks(): Promise<void> {
  await Promise.all([...links.values()].map(async (link) => await link.flush()));
}
