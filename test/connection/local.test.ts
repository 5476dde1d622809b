// This machine as a host.
import { localKind } from '#src/connection/local';
import { connectionContract } from './contract.ts';

connectionContract('local', async () => ({
  connection: await localKind.open({ kind: 'local', name: 'localhost' }, {}),
  stop: async () => await Promise.resolve(),
}));
