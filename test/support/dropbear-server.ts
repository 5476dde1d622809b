// A real dropbear on loopback, the SSH server of small machines, with an account of its own in mounts of its own; only root may.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionSpec } from '#src/connection/seam';
import { generateKeyPair } from '#src/testing/key-pair';
import { freePort } from './openssh-server.ts';

const ACCOUNT = { name: 'sshoal-dropbear', id: 64_322 };

export class DropbearServer implements AsyncDisposable {
  readonly home: string;
  readonly spec: ConnectionSpec;
  readonly #directory: string;
  readonly #process: ChildProcess;

  private constructor(directory: string, spec: ConnectionSpec, child: ChildProcess) {
    this.#directory = directory;
    this.home = path.join(directory, 'home');
    this.spec = spec;
    this.#process = child;
  }

  static async start(): Promise<DropbearServer> {
    const port = await freePort();
    const directory = mkdtempSync(path.join('/dev/shm', 'sshoal-dropbear-'));
    const at = (...names: string[]): string => path.join(directory, ...names);
    const { name, id } = ACCOUNT;
    chmodSync(directory, 0o755);
    mkdirSync(at('home', '.ssh'), { recursive: true });
    const key = generateKeyPair('test');
    writeFileSync(at('key'), key.privateKey, { mode: 0o600 });
    writeFileSync(at('home', '.ssh', 'authorized_keys'), key.publicKey, { mode: 0o600 });
    for (const owned of [at('home'), at('home', '.ssh'), at('home', '.ssh', 'authorized_keys')]) chownSync(owned, id, id);
    writeFileSync(at('passwd'), `${readFileSync('/etc/passwd', 'utf8')}${name}:x:${id}:${id}::${at('home')}:/bin/sh\n`);
    const made = spawnSync('dropbearkey', ['-t', 'ed25519', '-f', at('host_key')], { encoding: 'utf8' });
    const hostKey = /^ssh-ed25519 \S+/m.exec(made.stdout)?.[0] ?? assertKey(made.stderr);
    writeFileSync(at('known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`);
    const script = `mount --bind passwd /etc/passwd; exec dropbear -F -E -s -p 127.0.0.1:${port} -r host_key -P pid`;
    const child = spawn('unshare', ['-m', 'sh', '-ec', script], { cwd: directory, stdio: 'ignore' });
    await answers(port);
    const spec = {
      kind: 'ssh',
      name: 'dropbear',
      address: '127.0.0.1',
      port,
      user: name,
      privateKeyFile: at('key'),
      knownHostsFiles: [at('known_hosts')],
    };
    return new DropbearServer(directory, spec, child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await gone;
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function assertKey(said: string): never {
  throw new Error(`dropbearkey: ${said}`);
}

/** Waits until something listens: dropbear does not tell. */
async function answers(port: number): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const socket = net.connect(port, '127.0.0.1');
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    if (attempt === 100) throw new Error(`dropbear does not listen on port ${port}`);
    await delay(50);
  }
}
