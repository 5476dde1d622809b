// The floor under ten tasks: npm ssh2 alone, one connection and one shell a host, ten scripts after each other. It checks and reports
// nothing, so nobody who does can be faster by much.
//
//   node floor.js KEY NAME=USER@ADDRESS:PORT...
import { readFileSync } from 'node:fs';
import net from 'node:net';
import ssh2 from 'ssh2';

const [keyFile = '', ...places] = process.argv.slice(2);
const privateKey = readFileSync(keyFile, 'utf8');
const END = '=end=';

/** The tasks of ten-tasks.yml, as somebody would write them by hand. */
const scripts = (name: string, user: string): readonly string[] => [
  `root=/tmp/sshoal-bench/${name}; mkdir -p "$root"; chmod 755 "$root"`,
  `printf '%s\\n' 'Welcome' >"$root/motd.txt"; chmod 644 "$root/motd.txt"`,
  `printf '%s\\n' 'greeting = hello from ${name}' >"$root/app.conf"; chmod 600 "$root/app.conf"`,
  `grep -qx '10.0.0.1 gateway' "$root/hosts" 2>/dev/null || echo '10.0.0.1 gateway' >>"$root/hosts"`,
  'kernel=$(uname -r)',
  `[ -e "$root/kernel" ] || echo "$kernel" >"$root/kernel"`,
  `mode=$(stat -c %a "$root/app.conf")`,
  `[ "$mode" = 600 ]`,
  `ln -sfn "$root/app.conf" "$root/current"`,
  `getent passwd ${user} >/dev/null`,
];

async function one(place: string): Promise<void> {
  const [, name = '', username = '', host = '', port = ''] = /^(.+)=(.+)@(.+):(\d+)$/.exec(place) ?? [];
  const client = new ssh2.Client();
  const sock = net.connect({ port: Number(port), host, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).on('error', reject);
    client.connect({ sock, username, privateKey, algorithms: { cipher: ['aes128-gcm@openssh.com'] }, hostVerifier: () => true });
  });
  const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
    client.exec('exec sh', (error, opened) => (error === undefined ? resolve(opened) : reject(error)));
  });
  channel.stderr.resume();
  for (const script of scripts(name, username)) {
    let said = '';
    const ended = new Promise<string>((resolve) => {
      channel.on('data', function read(chunk: Buffer) {
        said += chunk.toString();
        if (!said.includes(END)) return;
        channel.off('data', read);
        resolve(said);
      });
    });
    channel.write(`${script}\necho "$?${END}"\n`);
    if (!(await ended).startsWith('0')) throw new Error(`${name}: ${script} failed: ${said}`);
  }
  client.end();
}

await Promise.all(places.map(one));
