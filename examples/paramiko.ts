// paramiko's three demos: log in with a password and run df, log in with a key, put and get files. (Rows C21-C25.)
//
// They need a server: here it is an embedded one, on the loopback interface.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type ConnectOptions, SFTPClient, SSHClient } from 'sshoal';
import { isMain } from 'sshoal/runtime';
import { EmbeddedServer } from 'sshoal/testing';

/** paramiko: ssh.connect(...); stdin, stdout, stderr = ssh.exec_command('df'); stdout.read().decode('utf-8') */
async function runDf(title: string, options: ConnectOptions): Promise<void> {
  const ssh = new SSHClient();
  await ssh.connect(options);
  const { stdout, exit } = await ssh.execCommand('df -P /');
  const chunks: Buffer[] = [];
  for await (const chunk of stdout) chunks.push(chunk as Buffer);
  const [heading = ''] = Buffer.concat(chunks).toString('utf8').split('\n');
  console.log(`${title}: ${heading.split(/\s+/)[0]} ..., exit ${JSON.stringify(await exit)}`);
  await ssh.close();
}

if (isMain(import.meta)) {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'paramiko-'));
  await using server = await EmbeddedServer.start({ password: 'correct horse' });
  const file = (name: string): string => path.join(directory, name);
  await writeFile(file('id_ed25519'), server.clientKey.privateKey, { mode: 0o600 });

  // paramiko's AutoAddPolicy, RejectPolicy: a host nobody knows is added, or refused, which is the default here.
  const options = {
    host: server.host,
    port: server.port,
    user: server.user,
    homeDirectory: directory,
    localUser: server.user,
    knownHostsFiles: [file('known_hosts')],
  };
  await runDf('an unknown host', options).catch((error: Error & { code?: string }) => console.log(`refused: ${error.code}`));
  await runDf('password', { ...options, password: 'correct horse', hostKeyPolicy: 'accept-new' });
  await runDf('key', { ...options, privateKeyFile: file('id_ed25519') });

  const ssh = new SSHClient();
  await ssh.connect({ ...options, privateKeyFile: file('id_ed25519') });
  const sftp = await SFTPClient.open(await ssh.openSubsystem('sftp'));
  await writeFile(file('local.txt'), 'byte for byte\n');
  await sftp.put(file('local.txt'), 'remote.txt');
  await sftp.get('remote.txt', file('back.txt'));
  console.log(`put and get: ${(await readFile(file('back.txt'), 'utf8')).trim()}`);
  await sftp.close();
  await ssh.close();
  await rm(directory, { recursive: true });
}
