// The public names of `sshoal/testing`, listed by hand. Nothing inside imports this file.
export { EmbeddedFleet, type EmbeddedFleetOptions } from './embedded-fleet.ts';
export { EmbeddedServer, type EmbeddedServerOptions } from './embedded-server.ts';
export { EmbeddedError } from './errors.ts';
export type { KeyPair } from './key-pair.ts';
