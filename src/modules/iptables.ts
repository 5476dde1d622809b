// The module iptables: that a rule is in a chain of the packet filter, or is not. It does not know which rules there are.
import { shellJoin } from '../base/quote.ts';
import { dict } from '../base/value.ts';
import { isOn, textOf, textsOf } from './parameters/params.ts';
import { ask, finished, type Script } from './script/answer.ts';
import { assign, flag, reportingScript } from './script/script.ts';
import type { Module, ModuleContext, ParamSpec, Params } from './seam.ts';

const text = (description: string): ParamSpec => ({ type: 'str', description });
const list = (description: string): ParamSpec => ({ type: 'list', elements: 'str', default: [], description });
const LEVELS = ['0', '1', '2', '3', '4', '5', '6', '7', 'emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug'];

/** `iptables`: as ansible 2.14, with iptables and ip6tables of the host. */
export const iptables: Module = {
  name: 'iptables',
  summary: 'Puts rules into the packet filter, or takes them out',
  params: {
    table: { type: 'str', default: 'filter', choices: ['filter', 'nat', 'mangle', 'raw', 'security'], description: 'the table' },
    chain: text('the chain'),
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether the rule is there' },
    action: { type: 'str', default: 'append', choices: ['append', 'insert'], description: 'where a new rule goes' },
    rule_num: text('with insert: before which rule'),
    ip_version: { type: 'str', default: 'ipv4', choices: ['ipv4', 'ipv6'], description: 'iptables or ip6tables' },
    chain_management: { type: 'bool', default: false, description: 'make the chain for its first rule; without a rule, remove it' },
    flush: { type: 'bool', default: false, description: 'remove all rules of the chain, or of the table' },
    policy: { type: 'str', choices: ['ACCEPT', 'DROP', 'QUEUE', 'RETURN'], description: 'what happens to packets without a rule' },
    wait: text('seconds to wait for another iptables'),
    protocol: text('the protocol; ! before it means any other, here and below'),
    source: text('address or network packets come from'),
    destination: text('address or network they go to'),
    match: list('extensions of iptables'),
    tcp_flags: { type: 'dict', description: 'flags: those looked at; flags_set: those that must be set' },
    jump: text('the target of the rule'),
    gateway: text('with TEE: where the copy goes'),
    log_prefix: text('with LOG: what lines begin with'),
    log_level: { type: 'str', choices: LEVELS, description: 'with LOG: the level' },
    to_destination: text('with DNAT: the new address'),
    destination_ports: list('ports packets go to, or ranges with a colon'),
    to_source: text('with SNAT: the new address'),
    goto: text('the chain to go on in'),
    in_interface: text('the interface packets come in by'),
    out_interface: text('the interface they leave by'),
    fragment: text('further fragments only'),
    set_counters: text('packets and bytes to begin with'),
    source_port: text('port or range packets come from'),
    destination_port: text('port or range they go to'),
    to_ports: text('with REDIRECT: the new port'),
    set_dscp_mark: text('with DSCP: the value'),
    set_dscp_mark_class: text('with DSCP: the class'),
    syn: { type: 'str', default: 'ignore', choices: ['ignore', 'match', 'negate'], description: 'the first packet of a connection' },
    ctstate: list('states of the connection'),
    src_range: text('addresses packets come from, A-B'),
    dst_range: text('addresses they go to, A-B'),
    match_set: text('a set of ipset'),
    match_set_flags: { type: 'str', choices: ['src', 'dst', 'src,dst', 'dst,src'], description: 'what of the packet is in the set' },
    limit: text('how often it matches: 5/minute'),
    limit_burst: text('how often before that counts'),
    uid_owner: text('the user who sends'),
    gid_owner: text('the group that sends'),
    reject_with: text('the answer of REJECT, which is the target then'),
    icmp_type: text('the type of ICMP'),
    comment: text('a comment'),
  },
  checkMode: 'inspects',
  check(params, templated) {
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    const faults: string[] = [];
    const [jump, level] = [textOf(params, 'jump'), has('log_prefix') || has('log_level')];
    if (!has('chain') && !isOn(params, 'flush') && !templated.has('flush'))
      faults.push('Either chain or flush parameter must be specified.');
    if (isOn(params, 'flush') && has('policy')) faults.push('`flush` and `policy` exclude each other');
    if (has('set_dscp_mark') && has('set_dscp_mark_class')) faults.push('`set_dscp_mark` and `set_dscp_mark_class` exclude each other');
    if (jump?.toUpperCase() === 'TEE' && !has('gateway')) faults.push('`gateway` is needed with `jump: TEE`');
    if (jump !== undefined && jump !== 'LOG' && level) faults.push('Logging options can only be used with the LOG jump target.');
    if (has('match_set') !== has('match_set_flags')) faults.push('`match_set` and `match_set_flags` need each other');
    return faults;
  },
  compile: (params, context) =>
    ask(rulesScript(params, context), context, ({ values }) =>
      finished({
        changed: values.get('changed') === 'true',
        failed: false,
        values: dict({
          chain: textOf(params, 'chain') ?? null,
          chain_management: isOn(params, 'chain_management'),
          flush: isOn(params, 'flush'),
          ip_version: textOf(params, 'ip_version'),
          rule: ruleWords(params).join(' '),
          state: textOf(params, 'state'),
          table: textOf(params, 'table'),
        }),
      }),
    ),
};

function rulesScript(params: Params, context: ModuleContext): Script {
  const isLogged = textOf(params, 'log_prefix') !== undefined || textOf(params, 'log_level') !== undefined;
  const rule = ruleWords(isLogged ? { jump: 'LOG', ...params } : params);
  const [isInserted, number] = [textOf(params, 'action') === 'insert', textOf(params, 'rule_num')];
  return reportingScript(
    context,
    {},
    `${assign('tool', textOf(params, 'ip_version') === 'ipv6' ? 'ip6tables' : 'iptables')} ${assign('table', textOf(params, 'table'))}`,
    `${assign('chain', textOf(params, 'chain'))} ${assign('policy', textOf(params, 'policy'))} ${assign('wanted', textOf(params, 'state'))}`,
    `${flag('flush', isOn(params, 'flush'))} ${flag('manages', isOn(params, 'chain_management'))} ${flag('no_rule', ruleWords(params).length === 0)}`,
    // The rule comes after the words of the call.
    `with_rule() { "$@" ${shellJoin(rule)}; }`,
    `add_rule() { with_rule on_table ${shellJoin(isInserted ? ['-I', textOf(params, 'chain') ?? '', ...(number === undefined ? [] : [number])] : ['-A', textOf(params, 'chain') ?? ''])}; }`,
    SCRIPT,
  );
}

/** A rule as the command line has it; the order is Ansible's, as options of an extension follow its name. */
function ruleWords(params: Params): string[] {
  const option = (name: string, ...written: readonly string[]): string[] => {
    const value = textOf(params, name);
    if (value === undefined) return [];
    return value.startsWith('!') ? ['!', ...written, value.slice(1)] : [...written, value];
  };
  const joined = (name: string): string => (textsOf(params, name) ?? []).join(',');
  const match = textsOf(params, 'match') ?? [];
  const extension = (name: string, isUsed: boolean): string[] => (isUsed && !match.includes(name) ? ['-m', name] : []);
  const given = (...names: readonly string[]): boolean => names.some((name) => textOf(params, name) !== undefined);
  const [states, ports, syn] = [joined('ctstate'), joined('destination_ports'), textOf(params, 'syn')];
  return [
    ...option('wait', '-w'),
    ...option('protocol', '-p'),
    ...option('source', '-s'),
    ...option('destination', '-d'),
    ...match.flatMap((name) => (name.startsWith('!') ? ['!', '-m', name.slice(1)] : ['-m', name])),
    ...tcpFlags(params),
    ...option('jump', '-j'),
    ...(textOf(params, 'jump')?.toUpperCase() === 'TEE' ? option('gateway', '--gateway') : []),
    ...option('log_prefix', '--log-prefix'),
    ...option('log_level', '--log-level'),
    ...option('to_destination', '--to-destination'),
    ...(ports === '' ? [] : ['-m', 'multiport', '--dports', ports]),
    ...option('to_source', '--to-source'),
    ...option('goto', '-g'),
    ...option('in_interface', '-i'),
    ...option('out_interface', '-o'),
    ...option('fragment', '-f'),
    ...option('set_counters', '-c'),
    ...option('source_port', '--source-port'),
    ...option('destination_port', '--destination-port'),
    ...option('to_ports', '--to-ports'),
    ...option('set_dscp_mark', '--set-dscp'),
    ...option('set_dscp_mark_class', '--set-dscp-class'),
    ...(syn === 'match' ? ['--syn'] : syn === 'negate' ? ['!', '--syn'] : []),
    ...(states === '' ? [] : stateWords(states, match)),
    ...extension('iprange', given('src_range', 'dst_range')),
    ...option('src_range', '--src-range'),
    ...option('dst_range', '--dst-range'),
    ...extension('set', given('match_set')),
    ...option('match_set', '--match-set'),
    ...(given('match_set') ? [textOf(params, 'match_set_flags') ?? ''] : []),
    ...(given('limit', 'limit_burst') ? ['-m', 'limit'] : []),
    ...option('limit', '--limit'),
    ...option('limit_burst', '--limit-burst'),
    ...(given('uid_owner') ? ['-m', 'owner'] : []),
    ...option('uid_owner', '--uid-owner'),
    ...(given('gid_owner') ? ['-m', 'owner'] : []),
    ...option('gid_owner', '--gid-owner'),
    ...(given('reject_with') && !given('jump') ? ['-j', 'REJECT'] : []),
    ...option('reject_with', '--reject-with'),
    ...option('icmp_type', textOf(params, 'ip_version') === 'ipv6' ? '--icmpv6-type' : '--icmp-type'),
    ...(given('comment') ? ['-m', 'comment'] : []),
    ...option('comment', '--comment'),
  ];
}

function stateWords(states: string, match: readonly string[]): string[] {
  if (match.includes('conntrack')) return ['--ctstate', states];
  return match.includes('state') ? ['--state', states] : ['-m', 'conntrack', '--ctstate', states];
}

function tcpFlags({ tcp_flags: flags }: Params): string[] {
  if (!(flags instanceof Map)) return [];
  const [looked, set] = ['flags', 'flags_set'].map((name) => {
    const value: unknown = flags.get(name);
    return Array.isArray(value) ? value.join(',') : value;
  });
  return typeof looked === 'string' && typeof set === 'string' ? ['--tcp-flags', looked, set] : [];
}

const SCRIPT = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
command -v "$tool" >/dev/null 2>&1 || fail "There is no $tool on this host"
on_table() { "$tool" -t "$table" "$@"; }
has_chain() { on_table -L "$chain" >/dev/null 2>&1; }
has_rule() { with_rule on_table -C "$chain" >/dev/null 2>&1; }
if [ "$flush" ]; then
  change "Cannot flush $table" on_table -F \${chain:+"$chain"}
elif [ "$policy" ]; then
  listed=$(on_table -L "$chain" 2>&1) || fail "$listed"
  now=$(printf '%s\\n' "$listed" | sed -n '1s/.*(policy \\([A-Z]*\\).*/\\1/p')
  if [ ! "$now" ]; then fail "Can't detect current policy"; fi
  if [ "$now" != "$policy" ]; then change "Cannot set the policy of $chain" on_table -P "$chain" "$policy"; fi
elif [ "$wanted" = absent ] && [ "$no_rule" ]; then
  if has_chain; then
    if [ "$manages" ]; then change "Cannot delete $chain" on_table -X "$chain"; else changed=true; fi
  fi
elif [ "$wanted" = absent ]; then
  if has_rule; then change "Cannot delete the rule" with_rule on_table -D "$chain"; fi
elif ! has_rule; then
  if [ "$manages" ] && ! has_chain; then change "Cannot make $chain" on_table -N "$chain"; fi
  change 'Cannot add the rule' add_rule
fi`;
