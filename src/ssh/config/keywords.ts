// The keywords of ssh_config: how their values are read, and what becomes of those that this client does not need.

/** How the values of a keyword come together; the first one given counts unless it says otherwise. */
type Reading =
  /** One value: all words of the line. */
  | 'words'
  /** Every word of the line is a value: names of files may hold blanks. */
  | 'list'
  /** One value: the line as it stands, quotes and all. */
  | 'line'
  /** Every line adds one. */
  | 'each'
  /** Every line adds words, and words after `-` take away. */
  | 'environment';

/** Why a keyword changes nothing here. */
const NOT_NEEDED: Readonly<Record<string, string>> = {
  addkeystoagent: 'keys are read, and stay here',
  batchmode: 'nobody is asked without a terminal in any case',
  canonicalizefallbacklocal: 'read with CanonicalizeHostname',
  casignaturealgorithms: 'certificates signed with SHA-1 are never accepted',
  checkhostip: 'addresses are not kept in known_hosts',
  clearallforwardings: 'forwardings are asked for with the verb tunnel',
  compression: 'what is sent is mostly short or compressed',
  controlmaster: 'every host has one connection for all its commands',
  controlpath: 'every host has one connection for all its commands',
  controlpersist: 'every host has one connection for all its commands',
  dynamicforward: 'forwardings are asked for with the verb tunnel',
  enableescapecommandline: 'there is no escape character',
  enablesshkeysign: 'there is no host-based login',
  escapechar: 'there is no escape character',
  exitonforwardfailure: 'forwardings are asked for with the verb tunnel',
  fingerprinthash: 'fingerprints are SHA-256',
  forkafterauthentication: 'it stays in the foreground',
  forwardx11: 'there are no windows',
  forwardx11timeout: 'there are no windows',
  forwardx11trusted: 'there are no windows',
  gatewayports: 'forwardings are asked for with the verb tunnel',
  gssapiauthentication: 'other logins are tried; connection openssh has it',
  gssapidelegatecredentials: 'other logins are tried; connection openssh has it',
  gssapiclientidentity: 'other logins are tried; connection openssh has it',
  gssapikeyexchange: 'other logins are tried; connection openssh has it',
  gssapikexalgorithms: 'other logins are tried; connection openssh has it',
  gssapirenewalforcesrekey: 'other logins are tried; connection openssh has it',
  gssapiserveridentity: 'other logins are tried; connection openssh has it',
  gssapitrustdns: 'other logins are tried; connection openssh has it',
  hostbasedacceptedalgorithms: 'there is no host-based login',
  hostbasedauthentication: 'there is no host-based login',
  ipqos: 'the network decides',
  knownhostscommand: 'a host that only it knows is unknown, and refused',
  localcommand: 'nothing is run here',
  localforward: 'forwardings are asked for with the verb tunnel',
  loglevel: 'verbosity is a flag',
  logverbose: 'verbosity is a flag',
  nohostauthenticationforlocalhost: 'every host is verified',
  permitlocalcommand: 'nothing is run here',
  permitremoteopen: 'forwardings are asked for with the verb tunnel',
  pkcs11provider: 'keys on cards come through the agent',
  rekeylimit: 'the server decides when',
  remoteforward: 'forwardings are asked for with the verb tunnel',
  requesttty: 'commands say whether they need a terminal',
  requiredrsasize: 'the server decides which keys are long enough',
  securitykeyprovider: 'security keys come through the agent',
  stdinnull: 'commands read nothing unless told to',
  streamlocalbindmask: 'forwardings are asked for with the verb tunnel',
  streamlocalbindunlink: 'forwardings are asked for with the verb tunnel',
  syslogfacility: 'it does not log there',
  tcpkeepalive: 'always on',
  tunnel: 'there are no network devices',
  tunneldevice: 'there are no network devices',
  verifyhostkeydns: 'a host that only the DNS knows is unknown, and refused',
  visualhostkey: 'fingerprints are text',
  xauthlocation: 'there are no windows',
  useroaming: 'ssh itself ignores it',
  usekeychain: 'keys in a keychain come through the agent',
};

const USED: readonly string[] = [
  ...['addressfamily', 'bindaddress', 'bindinterface', 'canonicaldomains', 'canonicalizehostname', 'canonicalizemaxdots'],
  ...['canonicalizepermittedcnames', 'certificatefile', 'ciphers', 'connectionattempts', 'connecttimeout', 'forwardagent'],
  ...['globalknownhostsfile', 'hashknownhosts', 'hostkeyalgorithms', 'hostkeyalias', 'hostname', 'identitiesonly', 'identityagent'],
  ...['identityfile', 'ignoreunknown', 'kbdinteractiveauthentication', 'kbdinteractivedevices', 'kexalgorithms', 'macs'],
  ...['numberofpasswordprompts', 'passwordauthentication', 'port', 'preferredauthentications', 'proxycommand', 'proxyjump'],
  ...['proxyusefdpass', 'pubkeyacceptedalgorithms', 'pubkeyauthentication', 'remotecommand', 'revokedhostkeys', 'sendenv'],
  ...['serveralivecountmax', 'serveraliveinterval', 'sessiontype', 'setenv', 'stricthostkeychecking', 'tag', 'updatehostkeys', 'user'],
  ...['userknownhostsfile', 'host', 'match', 'include'],
];

const READINGS: Readonly<Record<string, Reading>> = {
  certificatefile: 'each',
  identityfile: 'each',
  dynamicforward: 'each',
  localforward: 'each',
  remoteforward: 'each',
  sendenv: 'environment',
  canonicaldomains: 'list',
  globalknownhostsfile: 'list',
  setenv: 'list',
  userknownhostsfile: 'list',
  proxycommand: 'line',
  remotecommand: 'line',
  localcommand: 'line',
  knownhostscommand: 'line',
};

/** Older names of the same thing, as ssh still takes them. */
const ALIASES: Readonly<Record<string, string>> = {
  challengeresponseauthentication: 'kbdinteractiveauthentication',
  skeyauthentication: 'kbdinteractiveauthentication',
  tisauthentication: 'kbdinteractiveauthentication',
  dsaauthentication: 'pubkeyauthentication',
  pubkeyacceptedkeytypes: 'pubkeyacceptedalgorithms',
  hostbasedkeytypes: 'hostbasedacceptedalgorithms',
  hostbasedacceptedkeytypes: 'hostbasedacceptedalgorithms',
  globalknownhostsfile2: 'useroaming',
  userknownhostsfile2: 'useroaming',
  smartcarddevice: 'pkcs11provider',
  identityfile2: 'identityfile',
  keepalive: 'tcpkeepalive',
};

/** Every keyword there is, in lower case. */
export const KEYWORDS: ReadonlySet<string> = new Set([...USED, ...Object.keys(NOT_NEEDED), ...Object.keys(ALIASES)]);

/** The keyword that a word of a file stands for, in lower case; undefined for none. */
export function keywordOf(word: string): string | undefined {
  const lower = word.toLowerCase();
  return KEYWORDS.has(lower) ? (ALIASES[lower] ?? lower) : undefined;
}

export function readingOf(keyword: string): Reading {
  return READINGS[keyword] ?? 'words';
}
