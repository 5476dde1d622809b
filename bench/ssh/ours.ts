// One job done by sshoal's library: `node ours.js put PORT USER KEY KNOWN_HOSTS ...`. It prints nothing but what the job asks for.
import { SSHClient } from 'sshoal';

const [job = '', port = '', user = '', privateKeyFile = '', knownHosts = '', ...words] = process.argv.slice(2);
const options = { host: '127.0.0.1', port: Number(port), user, privateKeyFile, knownHostsFiles: [knownHosts], allowAgent: false };

async function connected(use: (client: SSHClient) => Promise<void>): Promise<void> {
  await using client = new SSHClient();
  await client.connect(options);
  await use(client);
}

/** Connections and one command each, ten at a time. */
async function connects(count: number): Promise<void> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await connected(async (client) => void (await (await client.run('true')).stdout.text()));
  };
  await Promise.all(Array.from({ length: 10 }, lane));
}

async function main(): Promise<void> {
  const [from = '', to = ''] = words;
  switch (job) {
    case 'connect':
      return await connects(Number(from));
    case 'exec':
      return await connected(async (client) => {
        for (let i = 0; i < Number(from); i++) await (await client.run('true')).stdout.text();
      });
    case 'put':
      return await connected(async (client) => void (await (await client.openSftp()).put(from, to)));
    case 'get':
      return await connected(async (client) => void (await (await client.openSftp()).get(from, to)));
    case 'tree':
      return await connected(async (client) => void (await (await client.openSftp()).putTree(from, to)));
    case 'tar':
      return await connected(async (client) => void (await (await client.openSftp()).putTree(from, to, { via: 'tar' })));
    default:
      throw new RangeError(`There is no job ${job}`);
  }
}

await main();
