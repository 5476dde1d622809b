// The module pip: that packages of Python are installed, on the host or in an environment of its own.
import { shellJoin } from '../base/quote.ts';
import { splitWords } from '../base/shlex.ts';
import { dict, type Value } from '../base/value.ts';
import { WORK } from './files/work.ts';
import { canonicalName, isSatisfied, readRequirement } from './packages/python-version.ts';
import { isOn, textOf, textsOf } from './parameters/params.ts';
import { ask, failed, finished, type Report, type Script } from './script/answer.ts';
import { argumentWord, assign, flag, pathWord, reportingScript, word } from './script/script.ts';
import { linesOf } from './script/text.ts';
import { RUN_TOOL } from './script/tool-script.ts';
import type { Module, ModuleContext, Params, Step } from './seam.ts';

const VERB: Readonly<Record<string, readonly string[]>> = {
  present: ['install'],
  absent: ['uninstall', '-y'],
  latest: ['install', '-U'],
  forcereinstall: ['install', '-U', '--force-reinstall'],
};

/** `pip`: as ansible 2.14, with the host's pip3, or the pip of an environment. */
export const pip: Module = {
  name: 'pip',
  summary: 'Installs packages of Python',
  params: {
    name: { type: 'list', elements: 'str', description: 'packages, with what is asked of their versions, or URLs' },
    version: { type: 'str', description: 'of the one package' },
    requirements: { type: 'str', description: 'a file of the host that lists packages' },
    state: {
      type: 'str',
      default: 'present',
      choices: ['absent', 'forcereinstall', 'latest', 'present'],
      description: 'whether they are there',
    },
    virtualenv: { type: 'path', description: 'the directory of an environment; it is made when it is not there' },
    virtualenv_command: { type: 'path', default: 'virtualenv', description: 'what makes it: python3 -m venv' },
    virtualenv_python: { type: 'str', description: 'the python of it' },
    virtualenv_site_packages: { type: 'bool', default: false, description: 'packages of the host are seen in it' },
    extra_args: { type: 'str', description: 'more words for pip' },
    editable: { type: 'bool', default: false, description: 'install in development mode, -e' },
    chdir: { type: 'path', description: 'where pip runs; default the directory for temporary files' },
    executable: { type: 'path', description: 'the pip to run' },
    umask: { type: 'str', description: "for what is installed: '0022'" },
  },
  checkMode: 'inspects',
  check(params, templated) {
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    const faults: string[] = [];
    if (!has('name') && !has('requirements')) faults.push('one of `name` and `requirements` is needed');
    if (has('name') && has('requirements')) faults.push('`name` and `requirements` exclude each other');
    if (has('executable') && has('virtualenv')) faults.push('`executable` and `virtualenv` exclude each other');
    if (params.state === 'latest' && has('version')) faults.push('version is incompatible with state=latest');
    const names = packagesOf(textsOf(params, 'name') ?? []);
    if (names.some((name) => name.startsWith('-'))) faults.push('`name` begins with a dash: use `extra_args`');
    if (has('version') && names.length > 1) faults.push('`version` is of one package, and there are several');
    if (has('version') && (readRequirement(names[0] ?? '')?.specifiers.length ?? 0) > 0) {
      faults.push('`version` and what the name asks of it exclude each other');
    }
    if (has('virtualenv_python') && /pyvenv|-m venv/.test(textOf(params, 'virtualenv_command') ?? '')) {
      faults.push('virtualenv_python should not be used when using the venv module or pyvenv as virtualenv_command');
    }
    if (!/^[0-7]{1,4}$/.test(textOf(params, 'umask') ?? '022')) faults.push('umask must be an octal integer');
    return faults;
  },
  compile: (params, context) => ask(pipScript(params, context), context, (report) => result(report, params, context)),
};

/** Packages as pip takes them: `django>1.1, <1.3` of one line is one package, and several lines of it too. As ansible 2.14. */
export function packagesOf(names: readonly string[]): string[] {
  const found: string[] = [];
  let inBrackets = false;
  for (const part of names.flatMap((name) => name.split(','))) {
    const isNew = !inBrackets && !/^\s*(?:[<>!=~]=|[<>])/.test(part);
    if (isNew || found.length === 0) found.push(part.trim());
    else found.push(`${found.pop() ?? ''},${part.trim()}`);
    if (part.includes('[')) inBrackets = true;
    if (part.includes(']')) inBrackets = false;
  }
  return found.filter((one) => one !== '');
}

function wantedPackages(params: Params): string[] {
  const names = packagesOf(textsOf(params, 'name') ?? []);
  const version = textOf(params, 'version')?.trim();
  if (version === undefined || names[0] === undefined) return names;
  return [`${names[0]}${/^\d/.test(version) ? '==' : ''}${version}`];
}

function pipScript(params: Params, context: ModuleContext): Script {
  const env = textOf(params, 'virtualenv');
  const chdir = textOf(params, 'chdir');
  const extra = splitWords(textOf(params, 'extra_args') ?? '');
  const packages = wantedPackages(params);
  const requirements = textOf(params, 'requirements');
  const words = [
    ...(VERB[textOf(params, 'state') ?? ''] ?? []),
    ...extra,
    ...(isOn(params, 'editable') && !extra.includes('-e') ? ['-e'] : []),
  ];
  const what = requirements === undefined ? packages.map(word) : ['-r', argumentWord(requirements)];
  const [program = 'virtualenv', ...more] = splitWords(textOf(params, 'virtualenv_command') ?? '');
  const python = textOf(params, 'virtualenv_python');
  const isVenv = /pyvenv|-m venv/.test([program, ...more].join(' '));
  const isListed = requirements !== undefined || packages.some((name) => /^(?:svn|git|hg|bzr)\+/.test(name));
  return reportingScript(
    context,
    {},
    RUN_TOOL,
    WORK,
    `env=${env === undefined ? "''" : pathWord(env)} chdir=${chdir === undefined ? "''" : pathWord(chdir)}`,
    `executable=${textOf(params, 'executable') === undefined ? "''" : argumentWord(textOf(params, 'executable') ?? '')}`,
    `${assign('umask', textOf(params, 'umask'))} ${flag('listed', isListed)} ${assign('state', textOf(params, 'state'))}`,
    `${flag('surely', requirements !== undefined || params.state === 'latest' || params.extra_args !== undefined || isOn(params, 'editable'))}`,
    `venv_program=${argumentWord(program)}`,
    `make_venv() { ${['"$venv_program"', ...more.map(word), ...(isOn(params, 'virtualenv_site_packages') ? ['--system-site-packages'] : []), ...(python === undefined || isVenv ? [] : [word(`-p${python}`)]), '"$env"'].join(' ')}; }`,
    `run_pip() { "$@" ${[shellJoin(words), ...what].join(' ')}; }`,
    SCRIPT,
  );
}

// What tools said is gathered in files: what there is to say of pip comes after what there is to say of the environment.
const SCRIPT = `begin_work
: >"$work/out"; : >"$work/err"
if [ "$umask" ]; then umask "$umask"; fi
chdir=\${chdir:-\${TMPDIR:-/tmp}}
cd "$chdir" || fail "Cannot change to $chdir"
gather() { if "$@" >>"$work/out" 2>>"$work/err" </dev/null; then code=0; else code=$?; fi; }
give_up() {
  said=$(cat "$work/err")
  report cmd "$command"
  fail "stdout: $(cat "$work/out")\${said:+$nl:stderr: $said}"
}
if [ "$env" ] && [ ! -e "$env/bin/activate" ]; then
  changed=true
  if [ "$check" ]; then finish; fi
  has "$venv_program" || fail "Failed to find required executable \\"$venv_program\\" in paths: $PATH"
  command="$venv_program $env"
  gather make_venv
  if [ "$code" -ne 0 ]; then give_up; fi
fi
set --
if [ "$env" ]; then
  for one in pip3 pip; do if [ -x "$env/bin/$one" ]; then set -- "$env/bin/$one"; break; fi; done
  if [ $# -eq 0 ]; then fail "Unable to find pip in the virtualenv, $env, under any of these names: pip3, pip. Make sure pip is present in the virtualenv."; fi
  PATH=$env/bin:$PATH
elif [ "$executable" ]; then
  has "$executable" || fail "Unable to find any of $executable to use. pip needs to be installed."
  set -- "$executable"
elif has pip3; then set -- pip3
elif has python3 && python3 -m pip --version >/dev/null 2>&1; then set -- python3 -m pip
elif has pip; then set -- pip
else fail 'Unable to find any of pip3 to use. pip needs to be installed.'; fi
report pip "$*"
PIP_DISABLE_PIP_VERSION_CHECK=1; export PIP_DISABLE_PIP_VERSION_CHECK
list() { "$@" list --format=freeze 2>"$work/trouble" || "$@" freeze 2>"$work/trouble" || { command="$* list"; cat "$work/trouble" >>"$work/err"; give_up; }; }
if [ "$check" ]; then
  if [ "$surely" ]; then changed=true; finish; fi
  report list "$(list "$@" </dev/null)"
  finish
fi
before=''
if [ "$listed" ]; then before=$(list "$@" </dev/null); fi
command="$*"
: >"$work/pip"
if run_pip "$@" >"$work/pip" 2>>"$work/err" </dev/null; then code=0; else code=$?; fi
cat "$work/pip" >>"$work/out"
if [ "$code" -eq 1 ] && [ "$state" = absent ] && grep -q 'not installed' "$work/pip" "$work/err"; then code=0; fi
if [ "$code" -ne 0 ]; then give_up; fi
if [ "$state" = absent ]; then said='Successfully uninstalled'; else said='Successfully installed'; fi
if [ "$listed" ] && [ "$state" != absent ]; then
  if [ "$(list "$@" </dev/null)" != "$before" ]; then changed=true; fi
elif grep -q "$said" "$work/pip"; then changed=true; fi
report stdout "$(cat "$work/out")$nl"; report stderr "$(cat "$work/err")"`;

function result({ values }: Report, params: Params, context: ModuleContext): Step {
  const list = values.get('list');
  const changed = values.get('changed') === 'true' || (list !== undefined && differs(list, params));
  if (context.checkMode) return finished({ changed, failed: false, values: dict(list === undefined ? {} : { stdout: list }) });
  const pipWords = (values.get('pip') ?? '').split(' ');
  if (pipWords[0] === '') return failed('Unable to find any of pip3 to use. pip needs to be installed.');
  const orNull = (name: string): Value => textOf(params, name) ?? null;
  const [stdout = '', stderr = ''] = ['stdout', 'stderr'].map((name) => values.get(name));
  return finished({
    changed,
    failed: false,
    values: dict({
      cmd: [...pipWords, ...(VERB[textOf(params, 'state') ?? ''] ?? []), ...wantedPackages(params)],
      name: params.name === undefined ? null : [...(textsOf(params, 'name') ?? [])],
      version: orNull('version'),
      state: orNull('state'),
      requirements: orNull('requirements'),
      virtualenv: orNull('virtualenv'),
      stdout,
      stderr,
      stdout_lines: linesOf(stdout),
      stderr_lines: linesOf(stderr),
    }),
  });
}

/** Whether what is listed as `name==version` is not what is asked for. */
function differs(list: string, params: Params): boolean {
  const installed = new Map(
    linesOf(list).flatMap((line) => {
      const [, name, version] = /^([^=\s]+)==(\S+)$/.exec(line) ?? [];
      return name === undefined || version === undefined ? [] : [[canonicalName(name), version] as const];
    }),
  );
  return wantedPackages(params).some((text) => {
    const requirement = readRequirement(text);
    const version = requirement === undefined ? undefined : installed.get(requirement.name);
    const isThere = requirement !== undefined && version !== undefined && isSatisfied(requirement, version);
    return isThere === (params.state === 'absent');
  });
}
