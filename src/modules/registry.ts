// All modules by name. It does not know what any of them does.
import { didYouMean, suggest } from '../base/suggest.ts';
import { alternatives } from './alternatives.ts';
import { apt } from './apt.ts';
import { aptKey } from './apt-key.ts';
import { aptRepository } from './apt-repository.ts';
import { assemble } from './assemble.ts';
import { authorizedKey } from './authorized-key.ts';
import { blockinfile } from './blockinfile.ts';
import { command, shell } from './command.ts';
import { copy } from './copy.ts';
import { cron } from './cron.ts';
import { debconf } from './debconf.ts';
import { dnf, yum } from './dnf.ts';
import { ModuleError } from './errors.ts';
import { file } from './file.ts';
import { filesystem } from './filesystem.ts';
import { find } from './find.ts';
import { getUrl } from './get-url.ts';
import { getent } from './getent.ts';
import { git } from './git.ts';
import { group } from './group.ts';
import { hostname } from './hostname.ts';
import { iniFile } from './ini-file.ts';
import { iptables } from './iptables.ts';
import { knownHosts } from './known-hosts.ts';
import { lineinfile } from './lineinfile.ts';
import { localeGen } from './locale-gen.ts';
import { modprobe } from './modprobe.ts';
import { mount } from './mount.ts';
import { packageModule } from './package.ts';
import { packageFacts } from './package-facts.ts';
import { ping } from './ping.ts';
import { pip } from './pip.ts';
import { raw } from './raw.ts';
import { replace } from './replace.ts';
import { script } from './script.ts';
import type { Module } from './seam.ts';
import { seboolean } from './seboolean.ts';
import { service, systemd, systemdService } from './service.ts';
import { serviceFacts } from './service-facts.ts';
import { setup } from './setup.ts';
import { slurp } from './slurp.ts';
import { stat } from './stat.ts';
import { sysctl } from './sysctl.ts';
import { tempfile } from './tempfile.ts';
import { template } from './template.ts';
import { timezone } from './timezone.ts';
import { unarchive } from './unarchive.ts';
import { uri } from './uri.ts';
import { user } from './user.ts';
import { waitFor } from './wait-for.ts';
import { yumRepository } from './yum-repository.ts';

/** Every module there is, in the order of their names. */
export const MODULES: readonly Module[] = [
  alternatives,
  apt,
  aptKey,
  aptRepository,
  assemble,
  authorizedKey,
  blockinfile,
  command,
  copy,
  cron,
  debconf,
  dnf,
  file,
  filesystem,
  find,
  getUrl,
  getent,
  git,
  group,
  hostname,
  iniFile,
  knownHosts,
  lineinfile,
  localeGen,
  modprobe,
  mount,
  packageModule,
  packageFacts,
  ping,
  pip,
  raw,
  replace,
  iptables,
  script,
  seboolean,
  service,
  serviceFacts,
  setup,
  shell,
  slurp,
  stat,
  sysctl,
  systemd,
  systemdService,
  tempfile,
  template,
  timezone,
  unarchive,
  uri,
  user,
  waitFor,
  yum,
  yumRepository,
];

const byName = new Map(MODULES.map((module) => [module.name, module]));

/**
 * Finds a module by its short name, in the collections `ansible.builtin` and `ansible.legacy`, or in the one it is of.
 *
 * @returns Undefined when there is none of that name: the name may be a controller action of the caller's.
 */
export function findModule(name: string): Module | undefined {
  return byName.get(shortName(name));
}

/** Collections of what is no module here, but done by the controller. */
const ACTIONS_OF: ReadonlyMap<string, string> = new Map([['synchronize', 'ansible.posix']]);

/**
 * `ansible.builtin.copy` -> `copy`, `ansible.posix.sysctl` -> `sysctl`; what another collection calls by the same name stays whole.
 */
export function shortName(name: string): string {
  const [, collection, short = ''] = /^(ansible\.(?:builtin|legacy|posix)|community\.general)\.(\w+)$/.exec(name) ?? [];
  if (collection === undefined) return name;
  const own = byName.get(short)?.collection ?? ACTIONS_OF.get(short);
  return collection === 'ansible.builtin' || collection === 'ansible.legacy' || own === collection ? short : name;
}

/** What to use instead of modules that there will never be. */
const INSTEAD: Readonly<Record<string, string>> = {
  sysvinit: 'Use service: it finds out what the host has',
  selinux: 'Use lineinfile on /etc/selinux/config and a command task, setenforce',
};

/**
 * The error for a name that nothing answers to.
 *
 * @param actions - The names of the caller's own actions, so that they are suggested too.
 */
export function unknownModule(name: string, actions: Iterable<string> = []): ModuleError {
  const known = [...byName.keys(), ...actions];
  const instead = INSTEAD[name.replace(/^.*\./, '')];
  if (instead !== undefined) return new ModuleError('UNKNOWN_MODULE', `There is no module \`${name}\``, { fix: instead });
  const near = suggest(shortName(name), known);
  const otherwise = name.includes('.')
    ? 'Of other collections than ansible.builtin only what many use is there; do it with command or shell'
    : 'See the list of modules in the documentation; many things can be done with command or shell';
  return new ModuleError('UNKNOWN_MODULE', `There is no module \`${name}\``, {
    fix: near === undefined ? otherwise : didYouMean(shortName(name), known),
  });
}
