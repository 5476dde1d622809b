// One embedded SSH server in a process of its own, for many sessions. It says where it is, and how many sessions it had at once.
import { EmbeddedServer } from 'sshoal/testing';

const server = await EmbeddedServer.start();
const { port, user, clientKey, knownHostsLine } = server;
process.send?.({ port, user, privateKey: clientKey.privateKey, knownHostsLine });
process.once('message', () => {
  process.send?.({ most: server.mostConnections });
  void server.stop().then(() => process.disconnect());
});
