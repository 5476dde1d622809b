// Hosts over SSH, on the embedded server.
import { sshKind } from '#src/connection/ssh';
import { EmbeddedFleet } from '#src/testing/embedded-fleet';
import { connectionContract } from './contract.ts';

connectionContract('ssh (embedded server)', async () => {
  const fleet = await EmbeddedFleet.start({ hosts: ['web01'] });
  const { host, port, user } = fleet.host('web01');
  const spec = {
    kind: 'ssh',
    name: 'web01',
    address: host,
    port,
    user,
    privateKeyFile: fleet.privateKeyFile,
    knownHostsFiles: [fleet.knownHostsFile],
  };
  return { connection: await sshKind.open(spec, {}), stop: async () => await fleet.stop() };
});
