// Programs that know the same key talk over a socket; those that do not are told so. (Rows C15, D16, E6.)
import { isMain, multiprocessing } from 'sshoal/runtime';

const { connectTo, Listener } = multiprocessing;

if (isMain(import.meta)) {
  await using listener = await Listener.open({ host: '127.0.0.1', port: 0 }, { authkey: Buffer.from('secret password') });

  const accepting = listener.accept();
  await using client = await connectTo(listener.address, { authkey: Buffer.from('secret password') });
  await using server = await accepting;
  await client.send([2.25, null, 'junk', { key: 1 }]);
  console.log(await server.recv());

  const refused = listener.accept().catch((error: Error) => console.log(`server: ${error.message}`));
  await connectTo(listener.address, { authkey: Buffer.from('guess') }).catch((error: Error) => console.log(`client: ${error.message}`));
  await refused;
}
