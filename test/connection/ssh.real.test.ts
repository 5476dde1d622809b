// Hosts over SSH, on a real OpenSSH sshd.
import { sshKind } from '#src/connection/ssh';
import { OpenSshServer } from '../support/openssh-server.ts';
import { needs } from '../support/real.ts';
import { connectionContract } from './contract.ts';

connectionContract(
  'ssh (OpenSSH)',
  async () => {
    const server = await OpenSshServer.start();
    const { port, user } = server;
    const spec = {
      kind: 'ssh',
      name: 'real',
      address: '127.0.0.1',
      port,
      user,
      privateKeyFile: server.clientKeyFile,
      knownHostsFiles: [server.knownHostsFile],
    };
    return { connection: await sshKind.open(spec, {}), stop: async () => await server.stop() };
  },
  needs('sshd', 'ssh-keygen'),
);
