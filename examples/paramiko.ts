// paramiko's three programs, nearly line by line: df by password, df by key, put and get. (Rows C21-C25.)
//
// They need a server. `paramiko.js HOST PORT USER KEY [PASSWORD]` names one; without words it is an embedded one on the loopback interface.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AutoAddPolicy, PKey, SFTPClient, SSHClient, Transport } from 'sshoal';
import { isMain } from 'sshoal/runtime';
import { EmbeddedServer } from 'sshoal/testing';

interface Server {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly keyFile: string;
  readonly password: string | undefined;
}

/** 基于用户名密码连接: ssh.connect(hostname=..., username='root', password='xxx'); ssh.exec_command('df') */
async function byPassword({ host, port, user, password }: Server, knownHosts: string): Promise<void> {
  // paramiko.SSHClient()
  const ssh = new SSHClient();
  // ssh.set_missing_host_key_policy(paramiko.AutoAddPolicy())
  ssh.loadHostKeys(knownHosts);
  ssh.setMissingHostKeyPolicy(new AutoAddPolicy());
  await ssh.connect({ host, port, user, password });

  // stdin, stdout, stderr = ssh.exec_command('df')
  const { stdout } = await ssh.execCommand('df -P /');
  const result = await stdout.text();
  console.log(`password: ${firstWord(result)}`);
  await ssh.close();
}

/** 基于公钥密钥连接: private_key = paramiko.RSAKey.from_private_key_file(...); ssh.connect(..., pkey=private_key) */
async function byKey({ host, port, user, keyFile }: Server, knownHosts: string): Promise<void> {
  const privateKey = await PKey.fromPrivateKeyFile(keyFile);

  const ssh = new SSHClient();
  ssh.loadHostKeys(knownHosts);
  ssh.setMissingHostKeyPolicy(new AutoAddPolicy());
  await ssh.connect({ host, port, user, pkey: privateKey });

  const { stdout, exit } = await ssh.execCommand('df -P /');
  console.log(`key: ${firstWord(await stdout.text())}, ${JSON.stringify(await exit)}`);
  await ssh.close();
}

/** transport = paramiko.Transport((host, 22)); sftp = paramiko.SFTPClient.from_transport(transport); sftp.put(...); sftp.get(...) */
async function transfer({ host, port, user, keyFile }: Server, knownHosts: string, directory: string): Promise<void> {
  const transport = new Transport({ host, port });
  // Unlike paramiko's, it checks who the server is: by now known_hosts knows.
  await transport.connect({ user, privateKeyFile: keyFile, knownHostsFiles: [knownHosts] });

  const sftp = await SFTPClient.fromTransport(transport);
  await writeFile(path.join(directory, 'local.txt'), 'byte for byte\n');
  await sftp.put(path.join(directory, 'local.txt'), `${directory}/remote.txt`);
  await sftp.get(`${directory}/remote.txt`, path.join(directory, 'back.txt'));
  console.log(`put and get: ${(await readFile(path.join(directory, 'back.txt'), 'utf8')).trim()}`);

  await transport.close();
}

function firstWord(text: string): string {
  return `${text.split(/\s+/)[0]} ...`;
}

async function runAll(server: Server, directory: string): Promise<void> {
  const knownHosts = path.join(directory, 'known_hosts');
  const stranger = new SSHClient();
  stranger.loadHostKeys(knownHosts);
  await stranger.connect(server).catch((error: Error & { code?: string }) => console.log(`without a policy: ${error.code}`));
  if (server.password !== undefined) await byPassword(server, knownHosts);
  await byKey(server, knownHosts);
  await transfer(server, knownHosts, directory);
}

if (isMain(import.meta)) {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'paramiko-'));
  const [host, port, user = '', keyFile = '', password] = process.argv.slice(2);
  if (host !== undefined) await runAll({ host, port: Number(port), user, keyFile, password }, directory);
  else {
    await using embedded = await EmbeddedServer.start({ password: 'correct horse' });
    const key = path.join(directory, 'id_ed25519');
    await writeFile(key, embedded.clientKey.privateKey, { mode: 0o600 });
    await runAll({ host: embedded.host, port: embedded.port, user: embedded.user, keyFile: key, password: 'correct horse' }, directory);
  }
  await rm(directory, { recursive: true });
}
