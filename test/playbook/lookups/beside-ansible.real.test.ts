// Every lookup beside Ansible's: the same expressions and loops in one playbook, compared by value.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { needs } from '../../support/real.ts';
import { ansibleResults } from '../ansible-results.ts';
import { inDirectory, playLocal } from '../play-local.ts';
import { DIFFERENT, EXPRESSIONS, FILES, LOOPS, VARS } from './cases.ts';

const HOSTS = 'a\nb\n[g]\na\nb\n';
const LOCAL = '[all:vars]\nansible_connection=local\nansible_python_interpreter=/usr/bin/python3\n';

/** What one case came to: a value, the values of a loop, or that it failed. */
type Outcome = { readonly value: unknown } | 'failed';

describe('lookups', needs('ansible-playbook'), () => {
  it('find what those of Ansible find, and fail where those fail', { timeout: 180_000 }, async () => {
    const cases = [...EXPRESSIONS, ...LOOPS];
    await withServer(async (port) => {
      const text = playbook().replaceAll('PORT', String(port));

      const [ours, theirs] = await Promise.all([
        inDirectory(async (one) => await ourOutcomes(one, text)),
        inDirectory(async (one) => await theirOutcomes(one, text)),
      ]);

      const differing = cases.flatMap((one, i) =>
        isDeepStrictEqual(ours[i], theirs[i]) || DIFFERENT.has(one) ? [] : [line(one, ours[i], theirs[i])],
      );
      assert.equal(differing.join('\n'), '');
      assert.equal(theirs.length, cases.length);
    });
  });

  it('differ only where it is written down', () => {
    assert.deepEqual(
      [...DIFFERENT.keys()].filter((one) => !EXPRESSIONS.includes(one) && !LOOPS.includes(one)),
      [],
    );
  });
});

function line(one: string, ours: Outcome | undefined, theirs: Outcome | undefined): string {
  return `${one}\n   ours   ${JSON.stringify(ours)}\n   theirs ${JSON.stringify(theirs)}`;
}

function playbook(): string {
  const task = (i: number, rest: string): string => `    - name: case ${i}\n      ignore_errors: true\n${rest}`;
  const expressions = EXPRESSIONS.map((one, i) => task(i, `      debug:\n        msg: ${JSON.stringify(`{{ ${one} }}`)}\n`));
  const loops = LOOPS.map((one, i) => task(EXPRESSIONS.length + i, `      debug:\n        msg: "{{ item }}"\n      ${one}\n`));
  return `- hosts: a\n  gather_facts: false\n  vars:${VARS}\n  tasks:\n${[...expressions, ...loops].join('')}`;
}

async function writeAll(directory: string, text: string): Promise<void> {
  const files = { ...FILES, 'site.yml': text, 'hosts.ini': HOSTS + LOCAL };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), content);
  }
}

async function ourOutcomes(directory: string, text: string): Promise<Outcome[]> {
  await writeAll(directory, text);
  const { results } = await playLocal(directory, text, HOSTS, { environment: { ...process.env, LOOKUP_TEST: 'from here' } });
  return Object.values(results).map(({ a }) => outcomeOf(a ?? {}, a?.failed === true, directory));
}

async function theirOutcomes(directory: string, text: string): Promise<Outcome[]> {
  await writeAll(directory, text);
  const results = await ansibleResults(directory, { environment: { LOOKUP_TEST: 'from here' } });
  return results.map(({ result, failed }) => outcomeOf(result, failed, directory));
}

function outcomeOf(result: Readonly<Record<string, unknown>>, failed: boolean, directory: string): Outcome {
  if (failed) return 'failed';
  const items = result.results as readonly { readonly msg: unknown }[] | undefined;
  const value = items === undefined ? (result.skipped === true ? [] : result.msg) : items.map(({ msg }) => msg);
  return JSON.parse(JSON.stringify({ value: value ?? null }).replaceAll(path.basename(directory), 'DIRECTORY')) as Outcome;
}

/** In a process of its own: a lookup holds up everything that is in this one. */
const SERVER = `
const server = require('node:http').createServer(({ url, headers }, response) => {
  if (url === '/redirect') response.writeHead(302, { location: '/lines' }).end();
  else if (url === '/lines') response.end('one\\ntwo\\r\\n\\nthree\\n');
  else if (url === '/headers') response.end([headers.authorization, headers['x-test'], headers['user-agent'], headers['cache-control']].join(';'));
  else response.writeHead(404).end('gone');
}).listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

async function withServer(use: (port: number) => Promise<void>): Promise<void> {
  const server = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = (await once(server.stdout, 'data')) as [Buffer];
    await use(Number(port.toString()));
  } finally {
    server.kill();
    await once(server, 'close');
  }
}
