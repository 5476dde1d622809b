// The module package: that packages are there or not, whatever tool the host has for it. It does not know the tools' own parameters.

import { dict } from '../base/value.ts';
import { apt, aptParts, aptResult } from './apt.ts';
import { dnf, rpmParts, rpmResult } from './dnf.ts';
import { INSPECT } from './files/file-script.ts';
import { textOf, textsOf } from './parameters/params.ts';
import { ask, finished, type Script, streamsOf } from './script/answer.ts';
import { assign, reportingScript, word } from './script/script.ts';
import { RUN_TOOL } from './script/tool-script.ts';
import type { Module, ModuleContext, ParamSpecs, Params } from './seam.ts';

const TOOLS = ['dnf', 'yum', 'apt', 'pacman', 'zypper', 'apk', 'opkg', 'pkgng'];

/** What is the tool's own: like Ansible, `package` hands it on, and a tool that does not know it refuses it. */
const PASSED_ON: ParamSpecs = Object.fromEntries(
  Object.entries({ ...dnf.params, ...apt.params }).flatMap(([name, { default: _theirs, required: _needed, aliases, ...spec }]) =>
    ['name', 'package', 'state', 'deb'].includes(name)
      ? []
      : [[name, { ...spec, ...(aliases === undefined ? {} : { aliases }), description: `of ${toolsWith(name)}: ${spec.description}` }]],
  ),
);

/** `package`: as ansible 2.14, through dnf, yum, apt, pacman, zypper, apk, opkg or FreeBSD's pkg: the first that is there. */
export const packageModule: Module = {
  name: 'package',
  summary: 'Installs and removes packages with the tool the host has',
  params: {
    name: { type: 'list', elements: 'str', aliases: ['pkg', 'package'], description: 'the packages' },
    state: {
      type: 'str',
      default: 'present',
      choices: ['absent', 'installed', 'latest', 'present', 'removed'],
      description: 'what is to be',
    },
    use: { type: 'str', default: 'auto', choices: ['auto', ...TOOLS], description: 'which tool of the host' },
    ...PASSED_ON,
  },
  checkMode: 'inspects',
  check: (params, templated) => [
    ...namesOf(params)
      .filter((one) => /^-|\s/.test(one))
      .map((one) => `\`${one}\` is no name of a package`),
    ...(params.name === undefined && givenOf(params).length === 0 && templated.size === 0 ? ['`name` is needed'] : []),
  ],
  compile(params, context) {
    return ask(packageScript(params, context), context, (report) => {
      const tool = report.values.get('tool');
      if (tool === 'apt') return aptResult(report, context);
      if (tool === 'dnf' || tool === 'yum') return rpmResult(report, context);
      return finished({ changed: report.values.get('changed') === 'true', failed: false, values: dict(streamsOf(report)) });
    });
  },
};

function namesOf(params: Params): string[] {
  return (textsOf(params, 'name') ?? []).map((name) => name.trim()).filter((name) => name !== '');
}

function packageScript(params: Params, context: ModuleContext): Script {
  const names = namesOf(params);
  const state = { installed: 'present', removed: 'absent' }[textOf(params, 'state') ?? ''] ?? textOf(params, 'state') ?? 'present';
  return reportingScript(
    context,
    {},
    RUN_TOOL,
    INSPECT,
    `${assign('tool', textOf(params, 'use'))} ${assign('wanted', state)}`,
    FIND_TOOL,
    `case $tool in\napt)\n${refused(params, apt)}\n${aptParts({ ...defaultsOf(apt), ...known(params, apt), package: [...names], state }, context)} ;;`,
    `dnf | yum)\n${refused(params, dnf)}\n${rpmParts({ ...defaultsOf(dnf), ...known(params, dnf), name: [...names], state })} ;;`,
    `*)\n${refused(params)}\neach_package() {\n${names.map((name) => `  "$1" ${word(name)}`).join('\n') || '  :'}\n}\n${SIMPLE} ;;\nesac`,
  );
}

/** The parameters of the tool that were given. */
function givenOf(params: Params): string[] {
  return Object.keys(PASSED_ON).filter((name) => params[name] !== undefined);
}

function known(params: Params, module: Module): Params {
  return Object.fromEntries(givenOf(params).flatMap((name) => (Object.hasOwn(module.params, name) ? [[name, params[name]]] : [])));
}

/** The end of a script whose tool has not all of the parameters that were given. */
function refused(params: Params, module?: Module): string {
  const strange = givenOf(params).filter((name) => module === undefined || !Object.hasOwn(module.params, name));
  return strange.length === 0 ? ':' : `fail "Unsupported parameters for ($tool) module: "${word(strange.join(', '))}`;
}

function toolsWith(name: string): string {
  const tools = [dnf, apt].filter((module) => Object.hasOwn(module.params, name));
  return tools.map((module) => module.name).join(' and ');
}

function defaultsOf(module: Module): Params {
  return Object.fromEntries(Object.entries(module.params).map(([name, { default: value }]) => [name, value]));
}

const FIND_TOOL = `if [ "$tool" = auto ]; then
  tool=''
  for one in dnf yum apt-get:apt pacman zypper apk opkg pkg:pkgng; do
    if has "\${one%%:*}"; then tool=\${one##*:}; break; fi
  done
fi
if [ ! "$tool" ]; then fail 'This host has none of dnf, yum, apt, pacman, zypper, apk, opkg and pkg'; fi
report tool "$tool"`;

// Each tool: whether a package is installed, whether there is a newer one, and how both are had.
const SIMPLE = `case $tool in
pacman)
  is_installed() { pacman -Q "$1" >/dev/null 2>&1 || pacman -Qg "$1" >/dev/null 2>&1; }
  is_old() { pacman -Qu "$1" >/dev/null 2>&1; }
  install() { pacman -S --noconfirm --needed "$@"; }
  uninstall() { pacman -R --noconfirm "$@"; } ;;
zypper)
  is_installed() { rpm -q "$1" >/dev/null 2>&1 || rpm -q --whatprovides "$1" >/dev/null 2>&1; }
  is_old() { zypper -n -q list-updates 2>/dev/null | awk -F '|' '{ gsub(/ /, "", $3); print $3 }' | grep -qxF -e "$1"; }
  install() { zypper -n install "$@"; }
  uninstall() { zypper -n remove "$@"; } ;;
apk)
  is_installed() { apk info -e "$1" >/dev/null 2>&1; }
  is_old() { [ "$(apk version -q -l '<' "$1" 2>/dev/null)" ]; }
  install() { apk add -u "$@"; }
  uninstall() { apk del "$@"; } ;;
opkg)
  is_installed() { opkg list-installed | sed 's/ .*//' | grep -qxF -e "$1"; }
  is_old() { opkg list-upgradable | sed 's/ .*//' | grep -qxF -e "$1"; }
  install() { opkg install "$@" && opkg upgrade "$@"; }
  uninstall() { opkg remove "$@"; } ;;
pkgng)
  is_installed() { pkg info -e "$1"; }
  is_old() { [ "$(pkg version -q -l '<' -e -n "$1" 2>/dev/null)" ]; }
  install() { pkg install -y "$@"; }
  uninstall() { pkg delete -y "$@"; } ;;
esac
chosen=''
choose() {
  case $wanted in
  absent) if is_installed "$1"; then chosen=$chosen$1$nl; fi ;;
  latest) if ! is_installed "$1" || is_old "$1"; then chosen=$chosen$1$nl; fi ;;
  *) if ! is_installed "$1"; then chosen=$chosen$1$nl; fi ;;
  esac
}
has "$tool" || [ "$tool" = pkgng ] || fail "There is no $tool on this host"
each_package choose
if [ "$chosen" ]; then
  changed=true
  IFS=$nl
  set -f
  if [ "$check" ]; then finish; fi
  # shellcheck disable=SC2086 # one name in each line
  case $wanted in
  absent) try_tool "$tool" uninstall $chosen ;;
  *) try_tool "$tool" install $chosen ;;
  esac
fi`;
