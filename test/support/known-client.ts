// A client that is logged in to a real sshd of the tests, by its key, knowing its host key. It tries no way to log in.
import { SSHClient } from '#src/ssh/client';
import type { OpenSshServer } from './openssh-server.ts';

export async function connectKnown(server: OpenSshServer): Promise<SSHClient> {
  const client = new SSHClient();
  await client.connect({
    host: '127.0.0.1',
    port: server.port,
    user: server.user,
    privateKeyFile: server.clientKeyFile,
    knownHostsFiles: [server.knownHostsFile],
    homeDirectory: server.directory,
    localUser: server.user,
  });
  return client;
}
