// synchronize: a directory of the controller and one of a host made alike, over the line that is there anyway. No rsync runs anywhere.
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { shellQuote } from '../../base/quote.ts';
import { dict } from '../../base/value.ts';
import type { Instruction, Outcome, TreeSettings } from '../../fleet/events.ts';
import { isOn, readParams, textOf, textsOf } from '../../modules/parameters/params.ts';
import { pathWord } from '../../modules/script/script.ts';
import type { ParamSpec, ParamSpecs, Params } from '../../modules/seam.ts';
import { TaskError } from '../errors.ts';
import { findSource } from '../run/source-files.ts';
import type { Action, ActionContext, ActionEnd } from './seam.ts';

const RSYNC = 'No rsync runs: leave it out, or call rsync with a command task on the controller';
const LINE = 'Everything goes over the line to the host, as its variables say: leave it out';
const refused = (type: ParamSpec['type'], description: string, unsupported: string): ParamSpec => ({ type, description, unsupported });
const without = (type: ParamSpec['type'], description: string): ParamSpec => ({ type, description: `without effect: ${description}` });
const asArchive = (description: string): ParamSpec => ({ type: 'bool', description: `${description}; default as archive` });

const PARAMS: ParamSpecs = {
  src: { type: 'str', required: true, description: 'the directory that is copied; with a slash at its end, what is in it' },
  dest: { type: 'str', required: true, description: 'the directory that it goes to' },
  mode: { type: 'str', default: 'push', choices: ['pull', 'push'], description: 'push sends to the host, pull fetches from it' },
  archive: { type: 'bool', default: true, description: 'recursive, with links, modes and times' },
  recursive: asArchive('go into directories, as it must be'),
  links: asArchive('copy links as links'),
  perms: asArchive('take modes over; together with times'),
  times: asArchive('take times over; together with perms'),
  owner: without('bool', 'files belong to the user who logs in'),
  group: without('bool', 'files belong to the user who logs in'),
  copy_links: { type: 'bool', default: false, description: 'copy what links lead to' },
  checksum: { type: 'bool', default: false, description: 'compare contents, rather than sizes and times' },
  delete: { type: 'bool', default: false, description: 'remove from dest what is not in src' },
  rsync_opts: { type: 'list', elements: 'str', default: [], description: 'only --exclude=PATTERN' },
  compress: without('bool', 'the line compresses or does not'),
  delay_updates: without('bool', 'every file is replaced in one step'),
  partial: without('bool', 'a file that is cut off is not kept'),
  ssh_connection_multiplexing: without('bool', 'the line is one already'),
  use_ssh_args: without('bool', 'the line is there already'),
  set_remote_user: without('bool', 'the line is there already'),
  verify_host: without('bool', 'the key of a host is always verified'),
  dest_port: refused('int', 'the port of ssh', LINE),
  private_key: refused('path', 'a key', LINE),
  dirs: refused('bool', 'directories without what is in them', RSYNC),
  existing_only: refused('bool', 'make no new files', RSYNC),
  link_dest: refused('list', 'hard links to files of another directory', RSYNC),
  rsync_path: refused('str', 'the rsync of the host', RSYNC),
  rsync_timeout: refused('int', 'seconds without a byte', 'Use the keyword timeout'),
};

export const synchronize: Action = {
  name: 'synchronize',
  summary: 'make a directory of a host like one of the controller, or the other way round',
  params: PARAMS,
  run: async (context) => await run(context),
};

async function run(context: ActionContext): Promise<ActionEnd> {
  const params = paramsOf(context);
  if (context.becomes())
    throw badParameter('Files are transferred as the user who logs in, not as the one of `become`', 'Log in as that user, or use copy');
  const isPush = params.mode !== 'pull';
  const src = textOf(params, 'src') ?? '';
  const dest = textOf(params, 'dest') ?? '';
  const target = src.endsWith('/') ? dest.replace(/(?<=.)\/+$/, '') : `${dest.replace(/\/+$/, '')}/${path.posix.basename(src)}`;
  const localPath = isPush
    ? await localDirectory(src, context)
    : path.resolve(context.directory, src.endsWith('/') ? dest : path.join(dest, path.posix.basename(src)));
  const remotePath = await remoteName(isPush ? target : src.replace(/(?<=.)\/+$/, ''), context);
  const instruction: Instruction = {
    kind: isPush ? 'put-tree' : 'get-tree',
    localPath,
    remotePath,
    settings: settingsOf(params, isPush, src),
  };
  const planned = await transfer(context, { ...instruction, settings: { ...instruction.settings, dryRun: true } });
  const lines = Buffer.from(planned.stdout ?? [])
    .toString('utf8')
    .split('\n')
    .slice(0, -1);
  if (lines.length > 0 && !context.checkMode) {
    if (!isPush) await mkdir(path.dirname(localPath), { recursive: true });
    else if (!src.endsWith('/')) await makeRemote(path.posix.dirname(remotePath), context);
    await transfer(context, instruction);
  }
  const values = dict({ rc: 0, stdout_lines: lines, src: isPush ? localPath : remotePath, dest: isPush ? remotePath : localPath });
  return { result: { changed: lines.length > 0, failed: false, msg: lines.map((line) => `${line}\n`).join(''), values } };
}

function paramsOf({ args }: ActionContext): Params {
  const compile = (): never => {
    throw new TypeError('An action has no script');
  };
  const { params, faults } = readParams({ name: 'synchronize', summary: '', params: PARAMS, compile, checkMode: 'inspects' }, args);
  const [fault] = faults;
  if (fault !== undefined) throw badParameter(fault.message, fault.fix ?? 'See the documentation of synchronize');
  const wants = (name: string): boolean => (params[name] === undefined ? isOn(params, 'archive') : isOn(params, name));
  if (!wants('recursive'))
    throw badParameter('`synchronize` always goes into directories', 'Set `recursive`, or use copy for single files');
  if (wants('perms') !== wants('times'))
    throw badParameter('`perms` and `times` are taken over together, or not at all', 'Set both, or none of them');
  return { ...params, links: wants('links'), preserve: wants('perms') };
}

function settingsOf(params: Params, isPush: boolean, src: string): TreeSettings {
  const preserve = params.preserve === true;
  // What a host says of its links must not lead out of the directory here.
  const links = isOn(params, 'copy_links') ? 'follow' : params.links !== true ? 'skip' : isPush ? 'copy-unsafe' : 'copy';
  return {
    preserve,
    links,
    exclude: (textsOf(params, 'rsync_opts') ?? []).map((option) => excluded(option, src)),
    update: preserve && !isOn(params, 'checksum') ? 'changed' : 'checksum',
    delete: isOn(params, 'delete'),
  };
}

function excluded(option: string, src: string): string {
  const [, pattern] = /^--exclude=(.+)$/s.exec(option) ?? [];
  if (pattern === undefined) throw badParameter(`\`rsync_opts\` cannot be \`${option}\``, 'Only --exclude=PATTERN is understood');
  // rsync's top is the directory that src is in, where the whole of src is copied.
  const name = src.endsWith('/') ? '' : `/${path.posix.basename(src)}`;
  return name !== '' && pattern.startsWith(`${name}/`) ? pattern.slice(name.length) : pattern;
}

async function localDirectory(src: string, { directories }: ActionContext): Promise<string> {
  const found = await findSource(src, 'files', directories, { directory: true });
  if ((await stat(found)).isDirectory()) return path.resolve(found);
  throw badParameter(`\`${src}\` is no directory`, 'Use copy for single files');
}

/** SFTP knows no `~` and no variables: the shell of the host expands them. */
async function remoteName(name: string, { perform }: ActionContext): Promise<string> {
  if (!/[~$]/.test(name)) return name;
  const said = await perform({ kind: 'script', script: `name=${pathWord(name)}; printf '%s' "$name"` });
  if (said.error !== undefined) throw said.error;
  return Buffer.from(said.stdout ?? []).toString('utf8');
}

/** As rsync: the directory that the whole of src goes into is made, but none above it. */
async function makeRemote(directory: string, { perform }: ActionContext): Promise<void> {
  const made = await perform({ kind: 'script', script: `[ -d ${shellQuote(directory)} ] || mkdir ${shellQuote(directory)}` });
  if (made.error !== undefined) throw made.error;
}

async function transfer({ perform }: ActionContext, instruction: Instruction): Promise<Outcome> {
  const outcome = await perform(instruction);
  if (outcome.error !== undefined) throw outcome.error;
  return outcome;
}

function badParameter(message: string, fix: string): TaskError {
  return new TaskError('BAD_PARAMETER', message, { fix });
}
