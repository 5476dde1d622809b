// The floor: what npm ssh2 alone needs to run one command on many hosts, all at once and with nothing around it.
//
// node bare-ssh2.js KEY COMMAND USER@ADDRESS:PORT...
import { readFileSync } from 'node:fs';
import net from 'node:net';
import ssh2 from 'ssh2';

const [keyFile = '', command = '', ...places] = process.argv.slice(2);
const privateKey = readFileSync(keyFile, 'utf8');

async function one(place: string): Promise<string> {
  const [, username = '', host = '', port = ''] = /^(.+)@(.+):(\d+)$/.exec(place) ?? [];
  const client = new ssh2.Client();
  const sock = net.connect({ port: Number(port), host, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).on('error', reject);
    client.connect({ sock, username, privateKey, algorithms: { cipher: ['aes128-gcm@openssh.com'] }, hostVerifier: () => true });
  });
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error !== undefined) return reject(error);
      channel.on('data', (chunk: Buffer) => chunks.push(chunk));
      channel.stderr.resume();
      channel.once('close', () => resolve());
    });
  });
  client.end();
  return Buffer.concat(chunks).toString();
}

for (const text of await Promise.all(places.map(one))) process.stdout.write(text);
