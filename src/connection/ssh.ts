// Hosts over SSH: shells and files on one connection of the ssh floor. It does not know how many hosts there are.
import os from 'node:os';
import path from 'node:path';
import { Bastions } from '../ssh/bastions.ts';
import { SSHClient } from '../ssh/client.ts';
import { CarriedConnection, type Carrier } from './carried-connection.ts';
import type { ConnectionKind, ConnectionSpec, Questions } from './seam.ts';

// One connection to each jump host for all hosts of this thread; it is closed when the last of them is.
const bastions = new Bastions();

export const sshKind: ConnectionKind = {
  name: 'ssh',
  open: async (spec, questions, signal) => await CarriedConnection.over(connect(spec, questions, signal)),
};

async function connect(spec: ConnectionSpec, questions: Questions, signal: AbortSignal | undefined): Promise<Carrier> {
  // A server that allows a single session (MaxSessions 1) needs a line for the shell, one for files, and one to end what runs.
  const client = new SSHClient({ maxConnections: 3 });
  const home = os.homedir();
  await client.connect({
    // ssh itself would be given the address: its configuration and known_hosts go by that name.
    host: spec.address ?? spec.name,
    port: spec.port,
    user: spec.user,
    password: spec.password,
    privateKeyFile: spec.privateKeyFile?.replace(/^~(?=\/)/, home),
    passphrase: spec.passphrase,
    agentSocket: process.env.SSH_AUTH_SOCK,
    sshArgs: spec.sshArgs,
    configFiles: [path.join(home, '.ssh/config'), '/etc/ssh/ssh_config'],
    knownHostsFiles: spec.knownHostsFiles,
    hostKeyPolicy: spec.hostKeyPolicy,
    connectTimeoutMs: spec.connectTimeoutMs,
    homeDirectory: home,
    questions,
    bastions,
    signal,
  });
  return {
    address: client.address,
    exec: async (command, { terminal } = {}) => await client.execCommand(command, { pty: terminal }),
    openSftp: async () => await client.openSftp(),
    forwarding: client,
    close: async () => await client.close(),
  };
}
