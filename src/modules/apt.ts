// The module apt: that packages are there, in this version or the newest, or not. It does not know which packages there are.
import { shellJoin } from '../base/quote.ts';
import { dict, type Value } from '../base/value.ts';
import { numberOf } from './files/attributes.ts';
import { INSPECT } from './files/file-script.ts';
import { WORK } from './files/work.ts';
import { APT, CACHE } from './packages/apt-script.ts';
import { integerOf, isOn, textOf, textsOf } from './parameters/params.ts';
import { ask, finished, type Report, type Script, streamsOf } from './script/answer.ts';
import { requestScript } from './script/http.ts';
import { assign, flag, reportingScript, word } from './script/script.ts';
import { RUN_TOOL } from './script/tool-script.ts';
import type { Difference, Module, ModuleContext, Params, Step } from './seam.ts';

/** `apt`: as ansible 2.14, with apt-get, apt-cache and dpkg of the host: no python-apt, and never aptitude. */
export const apt: Module = {
  name: 'apt',
  summary: 'Installs and removes packages of Debian and Ubuntu',
  params: {
    package: {
      type: 'list',
      elements: 'str',
      aliases: ['name', 'pkg'],
      description: 'names, or globs of names; NAME=VERSION and NAME>=VERSION',
    },
    state: {
      type: 'str',
      default: 'present',
      choices: ['absent', 'build-dep', 'fixed', 'latest', 'present'],
      description: 'what is to be',
    },
    update_cache: { type: 'bool', aliases: ['update-cache'], description: 'get the lists of packages first' },
    update_cache_retries: { type: 'int', default: 5, description: 'how often that is tried' },
    update_cache_retry_max_delay: { type: 'int', default: 12, description: 'seconds between two tries at most' },
    cache_valid_time: { type: 'int', default: 0, description: 'lists younger than so many seconds are not got again' },
    upgrade: { type: 'str', default: 'no', choices: ['dist', 'full', 'no', 'safe', 'yes'], description: 'bring all packages up to date' },
    deb: { type: 'path', description: 'a package file of the host, or a URL that the host gets it from' },
    default_release: { type: 'str', aliases: ['default-release'], description: 'the release that packages are taken from' },
    install_recommends: {
      type: 'bool',
      aliases: ['install-recommends'],
      description: 'install what packages recommend; default as the host is set',
    },
    only_upgrade: { type: 'bool', default: false, description: 'leave alone what is not installed' },
    purge: { type: 'bool', default: false, description: 'remove configuration too' },
    autoremove: { type: 'bool', default: false, description: 'remove what nothing needs any more' },
    fail_on_autoremove: { type: 'bool', default: false, description: 'fail rather than remove anything' },
    autoclean: { type: 'bool', default: false, description: 'remove package files that are out of date' },
    clean: { type: 'bool', default: false, description: 'remove all package files that were fetched' },
    dpkg_options: { type: 'str', default: 'force-confdef,force-confold', description: 'options of dpkg, with commas' },
    allow_unauthenticated: {
      type: 'bool',
      default: false,
      aliases: ['allow-unauthenticated'],
      description: 'install what nobody has signed',
    },
    allow_downgrade: {
      type: 'bool',
      default: false,
      aliases: ['allow-downgrade', 'allow_downgrades', 'allow-downgrades'],
      description: 'install an older version',
    },
    allow_change_held_packages: { type: 'bool', default: false, description: 'change packages that are held' },
    force: { type: 'bool', default: false, description: 'apt-get --force-yes' },
    force_apt_get: { type: 'bool', default: false, description: 'without effect: apt-get is always used' },
    lock_timeout: { type: 'int', default: 60, description: 'seconds to wait for another apt' },
    policy_rc_d: { type: 'int', description: 'what policy-rc.d answers meanwhile: 101 starts no service' },
  },
  checkMode: 'inspects',
  check(params, templated) {
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    const faults: string[] = [];
    const packages = namesOf(params);
    const isUpgrade = params.upgrade !== undefined && params.upgrade !== 'no';
    if ([has('package'), has('deb'), isUpgrade].filter(Boolean).length > 1)
      faults.push('`package`, `deb` and `upgrade` exclude each other');
    if (has('deb') && params.state !== 'present') faults.push('`deb` only supports `state: present`');
    for (const one of packages) {
      if (one.split('=').length > 2) faults.push(`\`${one}\` is no package: write NAME=VERSION`);
      else if (!/^[\w.+*?![\]:~-]+(?:>?=[\w.+~:*?[\]!-]+)?$/.test(one) || one.startsWith('-'))
        faults.push(`\`${one}\` is no name of a package`);
    }
    if (params.state === 'latest' && packages.includes('*') && packages.length > 1) {
      faults.push('all packages (`*`) and further ones cannot be brought up to date together');
    }
    return faults;
  },
  compile(params, context) {
    return ask(aptScript(params, context), context, (report) => aptResult(report, context));
  },
};

function namesOf(params: Params): string[] {
  return (textsOf(params, 'package') ?? []).map((name) => name.trim()).filter((name) => name !== '');
}

function aptScript(params: Params, context: ModuleContext): Script {
  const deb = textOf(params, 'deb');
  if (deb?.includes('://') === true) {
    const request = requestScript({ validate_certs: true, use_proxy: true }, { method: 'GET', followsRedirects: true });
    const fetch = [WORK, request, `begin_work\nurl=${word(deb)}`, FETCH_DEB];
    return reportingScript(context, {}, RUN_TOOL, INSPECT, ...fetch, aptParts(params, context));
  }
  return reportingScript(context, deb === undefined ? {} : { deb }, RUN_TOOL, INSPECT, aptParts(params, context));
}

const FETCH_DEB = `request "$url" ''
case $http_failed$http_code in
200 | 226) mv "$work/body" "$work/fetched.deb"; deb=$work/fetched.deb ;;
*) fail "Failure downloading $url, \${http_trouble:-HTTP Error $http_code}" ;;
esac`;

/** What comes after the functions every script has; `package` puts it into a branch. */
export function aptParts(params: Params, context: ModuleContext): string {
  const names = namesOf(params);
  const isAll = names.includes('*') && params.state === 'latest';
  const upgrade = isAll ? 'yes' : textOf(params, 'upgrade');
  const named = names.filter((name) => name !== '*');
  return [
    ...(textOf(params, 'deb') === undefined ? ["deb=''"] : []),
    assign('wanted', textOf(params, 'state')),
    assign('upgrade', upgrade === 'no' ? '' : upgrade),
    ...['update_cache', 'clean', 'only_upgrade', 'purge', 'autoremove', 'autoclean'].map((name) => flag(name, isOn(params, name))),
    ...['update_cache_retries', 'update_cache_retry_max_delay', 'cache_valid_time', 'policy_rc_d'].map((name) =>
      assign(name, integerOf(params, name)?.toString()),
    ),
    `apt_get() { ${shellJoin(['apt-get', '-y', ...getOptions(params, context)])} "$@"; }`,
    `apt_cache() { ${shellJoin(['apt-cache', ...releaseOptions(params)])} "$@"; }`,
    `packages=${named.length}`,
    CACHE,
    APT,
    `each_package() {\n${named.map((name) => `  "$1" ${specWords(name)}`).join('\n') || '  :'}\n}`,
    'ensure_apt',
  ].join('\n');
}

function releaseOptions(params: Params): string[] {
  const release = textOf(params, 'default_release');
  return release === undefined ? [] : ['-o', `APT::Default-Release=${release}`];
}

function getOptions(params: Params, context: ModuleContext): string[] {
  const recommends = params.install_recommends;
  return [
    ...(textOf(params, 'dpkg_options') ?? '')
      .split(',')
      .flatMap((one) => (one.trim() === '' ? [] : ['-o', `Dpkg::Options::=--${one.trim()}`])),
    ...releaseOptions(params),
    ...['-o', `DPkg::Lock::Timeout=${integerOf(params, 'lock_timeout') ?? 60}`],
    ...(typeof recommends === 'boolean' ? ['-o', `APT::Install-Recommends=${recommends ? 'yes' : 'no'}`] : []),
    ...(isOn(params, 'only_upgrade') ? ['--only-upgrade'] : []),
    ...(params.state === 'fixed' ? ['--fix-broken'] : []),
    ...(isOn(params, 'force') ? ['--force-yes'] : []),
    ...(isOn(params, 'autoremove') ? ['--auto-remove'] : []),
    ...(isOn(params, 'fail_on_autoremove') ? ['--no-remove'] : []),
    ...(isOn(params, 'allow_unauthenticated') ? ['--allow-unauthenticated'] : []),
    ...(isOn(params, 'allow_downgrade') ? ['--allow-downgrades'] : []),
    ...(isOn(params, 'allow_change_held_packages') ? ['--allow-change-held-packages'] : []),
    ...(isOn(params, 'purge') ? ['--purge'] : []),
    ...(context.checkMode ? ['--simulate'] : []),
  ];
}

// NAME COMPARISON VERSION, and whether the name is a glob.
function specWords(spec: string): string {
  const [, name = '', comparison = '', version = ''] = /^(.*?)(?:(>?=)(.*))?$/.exec(spec) ?? [];
  return [name, comparison, version, /[*?[\]!]/.test(name) ? 'glob' : ''].map((one) => (one === '' ? "''" : word(one))).join(' ');
}

/** The end, for `package` too. */
export function aptResult(report: Report, context: ModuleContext): Step {
  const { values } = report;
  const stdout = values.get('stdout') ?? '';
  const prepared = preparedOf(stdout);
  const hasRun = values.has('stdout');
  const cache: Record<string, Value | undefined> = values.has('cache_update_time')
    ? { cache_updated: values.get('cache_updated') === 'yes', cache_update_time: numberOf(report, 'cache_update_time') }
    : {};
  const diff: Difference[] = prepared === '' ? [] : [{ beforeHeader: '', afterHeader: 'apt', before: '', after: `${prepared}\n` }];
  const [unless, only] = [values.get('changed_unless'), values.get('changed_if')];
  const isSaid = (unless === undefined || !stdout.includes(`\n${unless}`)) && (only === undefined || stdout.includes(only));
  const changed = values.get('changed') === 'true' && isSaid;
  return finished({
    changed,
    failed: false,
    ...(values.has('upgraded') ? { msg: stdout } : {}),
    values: dict({ ...streamsOf(report), ...cache, ...(hasRun ? { diff: context.diff ? dict({ prepared }) : dict() } : {}) }),
    ...(context.diff ? { diff: changed ? diff : [] } : {}),
  });
}

// What apt-get says it will do, between two lines that are always there.
function preparedOf(stdout: string): string {
  const lines = stdout.split('\n');
  const start = lines.indexOf('Reading state information...') + 1;
  const end = lines.findIndex((line) => /^\d+ (?:packages )?upgraded/.test(line));
  return lines.slice(start, end < 0 ? lines.length : end + 1).join('\n');
}
