// One transfer in a process of its own, which can be limited or killed: `node transfer-process.js JSON`. It prints what came of it.
import { SSHClient } from '#src/ssh/client';
import type { ConnectOptions } from '#src/ssh/settings';

/** What such a process is told. */
export interface TransferJob {
  readonly connect: ConnectOptions;
  readonly direction: 'put' | 'get';
  readonly from: string;
  readonly to: string;
}

const { connect, direction, from, to } = JSON.parse(process.argv[2] ?? '{}') as TransferJob;
const client = new SSHClient();
await client.connect(connect);
const sftp = await client.openSftp();
let begun = false;
const onProgress = (): void => {
  if (!begun) console.log('begun');
  begun = true;
};
const outcome = await sftp[direction](from, to, { onProgress }).then(
  () => 'DONE',
  (error: Error & { code?: string }) => error.code ?? error.message,
);
console.log(outcome);
await client.close();
