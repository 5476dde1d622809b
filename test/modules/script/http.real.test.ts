// get_url and uri beside Ansible: both ask a server of this process, each in a directory of its own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { needs } from '../../support/real.js';
import { plain, runModule, SHELLS, sourceFile } from '../run-steps.js';

const run = promisify(execFile);
const root = mkdtempSync(path.join(os.tmpdir(), 'sshoal-http-'));
const BODY = 'hello wörld\n';
const SUM = createHash('sha256').update(BODY).digest('hex');

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const sent: Buffer[] = [];
  for await (const chunk of request) sent.push(chunk as Buffer);
  const send = (status: number, headers: Readonly<Record<string, string | string[]>>, body: string): void => {
    response.writeHead(status, { ...headers, 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close' });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  const { pathname } = new URL(request.url ?? '/', 'http://x');
  const { authorization, 'content-type': type, 'x-more': more, 'user-agent': agent } = request.headers;
  if (pathname === '/file.txt' && request.headers['if-modified-since'] !== undefined) send(304, {}, '');
  else if (pathname === '/file.txt')
    send(200, { 'Content-Type': 'text/plain; charset=utf-8', 'Last-Modified': 'Sat, 01 Jan 2000 00:00:00 GMT' }, BODY);
  else if (pathname === '/named') send(200, { 'Content-Disposition': 'attachment; filename="given.txt"' }, BODY);
  else if (pathname === '/sums') send(200, {}, `0000  other\n${SUM}  ./file.txt\n`);
  else if (pathname === '/moved') send(302, { Location: '/file.txt' }, '');
  else if (pathname === '/json')
    send(200, { 'Content-Type': 'application/json', 'Set-Cookie': ['a=1; Path=/', 'b=2'] }, '{"a": [1, 2.5, null]}');
  else if (pathname === '/broken') send(200, { 'Content-Type': 'application/json' }, '{');
  else if (pathname === '/created') send(201, {}, '');
  else if (pathname === '/secret' && authorization === undefined) send(401, { 'WWW-Authenticate': 'Basic realm="x"' }, 'who?');
  else if (pathname === '/echo' || pathname === '/secret') {
    const seen = { method: request.method, body: Buffer.concat(sent).toString(), type, more, agent, authorization };
    send(200, { 'Content-Type': 'application/json' }, JSON.stringify(seen));
  } else send(404, {}, 'nothing here');
}

interface Case {
  readonly name: string;
  readonly module: 'get_url' | 'uri';
  readonly args: Readonly<Record<string, unknown>>;
  readonly before?: Readonly<Record<string, string>>;
  readonly checkMode?: boolean;
}
const get = (name: string, args: Readonly<Record<string, unknown>>, before: Case['before'] = {}, checkMode = false): Case => ({
  name: `get_url ${name}`,
  module: 'get_url',
  args,
  before,
  checkMode,
});
const ask = (name: string, args: Readonly<Record<string, unknown>>, before: Case['before'] = {}): Case => ({
  name: `uri ${name}`,
  module: 'uri',
  args,
  before,
});
/** `@` is the directory of the case, `%` the server. */
const CASES: readonly Case[] = [
  get('fetches', { url: '%/file.txt', dest: '@/f', mode: '0600' }),
  get('fetches into a directory', { url: '%/file.txt?x=/y', dest: '@' }),
  get('takes the name it is given', { url: '%/named', dest: '@' }),
  get('follows', { url: '%/moved', dest: '@/f' }),
  get('leaves what is not newer', { url: '%/file.txt', dest: '@/f' }, { f: 'old' }),
  get('replaces by force', { url: '%/file.txt', dest: '@/f', force: true, backup: false }, { f: 'old' }),
  get('has it', { url: '%/file.txt', dest: '@/f', force: true }, { f: BODY }),
  get('knows the checksum', { url: '%/file.txt', dest: '@/f', checksum: `sha256:${SUM}` }),
  get('has the checksum', { url: '%/none', dest: '@/f', checksum: `sha256:${SUM}` }, { f: BODY }),
  get('replaces what has another checksum', { url: '%/file.txt', dest: '@/f', checksum: `sha256:${SUM}` }, { f: 'old' }),
  get('finds the checksum in a list', { url: '%/file.txt', dest: '@/f', checksum: 'sha256:%/sums' }),
  get('refuses a wrong checksum', { url: '%/file.txt', dest: '@/f', checksum: `md5:${'0'.repeat(32)}` }),
  get('misses', { url: '%/none', dest: '@/f' }),
  get('needs the directory', { url: '%/file.txt', dest: '@/d/f' }),
  get('would fetch', { url: '%/file.txt', dest: '@/f' }, {}, true),
  get('shows who asks', {
    url: '%/secret',
    dest: '@/f',
    username: 'me',
    password: 'it\'s "x"',
    http_agent: 'x/1',
    headers: { 'X-More': 'a b' },
  }),

  ask('asks', { url: '%/file.txt', return_content: true }),
  ask('reads JSON', { url: '%/json' }),
  ask('takes no JSON for JSON that is broken', { url: '%/broken', return_content: true }),
  ask('misses', { url: '%/none', return_content: true }),
  ask('takes other answers', { url: '%/created', status_code: [200, 201], method: 'PUT' }),
  ask('takes other answers as text', { url: '%/none', status_code: '404,200' }),
  ask('follows', { url: '%/moved', return_content: true }),
  ask('does not follow', { url: '%/moved', follow_redirects: 'none', status_code: 302 }),
  ask('sends JSON', { url: '%/echo', method: 'POST', body_format: 'json', body: { b: [1, 'ü'], a: null } }),
  ask('sends text as JSON', { url: '%/echo', method: 'POST', body_format: 'json', body: '{"x":  1}' }),
  ask('sends a form', { url: '%/echo', method: 'POST', body_format: 'form-urlencoded', body: { a: 'x y&', b: [1, "it's"] } }),
  ask('sends text', { url: '%/echo', method: 'PATCH', body: 'a\nb"\\', headers: { 'Content-Type': 'text/x', 'X-More': 'q"\\' } }),
  ask('says who it is', { url: '%/secret', user: 'me', password: 'p:w', force_basic_auth: true }),
  ask('says who it is when asked', { url: '%/secret', url_username: 'me', url_password: 'word of mine' }),
  ask('keeps the answer', { url: '%/file.txt', dest: '@/f', mode: '0640' }),
  ask('keeps the answer in a directory', { url: '%/file.txt', dest: '@' }),
  ask('asks nothing', { url: '%/none', creates: '@/f' }, { f: '' }),
  ask('asks nothing of what is not there', { url: '%/none', removes: '@/f' }),
  ask('reaches nobody', { url: 'http://127.0.0.1:1/' }),
];
/** What differs by nature: times, ports, and what only urllib or Ansible adds. */
const UNEQUAL = new Set([
  'src',
  'diff',
  'invocation',
  'warnings',
  'elapsed',
  'date',
  'connection',
  'keep_alive',
  'transfer_encoding',
  'skipped',
]);

describe('get_url and uri beside Ansible', needs('ansible-playbook', 'curl'), () => {
  const server = createServer((request, response) => void answer(request, response));
  let address = '';
  let results: Record<string, unknown>[] = [];
  const place = (side: string, index: number): string => path.join(root, side, String(index));
  const placed = (value: unknown, directory: string): unknown =>
    JSON.parse(JSON.stringify(value).replaceAll('@', directory).replaceAll('%', address));

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const found = server.address();
    address = typeof found === 'object' && found !== null ? `http://127.0.0.1:${found.port}` : '';
    CASES.forEach((one, index) => {
      for (const side of ['a', 's']) {
        mkdirSync(place(side, index), { recursive: true });
        for (const [name, text] of Object.entries(one.before ?? {})) writeFileSync(path.join(place(side, index), name), text);
      }
    });
    const tasks = CASES.map((one, index) => ({
      [one.module]: placed(one.args, place('a', index)),
      register: `result_${index}`,
      ignore_errors: true,
      check_mode: one.checkMode ?? false,
    }));
    const answers = path.join(root, 'answers.json');
    const content = `{{ [${CASES.map((_one, index) => `result_${index}`).join(', ')}] | to_json }}`;
    writeFileSync(
      path.join(root, 'play.yml'),
      JSON.stringify([{ hosts: 'localhost', gather_facts: false, tasks: [...tasks, { copy: { content, dest: answers } }] }]),
    );
    const env = { ...process.env, ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3', ANSIBLE_LOCALHOST_WARNING: 'no' };
    await run('ansible-playbook', ['-i', 'localhost,', '-c', 'local', path.join(root, 'play.yml')], {
      env,
      maxBuffer: 64e6,
      timeout: 180_000,
    });
    results = JSON.parse(readFileSync(answers, 'utf8')) as Record<string, unknown>[];
  });
  after(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(root, { recursive: true });
  });

  CASES.forEach((one, index) => {
    it(one.name, async () => {
      const args = placed(one.args, place('s', index)) as Record<string, unknown>;

      const result = await runModule(one.module, args, { checkMode: one.checkMode ?? false });

      const theirs = results[index] ?? {};
      const ours: Record<string, unknown> = {
        ...plain(result),
        changed: result.changed && !result.failed,
        failed: result.failed,
        msg: result.msg,
      };
      assert.equal(result.failed, theirs.failed === true, JSON.stringify({ ours, theirs }));
      // Why a server is not reached is in the words of curl, and of urllib.
      const keys = Object.keys(theirs).filter(
        (key) => !UNEQUAL.has(key) && !(result.failed && (key === 'msg' || key.startsWith('checksum_'))),
      );
      const chosen = (values: Record<string, unknown>, side: string): unknown => {
        const text = JSON.stringify(Object.fromEntries(keys.map((key) => [key, values[key]])));
        return JSON.parse(text.replaceAll(place(side, index), '@'));
      };
      assert.deepEqual(chosen(ours, 's'), chosen({ ...theirs, changed: theirs.changed === true && theirs.failed !== true }, 'a'));
      const tree = (side: string): unknown =>
        readdirSync(place(side, index)).map((name) => {
          const file = path.join(place(side, index), name);
          return [name, statSync(file).mode, readFileSync(file, 'utf8')];
        });
      assert.deepEqual(tree('s'), tree('a'));
    });
  });

  for (const shell of SHELLS) {
    it(`under ${shell} they keep nothing, whatever comes`, needs(shell.split(' ')[0] ?? ''), async () => {
      const directory = mkdtempSync(path.join(root, 'work-'));
      const file = path.join(directory, 'sent');
      writeFileSync(file, Buffer.alloc(70_000, 'x'));
      const options = { shell, env: { TMPDIR: directory } };

      const fetched = await runModule('get_url', { url: `${address}/file.txt`, dest: path.join(directory, "it's $f") }, options);
      const missed = await runModule('get_url', { url: `${address}/none`, dest: path.join(directory, 'none') }, options);
      const sent = await runModule('uri', { url: `${address}/echo`, method: 'POST', src: await sourceFile(file) }, options);

      assert.deepEqual([fetched.changed, missed.failed, sent.failed], [true, true, false], `${fetched.msg} ${sent.msg}`);
      assert.equal((plain(sent).json as { body: string }).body.length, 70_000);
      assert.deepEqual(readdirSync(directory).sort(), ["it's $f", 'sent']);
    });
  }
});
