// ssh_config beside `ssh -G`: what both make of the same files, flags and hosts.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { hostNameIn, readSshConfig } from '#src/ssh/config/reader';
import { parseSshArgs } from '#src/ssh/config/ssh-args';
import { needs } from '../../support/real.ts';

/** Keywords that ssh prints as they stand in the files, once they are set. */
const AS_WRITTEN = [
  ...['port', 'user', 'identityfile', 'certificatefile', 'proxycommand', 'hostkeyalias', 'connectionattempts', 'serveralivecountmax'],
  ...['sendenv', 'setenv', 'preferredauthentications', 'addressfamily', 'bindaddress', 'loglevel', 'globalknownhostsfile', 'identityagent'],
  ...['numberofpasswordprompts', 'serveraliveinterval', 'connecttimeout', 'canonicaldomains', 'remotecommand', 'canonicalizemaxdots'],
];
/** Lists that ssh prints on one line. */
const ON_ONE_LINE = new Set(['globalknownhostsfile', 'canonicaldomains']);
const YES_OR_NO = [
  'identitiesonly',
  'hashknownhosts',
  'passwordauthentication',
  'kbdinteractiveauthentication',
  'forwardagent',
  'proxyusefdpass',
  'batchmode',
];

describe('ssh_config beside ssh -G', needs('ssh'), () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'sshoal-ssh-config-'));
    await mkdir(path.join(directory, 'conf.d'));
    await writeFile(path.join(directory, 'conf.d', '10-web'), 'Host web*\n  User fromten\n  Port 1010\n');
    await writeFile(path.join(directory, 'conf.d', '20-all'), 'User fromtwenty\nIdentityFile ~/.ssh/twenty\n');
    await writeFile(path.join(directory, 'conf.d', 'readme.txt'), 'no configuration at all\n');
    await writeFile(path.join(directory, 'nested'), 'Host *.example.com\n  ProxyJump bastion\nInclude conf.d/2*\n');
  });
  after(async () => await rm(directory, { recursive: true, force: true }));

  async function compare(text: string, host: string, flags: readonly string[] = []): Promise<void> {
    const file = path.join(directory, 'config');
    await writeFile(file, text.replaceAll('DIR/', `${directory}/`));
    const theirs = spawnSync('ssh', ['-G', '-F', file, ...flags, host], { encoding: 'utf8' });
    const said = `${text}\n--- ${flags.join(' ')} ${host}\n${theirs.stderr}`;
    const printed = new Map<string, string[]>();
    for (const line of theirs.stdout.trim().split('\n')) {
      const [keyword = '', ...words] = line.split(' ');
      printed.set(keyword, [...(printed.get(keyword) ?? []), words.join(' ')]);
    }

    const query = { host, user: undefined, localUser: os.userInfo().username, homeDirectory: os.homedir(), environment: process.env };
    const ours = await readSshConfig([file], query, parseSshArgs(flags, 'flags').lines).then(
      (found) => found,
      (error: Error) => error,
    );

    if (theirs.status !== 0) {
      assert.ok(ours instanceof Error, `ssh refuses this, and we do not: ${said}`);
      return;
    }
    if (ours instanceof Error) throw new Error(`ssh takes this: ${said}`, { cause: ours });
    assert.equal(hostNameIn(ours, host).toLowerCase(), printed.get('hostname')?.[0]?.toLowerCase(), said);
    for (const keyword of AS_WRITTEN) {
      const listed: readonly string[] | undefined = ours.get(keyword);
      const values: readonly string[] | undefined = listed !== undefined && ON_ONE_LINE.has(keyword) ? [listed.join(' ')] : listed;
      if (values === undefined || values[0] === 'none') continue;
      // A second reading adds the same once more in ssh.
      const expected = [...new Set(printed.get(keyword))];
      // ssh's own list of key files stands there where none is set; ours is elsewhere.
      assert.deepEqual(
        values.map((one: string) => one.toLowerCase()),
        expected.map((one: string) => one.toLowerCase()),
        `${keyword}: ${said}`,
      );
    }
    for (const keyword of YES_OR_NO) {
      const value: string | undefined = ours.get(keyword)?.[0]?.toLowerCase();
      if (value !== undefined)
        assert.equal(/^(yes|true)$/.test(value), /^(yes|true)$/.test(printed.get(keyword)?.[0] ?? ''), `${keyword}: ${said}`);
    }
    assert.equal(ours.get('proxyjump')?.[0] ?? 'none', printed.get('proxyjump')?.[0] ?? 'none', said);
  }

  const files: readonly [what: string, text: string, hosts: readonly string[], flags?: readonly string[]][] = [
    ['nothing', '', ['web']],
    ['a host and all others', 'Host web\n User a\nHost *\n User b\n Port 7', ['web', 'db']],
    ['several patterns', 'Host web db*\n User a', ['web', 'db7', 'cache']],
    ['a negation', 'Host web* !web7\n User a', ['web6', 'web7']],
    ['only a negation', 'Host !web7\n User a', ['web6', 'web7']],
    ['a question mark', 'Host web?\n User a', ['web', 'web1', 'web12']],
    ['capitals in a pattern', 'Host WEB\n User a', ['web', 'WEB']],
    ['the first value', 'Port 1\nPort 2', ['web']],
    ['equals signs', 'User=a\nPort = 22\nHost=web\n  HostName=10.0.0.1', ['web']],
    ['tabs and trailing blanks', '\tUser\ta  \n\tPort\t7\t', ['web']],
    ['comments', '# one\n   # two\nUser a # three\nPort 7', ['web']],
    ['quotes', 'User "a"\nIdentityFile "/tmp/with blank/key"\nHost "web"\n Port 7', ['web']],
    ['single quotes', "User 'a'\nIdentityFile '/tmp/with blank/key'", ['web']],
    ['a quote that is not closed', 'User "a', ['web']],
    ['keywords in any case', 'USER a\npOrT 7', ['web']],
    ['a keyword that is none', 'Uzer a', ['web']],
    ['a keyword that is none, forgiven', 'IgnoreUnknown Uzer,Foo*\nUzer a\nFooBar 1\nUser b', ['web']],
    ['a keyword without a value', 'User', ['web']],
    ['HostName with tokens', 'Host web*\n HostName %h.example.com\nHost pct\n HostName 100%%', ['web1', 'pct']],
    ['several keys', 'IdentityFile ~/.ssh/a\nIdentityFile ~/.ssh/b\nIdentityFile ~/.ssh/a', ['web']],
    ['certificates', 'CertificateFile ~/.ssh/a-cert.pub\nHost web\n CertificateFile /tmp/b', ['web', 'db']],
    ['variables to send', 'SendEnv LANG LC_*\nHost web\n SendEnv EDITOR -LC_*', ['web', 'db']],
    ['variables that are set', 'SetEnv A=1 B="two words"\nSetEnv C=3', ['web']],
    ['Match all', 'Match all\n User a', ['web']],
    ['Match host', 'Match host web*,db\n User a', ['web1', 'db', 'cache']],
    ['Match host after HostName', 'Host web\n HostName real\nMatch host real\n User a\nMatch originalhost web\n Port 7', ['web', 'real']],
    ['Match with a negation', 'Match !host web*\n User a\nMatch host * !originalhost db\n Port 7', ['web', 'db', 'x']],
    ['Match user', 'Match user a\n Port 7', ['web'], ['-l', 'a']],
    ['Match user from the file', 'User a\nMatch user a\n Port 7\nMatch user b\n Port 8', ['web']],
    ['Match localuser', `Match localuser ${os.userInfo().username}\n User a\nMatch localuser nobody-there\n Port 7`, ['web']],
    ['Match exec', 'Match exec "test %h = web"\n User a\nMatch !exec "exit 3"\n Port 7', ['web', 'db']],
    ['Match exec that is not reached', 'Match host db exec "touch DIR/ran"\n User a', ['web']],
    ['Match final', 'Match final host web\n User late\nUser early\nMatch final\n Port 7', ['web']],
    ['Match final after HostName', 'Host web\n HostName real\nMatch final host real\n User late\nHost real\n Port 7', ['web']],
    ['Match canonical without canonicalisation', 'Match canonical\n User a\nMatch !canonical\n Port 7', ['web']],
    ['Match with two criteria', 'Match host web user a\n Port 7', ['web'], ['-l', 'a']],
    ['Match without criteria', 'Match\n User a', ['web']],
    ['a criterion that is none', 'Match hots web\n User a', ['web']],
    ['Include', 'Include DIR/conf.d/*-*\nUser last', ['web1', 'db']],
    ['Include of nothing', 'Include DIR/nowhere/*\nUser a', ['web']],
    ['Include within a host', 'Host db\n Include DIR/conf.d/10-web\n User a\nHost *\n Port 7', ['web1', 'db']],
    ['Include within another', 'Include DIR/nested', ['a.example.com', 'db'], []],
    ['ProxyJump', 'Host web\n ProxyJump me@bastion:2222,other\nHost *\n ProxyJump none', ['web', 'db']],
    ['ProxyCommand', 'Host web\n ProxyCommand nc -X "connect" %h %p # no comment\nHost db\n ProxyCommand none', ['web', 'db']],
    ['ProxyCommand before ProxyJump', 'ProxyCommand nc %h %p\nProxyJump bastion', ['web']],
    ['times', 'ConnectTimeout 30\nServerAliveInterval 15', ['web']],
    ['yes and no', 'IdentitiesOnly yes\nHashKnownHosts yes\nPasswordAuthentication no\nForwardAgent yes\nBatchMode yes', ['web']],
    ['older names', 'ChallengeResponseAuthentication no', ['web']],
    ['flags before the file', 'User a\nPort 7', ['web'], ['-p', '8', '-o', 'User=b', '-oIdentitiesOnly=yes']],
    ['-o with a blank', 'Port 7', ['web'], ['-o', 'Port 9', '-o', 'HostName=%h.internal']],
    ['-J', 'ProxyJump other', ['web'], ['-J', 'bastion:22']],
    ['several -i', 'IdentityFile /tmp/file', ['web'], ['-i', '/etc/hostname', '-i', '/etc/passwd']],
    ['-A and -4', '', ['web'], ['-A', '-4']],
    ['known hosts files', 'GlobalKnownHostsFile /tmp/a /tmp/b', ['web']],
    ['an agent', 'IdentityAgent SSH_AUTH_SOCK', ['web']],
    [
      'canonicalisation of what cannot be found',
      'CanonicalizeHostname yes\nCanonicalDomains invalid\nMatch canonical\n User late\nPort 7',
      ['web'],
    ],
    ['lines of Windows', 'Host web\r\n  User a\r\n', ['web']],
  ];
  for (const [what, text, hosts, flags = []] of files) {
    it(what, async () => {
      for (const host of hosts) await compare(text, host, flags);
    });
  }

  it('agree about files that chance has written', async () => {
    const name = fc.constantFrom('web', 'db', 'web1', 'a.example.com', 'web*', '*', '!db', '!web*', '?b', '*.com');
    const setting = fc.constantFrom(
      'User a',
      'User b',
      'Port 7',
      'Port 8',
      'HostName %h.lan',
      'HostName real',
      'IdentityFile /k1',
      'IdentityFile /k2',
      'SendEnv A B',
      'SendEnv -A',
    );
    const criterion = fc.constantFrom(
      'host web*',
      'originalhost db',
      '!originalhost web',
      'user a',
      'all',
      'final host real',
      '!final user b',
      'host *.lan',
    );
    const block = fc.oneof(
      fc
        .tuple(fc.array(name, { minLength: 1, maxLength: 3 }), fc.array(setting, { maxLength: 3 }))
        .map(([names, lines]) => [`Host ${names.join(' ')}`, ...lines]),
      fc.tuple(criterion, fc.array(setting, { maxLength: 3 })).map(([match, lines]) => [`Match ${match}`, ...lines]),
      fc.array(setting, { minLength: 1, maxLength: 2 }),
    );
    const samples = fc.sample(
      fc.tuple(fc.array(block, { minLength: 1, maxLength: 5 }), fc.constantFrom('web', 'db', 'web1', 'a.example.com')),
      {
        numRuns: 120,
        seed: 20,
      },
    );

    for (const [blocks, host] of samples) await compare(blocks.flat().join('\n'), host);
  });
});
