// The same jobs by npm ssh2 alone, as its own README does them (with Nagle's algorithm off, which it leaves on).
import { readFileSync } from 'node:fs';
import net from 'node:net';
import ssh2, { type Client } from 'ssh2';

const [job = '', port = '', user = '', keyFile = '', , ...words] = process.argv.slice(2);
const privateKey = readFileSync(keyFile, 'utf8');

async function connected(use: (client: Client) => Promise<void>): Promise<void> {
  const client = new ssh2.Client();
  // Without a listener its late errors end the program.
  client.on('error', () => {});
  const sock = net.connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).once('error', reject);
    client.connect({ sock, username: user, privateKey, algorithms: { cipher: ['aes128-gcm@openssh.com'] }, hostVerifier: () => true });
  });
  await use(client);
  client.end();
}

async function command(client: Client): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    client.exec('true', (error, channel) => {
      if (error !== undefined) return reject(error);
      channel.resume();
      channel.stderr.resume();
      channel.once('close', () => resolve());
    });
  });
}

async function connects(count: number): Promise<void> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await connected(command);
  };
  await Promise.all(Array.from({ length: 10 }, lane));
}

async function main(): Promise<void> {
  const [from = '', to = ''] = words;
  if (job === 'connect') return await connects(Number(from));
  await connected(async (client) => {
    if (job === 'exec') {
      for (let i = 0; i < Number(from); i++) await command(client);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      client.sftp((error, sftp) => {
        if (error !== undefined) return reject(error);
        const done = (failure?: Error | null): void => (failure == null ? resolve() : reject(failure));
        if (job === 'put') sftp.fastPut(from, to, done);
        else sftp.fastGet(from, to, done);
      });
    });
  });
}

await main();
