// iptables over a small program in its place, which keeps rules and chains in files, beside Ansible's module over the same.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { TwoRoots, tasksOf } from './beside-ansible.js';
import { needsPrivateRoot } from './private-root.js';

/** Rules are lines `TABLE CHAIN WORDS`; each change is a line of /calls. */
const IPTABLES = `#!/bin/sh
if [ "$1" = --version ]; then echo 'iptables v1.8.9 (nf_tables)'; exit 0; fi
table=$2 action=$3 chain=$4; shift 4
case $action in
-C) grep -qxF -e "$table $chain $*" /rules; exit ;;
-L) grep -qxF -e "$chain" /chains || { echo 'No chain by that name.' >&2; exit 1; }; echo "Chain $chain (policy $(cat "/policy-$chain" 2>/dev/null || echo ACCEPT))"; exit ;;
esac
echo "\${0##*/} $table $action $chain $*" >>/calls
case $action in
-A) grep -qxF -e "$chain" /chains || { echo 'No chain by that name.' >&2; exit 1; }; echo "$table $chain $*" >>/rules ;;
-I) case $1 in [0-9]*) shift ;; esac; echo "$table $chain $*" >>/rules ;;
-D) grep -vxF -e "$table $chain $*" /rules >/rules.new; mv /rules.new /rules ;;
-N) echo "$chain" >>/chains ;;
-X) grep -vxF -e "$chain" /chains >/chains.new; mv /chains.new /chains ;;
-F) : >/rules ;;
-P) echo "$1" >"/policy-$chain" ;;
esac
`;

const TASKS = tasksOf('iptables', undefined, [
  ['would add', { chain: 'INPUT', protocol: 'tcp', destination_port: '22', jump: 'ACCEPT' }, true],
  ['adds', { chain: 'INPUT', protocol: 'tcp', destination_port: '22', jump: 'ACCEPT', comment: "let it's in" }],
  ['has it', { chain: 'INPUT', protocol: 'tcp', destination_port: '22', jump: 'ACCEPT', comment: "let it's in" }],
  ['inserts', { chain: 'INPUT', action: 'insert', rule_num: '2', source: '!10.0.0.0/8', in_interface: 'eth0', jump: 'DROP', wait: '5' }],
  ['knows states', { chain: 'INPUT', ctstate: ['ESTABLISHED', 'RELATED'], jump: 'ACCEPT' }],
  ['knows states of an extension', { chain: 'INPUT', match: ['state'], ctstate: 'NEW', jump: 'ACCEPT', syn: 'negate' }],
  ['knows ports', { chain: 'INPUT', protocol: 'tcp', destination_ports: ['80', '443', '8081:8083'], jump: 'ACCEPT' }],
  ['knows flags', { chain: 'INPUT', protocol: 'tcp', tcp_flags: { flags: ['ALL'], flags_set: ['ACK', 'RST'] }, jump: 'DROP' }],
  ['logs', { chain: 'INPUT', log_prefix: 'drop: ', log_level: 'info', limit: '2/second', limit_burst: '20' }],
  ['rejects', { chain: 'INPUT', protocol: 'tcp', reject_with: 'tcp-reset', ip_version: 'ipv6' }],
  ['redirects', { table: 'nat', chain: 'INPUT', protocol: 'tcp', destination_port: '80', jump: 'REDIRECT', to_ports: '8600' }],
  [
    'knows owners and ranges',
    { chain: 'INPUT', uid_owner: '!root', src_range: '10.0.0.1-10.0.0.9', match_set: 'bad', match_set_flags: 'src', jump: 'DROP' },
  ],
  ['knows ICMP', { chain: 'INPUT', protocol: 'icmp', icmp_type: 'echo-request', jump: 'ACCEPT' }],
  ['fails without a chain', { chain: 'OWN', jump: 'RETURN' }],
  ['makes a chain', { chain: 'OWN', jump: 'RETURN', chain_management: true }],
  ['has no rule to remove', { chain: 'INPUT', jump: 'QUEUE', state: 'absent' }],
  ['removes', { chain: 'OWN', jump: 'RETURN', state: 'absent' }],
  ['removes a chain', { chain: 'OWN', state: 'absent', chain_management: true }],
  ['has no chain to remove', { chain: 'OWN', state: 'absent', chain_management: true }],
  ['would set a policy', { chain: 'INPUT', policy: 'DROP' }, true],
  ['sets a policy', { chain: 'INPUT', policy: 'DROP' }],
  ['has the policy', { chain: 'INPUT', policy: 'DROP' }],
  ['flushes', { chain: 'INPUT', flush: true }],
]);

describe('iptables beside Ansible', needsPrivateRoot('ansible-playbook'), () => {
  const roots = new TwoRoots();
  after(() => roots.remove());

  it('does and says the same', async () => {
    for (const name of ['iptables', 'ip6tables']) roots.write(`/usr/sbin/${name}`, IPTABLES, 0o755);
    roots.write('/chains', 'INPUT\nOUTPUT\n');
    for (const name of ['/rules', '/calls']) roots.write(name, '');

    const pairs = await roots.play(TASKS);

    for (const [index, { ours, theirs }] of pairs.entries()) assert.deepEqual(ours, theirs, TASKS[index]?.name);
    const { ours, theirs } = roots.run('cat /calls');
    assert.equal(ours, theirs);
    assert.match(ours, /ip6tables filter -A INPUT -p tcp -j REJECT/);
  });
});
