// The network of a host, and the initiators of its storage networks. It does not know how its interfaces are read.

import { lines } from './found.ts';
import { bsdNetworkFacts } from './network-bsd.ts';
import { INTERFACE_FILES, linuxNetworkFacts } from './network-linux.ts';
import type { Collector } from './seam.ts';

/** interfaces, one fact for each of them, all addresses, and those that the world sees. */
export const network: Collector = {
  name: 'network',
  factIds: ['interfaces', 'default_ipv4', 'default_ipv6', 'all_ipv4_addresses', 'all_ipv6_addresses'],
  needs: ['platform', 'distribution'],
  files: INTERFACE_FILES,
  links: ['/sys/class/net/*/device', '/sys/class/net/*/device/driver/module'],
  // The addresses are asked for their routes only; nothing is sent.
  script: `report bridge_ports "$(echo /sys/class/net/*/brif/*)"
if has ip; then
  stream ip_addr ip -o addr show
  stream ip_route ip -4 route get 8.8.8.8
  stream ip6_route ip -6 route get 2404:6800:400a:800::1012
elif has ifconfig; then
  stream ifconfig ifconfig -a
  if [ "$system" = Linux ]; then
    stream routes cat /proc/net/route
  else
    stream route route -n get default
    stream route6 route -n get -inet6 default
  fi
fi`,
  read: (found) => (found.record('ip_addr') === '' ? bsdNetworkFacts(found) : linuxNetworkFacts(found)),
};

const settingLine = (text: string | undefined, prefix: string): string => lines(text ?? '').find((line) => line.startsWith(prefix)) ?? '';

export const iscsi: Collector = {
  name: 'iscsi',
  files: ['/etc/iscsi/initiatorname.iscsi'],
  read: (found) => ({
    iscsi_iqn: settingLine(found.file('/etc/iscsi/initiatorname.iscsi'), 'InitiatorName=').replace(/^InitiatorName=/, ''),
  }),
};

export const nvme: Collector = {
  name: 'nvme',
  files: ['/etc/nvme/hostnqn'],
  read: (found) => ({ hostnqn: settingLine(found.file('/etc/nvme/hostnqn'), 'nqn.') }),
};

export const fibreChannel: Collector = {
  name: 'fibre_channel_wwn',
  files: ['/sys/class/fc_host/*/port_name'],
  read: (found) => ({ fibre_channel_wwn: found.files(/^\/sys\/class\/fc_host\//).map(({ text }) => text.replace(/^0x/, '')) }),
};
