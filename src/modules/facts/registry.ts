// All collectors, in the order in which their facts are listed. It does not know what any of them gathers.
import { distribution } from './distribution.ts';
import { hardware } from './hardware.ts';
import { local } from './local.ts';
import { fibreChannel, iscsi, network, nvme } from './network.ts';
import { platform, python } from './platform.ts';
import type { Collector } from './seam.ts';
import { apparmor, chroot, fips, selinux, sshPublicKeys } from './security.ts';
import { lsb, packageTool, serviceTool } from './software.ts';
import { cmdline, dateTime, dns, environment, loadavg, user } from './system.ts';
import { virtual } from './virtual.ts';

export const COLLECTORS: readonly Collector[] = [
  platform,
  distribution,
  lsb,
  selinux,
  apparmor,
  chroot,
  fips,
  python,
  packageTool,
  serviceTool,
  cmdline,
  dateTime,
  environment,
  loadavg,
  sshPublicKeys,
  user,
  virtual,
  hardware,
  dns,
  fibreChannel,
  network,
  iscsi,
  nvme,
  local,
];
