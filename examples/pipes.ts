// A pipe between two processes: both ways, or one. (Rows B13, D18, D22.)
import { isMain, multiprocessing, ref } from 'sshoal/runtime';

const { Process, pipe } = multiprocessing;

export async function child(connection: multiprocessing.Connection): Promise<void> {
  await connection.send([42, null, 'hello']);
  await connection.close();
}

export async function page(connection: multiprocessing.Connection): Promise<void> {
  await connection.send('https://example.org/ '.repeat(500_000));
}

if (isMain(import.meta)) {
  const [mine, theirs] = pipe();
  const p = new Process({ target: ref(import.meta, 'child'), args: [theirs] }).start();
  await theirs.close();
  console.log(await mine.recv());
  await mine.recv().catch((error: Error) => console.log(`${error.name}: the other end is closed`));
  await p.join();

  const [conn1, conn2] = pipe();
  const q = new Process({ target: ref(import.meta, 'page'), args: [conn1] }).start();
  // Joined first, read afterwards: what was sent waits in the pipe, not in the sender.
  await q.join();
  console.log(`${((await conn2.recv()) as string).length} characters, read after the sender had ended`);

  const [reader, writer] = pipe({ duplex: false });
  await writer.send('one way');
  console.log(await reader.recv());
  await reader.send('the other way').catch((error: Error) => console.log(error.message));
}
