// The module git: that a repository is checked out at a version. It does not know what is in it.
import { shellJoin } from '../base/quote.ts';
import { splitWords } from '../base/shlex.ts';
import { dict } from '../base/value.ts';
import { integerOf, isOn, textOf } from './parameters/params.ts';
import { ask, finished, type Report, type Script } from './script/answer.ts';
import { GIT } from './script/git-script.ts';
import { argumentWord, assign, flag, pathWord, reportingScript, word } from './script/script.ts';
import type { Module, ModuleContext, ParamSpecs, Params, Step } from './seam.ts';

const LATER = 'Have it done with a command task';
const REFUSED: ParamSpecs = {
  archive: { type: 'path', description: 'an archive to make', unsupported: `${LATER}: git archive` },
  archive_prefix: { type: 'str', description: 'in the archive', unsupported: `${LATER}: git archive` },
  separate_git_dir: { type: 'path', description: 'where .git goes', unsupported: `${LATER}: git init --separate-git-dir` },
  verify_commit: { type: 'bool', default: false, description: 'check a signature', unsupported: `${LATER}: git verify-commit` },
  gpg_whitelist: { type: 'list', elements: 'str', description: 'whose signatures', unsupported: `${LATER}: git verify-commit` },
  track_submodules: {
    type: 'bool',
    default: false,
    description: 'newest submodules',
    unsupported: `${LATER}: git submodule update --remote`,
  },
};

/** `git`: as ansible 2.14, with the host's git. It never asks for a password. */
export const git: Module = {
  name: 'git',
  summary: 'Checks out a version of a git repository',
  params: {
    repo: { type: 'str', required: true, aliases: ['name'], description: 'the repository: a URL or a path of the host' },
    dest: { type: 'path', description: 'where it goes' },
    version: { type: 'str', default: 'HEAD', description: 'a branch, a tag or a commit' },
    remote: { type: 'str', default: 'origin', description: 'what the repository is called there' },
    refspec: { type: 'str', description: 'what to fetch beside branches and tags' },
    reference: { type: 'str', description: 'a repository of the host to take objects from' },
    depth: { type: 'int', description: 'so many commits only' },
    single_branch: { type: 'bool', default: false, description: 'one branch only' },
    recursive: { type: 'bool', default: true, description: 'submodules too' },
    bare: { type: 'bool', default: false, description: 'without files' },
    clone: { type: 'bool', default: true, description: 'clone it when it is not there' },
    update: { type: 'bool', default: true, description: 'fetch when it is there' },
    force: { type: 'bool', default: false, description: 'throw changes away that somebody made' },
    accept_hostkey: { type: 'bool', default: false, description: 'take any key of an SSH server' },
    accept_newhostkey: { type: 'bool', default: false, description: 'take the key of a new SSH server' },
    key_file: { type: 'path', description: 'a private key of the host' },
    ssh_opts: { type: 'str', description: 'options of ssh' },
    executable: { type: 'path', description: 'the git to use' },
    umask: { type: 'raw', description: 'of new files, octal in quotes' },
    ...REFUSED,
  },
  checkMode: 'inspects',
  check(params, templated) {
    const faults: string[] = [];
    const has = (name: string): boolean => params[name] !== undefined || templated.has(name);
    if (isOn(params, 'accept_hostkey') && isOn(params, 'accept_newhostkey'))
      faults.push('`accept_hostkey` and `accept_newhostkey` exclude each other');
    if (!has('dest') && params.clone !== false) faults.push('`dest` is needed, unless `clone` is off');
    if (params.umask !== undefined && !/^[0-7]+$/.test(textOf(params, 'umask') ?? ''))
      faults.push("`umask` is an octal number in quotes: '022'");
    for (const name of ['repo', 'version', 'remote', 'refspec']) {
      if (textOf(params, name)?.startsWith('-')) faults.push(`\`${name}\` begins with a dash, and would be an option`);
    }
    return faults;
  },
  compile: (params, context) => ask(gitScript(params, context), context, (report) => result(report)),
};

function gitScript(params: Params, context: ModuleContext): Script {
  const [dest, key, program] = [textOf(params, 'dest'), textOf(params, 'key_file'), textOf(params, 'executable')];
  const repo = textOf(params, 'repo') ?? '';
  return reportingScript(
    context,
    {},
    ...(textOf(params, 'umask') === undefined ? [] : [`umask ${textOf(params, 'umask')}`]),
    `dest=${dest === undefined ? "''" : pathWord(dest)} key_file=${key === undefined ? "''" : pathWord(key)} program=${program === undefined ? 'git' : pathWord(program)}`,
    // Only a path of the host begins with a tilde.
    repo.startsWith('~') ? `repo=${argumentWord(repo)}` : assign('repo', repo),
    ...['version', 'remote', 'refspec', 'reference'].map((name) => assign(name, textOf(params, name))),
    assign('depth', integerOf(params, 'depth')?.toString()),
    ...['single_branch', 'recursive', 'bare', 'clone', 'update', 'force'].map((name) => flag(name, isOn(params, name))),
    // git hands this to a shell, which knows the variable and reads the quotes.
    '# shellcheck disable=SC2089',
    `GIT_SSH_COMMAND=${word(`ssh -o BatchMode=yes ${sshWords(params)}${key === undefined ? '' : ' -i "$key_file" -o IdentitiesOnly=yes'}`)}`,
    '# shellcheck disable=SC2090',
    'export GIT_SSH_COMMAND key_file',
    GIT,
  );
}

function sshWords(params: Params): string {
  const written = splitWords(textOf(params, 'ssh_opts') ?? '');
  const isSaid = written.some((word) => word.includes('StrictHostKeyChecking='));
  const answer = isOn(params, 'accept_hostkey') ? 'no' : isOn(params, 'accept_newhostkey') ? 'accept-new' : undefined;
  return shellJoin([...written, ...(answer === undefined || isSaid ? [] : ['-o', `StrictHostKeyChecking=${answer}`])]);
}

function result({ values }: Report): Step {
  const [before, after, msg] = [values.get('before'), values.get('after'), values.get('said')];
  return finished({
    changed: values.get('changed') === 'true',
    failed: false,
    ...(msg === undefined ? {} : { msg }),
    values: dict({
      before: before === undefined || before === '' ? null : before,
      after: after === '' ? null : after,
      remote_url_changed: values.has('moved') ? values.get('moved') === 'yes' : undefined,
      submodules_changed: values.get('submodules') === 'yes' ? true : undefined,
    }),
  });
}
