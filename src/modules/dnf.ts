// The modules dnf and yum: that packages are there, or the newest, or not. They do not know which packages there are.
import { shellJoin } from '../base/quote.ts';
import { dict } from '../base/value.ts';
import { RPM } from './packages/rpm-script.ts';
import { isOn, textOf, textsOf } from './parameters/params.ts';
import { ask, finished, type Report, type Script, streamsOf } from './script/answer.ts';
import { assign, flag, reportingScript, word } from './script/script.ts';
import { RUN_TOOL } from './script/tool-script.ts';
import type { Module, ModuleContext, ParamSpec, ParamSpecs, Params, Step } from './seam.ts';

const list = (description: string): ParamSpec => ({ type: 'list', elements: 'str', default: [], description });
const off = (description: string): ParamSpec => ({ type: 'bool', default: false, description });
const NOT_HERE = 'Have it done with a command task';

const RPM_PARAMS: ParamSpecs = {
  name: { ...list('names, globs, @groups, files or URLs of packages; * with latest is all'), aliases: ['pkg'] },
  state: {
    type: 'str',
    choices: ['absent', 'installed', 'latest', 'present', 'removed'],
    description: 'what is to be; default present, with autoremove absent',
  },
  enablerepo: list('repositories to use too'),
  disablerepo: list('repositories to leave out'),
  exclude: list('packages to leave alone'),
  update_cache: { ...off('get the lists of packages anew'), aliases: ['expire-cache'] },
  cacheonly: off('do not get lists of packages'),
  autoremove: off('remove what nothing needs any more'),
  disable_gpg_check: off('install what nobody has signed'),
  allow_downgrade: off('install an older version'),
  allowerasing: off('remove what is in the way'),
  skip_broken: off('leave out what cannot be installed'),
  nobest: off('not only the newest'),
  bugfix: off('with latest: only what mends bugs'),
  security: off('with latest: only what mends security'),
  update_only: off('with latest: leave alone what is not installed'),
  download_only: off('only download'),
  conf_file: { type: 'str', description: 'the configuration to use' },
  installroot: { type: 'str', default: '/', description: 'another root directory' },
  releasever: { type: 'str', description: 'the release that packages are taken from' },
  enable_plugin: list('plugins to use'),
  disable_plugin: list('plugins to leave out'),
  disable_excludes: { type: 'str', description: 'excludes to take no notice of: all, main, or the name of a repository' },
  install_weak_deps: { type: 'bool', default: true, description: 'install what packages recommend' },
  validate_certs: { type: 'bool', default: true, description: 'check the certificates of servers' },
  lock_timeout: { type: 'int', default: 30, description: 'without effect: dnf waits by itself' },
  install_repoquery: { type: 'bool', default: true, description: 'without effect, for old playbooks' },
  use_backend: {
    type: 'str',
    default: 'auto',
    choices: ['auto', 'yum', 'yum4', 'dnf'],
    description: 'without effect: what the host has is used',
  },
  list: { type: 'str', description: 'list packages', unsupported: `${NOT_HERE}: rpm -qa, or dnf list` },
  download_dir: { type: 'str', description: 'where to download', unsupported: `${NOT_HERE}: dnf download` },
  sslverify: { type: 'bool', description: 'check certificates', unsupported: 'Use validate_certs' },
};

function rpmModule(name: string): Module {
  return {
    name,
    summary: 'Installs and removes packages of Fedora and its relatives',
    params: RPM_PARAMS,
    checkMode: 'inspects',
    check: (params) =>
      rpmNames(params)
        .filter((one) => one.startsWith('-') || one.includes('\n'))
        .map((one) => `\`${one}\` is no name of a package`),
    compile: (params, context) => ask(rpmScript(params, context), context, (report) => rpmResult(report, context)),
  };
}

/** `dnf`: as ansible 2.14, with the dnf or yum of the host: no Python. */
export const dnf: Module = rpmModule('dnf');
/** `yum`: the same. */
export const yum: Module = rpmModule('yum');

function rpmNames(params: Params): string[] {
  return (textsOf(params, 'name') ?? []).map((name) => name.trim()).filter((name) => name !== '');
}

function rpmScript(params: Params, context: ModuleContext): Script {
  return reportingScript(context, {}, RUN_TOOL, rpmParts(params));
}

/** What comes after the functions every script has; `package` puts it into a branch. */
export function rpmParts(params: Params): string {
  const names = rpmNames(params).filter((name) => name !== '*');
  const isAbsent = ['absent', 'removed'].includes(textOf(params, 'state') ?? '');
  return [
    assign('wanted', textOf(params, 'state') ?? 'present'),
    `packages=${names.length}`,
    flag('all', rpmNames(params).includes('*') && params.state === 'latest'),
    ...['update_cache', 'autoremove'].map((name) => flag(name, isOn(params, name))),
    `rpm_options() { rpm_tool=$1; shift; "$rpm_tool" ${shellJoin(options(params, isAbsent))} "$@"; }`,
    RPM,
    `each_package() {\n${names.map((name) => `  "$1" ${word(name)}`).join('\n') || '  :'}\n}`,
    'if has dnf; then ensure_rpm dnf; else ensure_rpm yum; fi',
  ].join('\n');
}

function options(params: Params, isAbsent: boolean): string[] {
  const each = (name: string, option: string): string[] => (textsOf(params, name) ?? []).map((one) => `${option}=${one}`);
  const on = (name: string, ...written: string[]): string[] => (isOn(params, name) ? written : []);
  const text = (name: string, option: string): string[] => {
    const value = textOf(params, name);
    return value === undefined || value === '/' ? [] : [`${option}=${value}`];
  };
  return [
    '-y',
    ...each('enablerepo', '--enablerepo'),
    ...each('disablerepo', '--disablerepo'),
    ...each('exclude', '--exclude'),
    ...each('enable_plugin', '--enableplugin'),
    ...each('disable_plugin', '--disableplugin'),
    ...text('disable_excludes', '--disableexcludes'),
    ...on('cacheonly', '-C'),
    ...on('disable_gpg_check', '--nogpgcheck'),
    ...on('allowerasing', '--allowerasing'),
    ...on('skip_broken', '--skip-broken'),
    ...on('nobest', '--nobest'),
    ...(params.state === 'latest' ? [...on('bugfix', '--bugfix'), ...on('security', '--security')] : []),
    ...on('download_only', '--downloadonly'),
    ...text('conf_file', '--config'),
    ...text('installroot', '--installroot'),
    ...text('releasever', '--releasever'),
    ...(params.install_weak_deps === false ? ['--setopt=install_weak_deps=False'] : []),
    ...(params.validate_certs === false ? ['--setopt=sslverify=0'] : []),
    ...(isAbsent && !isOn(params, 'autoremove') ? ['--setopt=clean_requirements_on_remove=False'] : []),
  ];
}

/** The end, for `package` too. */
export function rpmResult(report: Report, context: ModuleContext): Step {
  const { values } = report;
  const lines = (name: string): string[] => (values.get(name) ?? '').split('\n').filter((line) => line !== '');
  const [before, after] = [new Set(lines('before')), new Set(lines('after'))];
  const results = [
    ...[...after].filter((one) => !before.has(one)).map((one) => `Installed: ${one}`),
    ...[...before].filter((one) => !after.has(one)).map((one) => `Removed: ${one}`),
  ];
  const changed = context.checkMode ? values.get('changed') === 'true' : results.length > 0;
  return finished({
    changed,
    failed: false,
    msg: values.get('said') ?? (changed ? '' : 'Nothing to do'),
    values: dict({ rc: 0, results, ...streamsOf(report) }),
    ...(context.diff
      ? { diff: results.length === 0 ? [] : [{ beforeHeader: '', afterHeader: 'rpm', before: '', after: `${results.join('\n')}\n` }] }
      : {}),
  });
}
