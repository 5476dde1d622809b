// fetch: brings a file of the host here, below a directory named after the host unless told otherwise.
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { shellQuote } from '../../base/quote.ts';
import { dict } from '../../base/value.ts';
import { str } from '../../jinja/printing.ts';
import { isTruthy } from '../../jinja/values.ts';
import { TaskError } from '../errors.ts';
import type { Action, ActionContext, ActionEnd } from './seam.ts';

const THROUGH_SHELL_BYTES = 256 * 1024 * 1024;

export const fetch: Action = {
  name: 'fetch',
  summary: 'bring a file of the host here',
  params: {
    src: { type: 'path', required: true, description: 'The file on the host' },
    dest: {
      type: 'path',
      required: true,
      description: 'A directory here, that gets one of the name of the host; with flat the file itself',
    },
    flat: { type: 'bool', default: false, description: 'Without a directory for each host' },
    fail_on_missing: { type: 'bool', default: true, description: 'Whether it is a failure that there is no such file' },
    validate_checksum: { type: 'bool', default: true, description: 'Always checked' },
  },
  run: async (context) => await run(context),
};

async function run(context: ActionContext): Promise<ActionEnd> {
  const { args, host, directory, checkMode, perform } = context;
  const yes = (name: string, otherwise: boolean): boolean => {
    const value = args.get(name) ?? otherwise;
    return typeof value === 'string' ? /^(?:yes|true|on|1|y|t)$/i.test(value) : isTruthy(value);
  };
  const source = str(args.get('src') ?? '');
  const said = await perform({ kind: 'script', script: lookScript(source) });
  if (said.error !== undefined) throw said.error;
  const [state = '', real = source, sum = ''] = Buffer.from(said.stdout ?? [])
    .toString('utf8')
    .split('\0');
  const target = destination(source, str(args.get('dest') ?? ''), host, yes('flat', false), directory);
  const values = dict({ file: source, dest: target });
  if (state !== 'file') {
    const msg = state === 'directory' ? 'remote file is a directory, fetch cannot work on directories' : 'the remote file does not exist';
    const failed = yes('fail_on_missing', true);
    return { result: { changed: false, failed, msg: failed ? msg : `${msg}, not transferring, ignored`, values } };
  }
  const before = await sha1Of(target);
  values.set('checksum', sum === '' ? (before ?? '') : sum);
  if (before !== undefined && before === sum) return { result: { changed: false, failed: false, values } };
  if (checkMode) return { result: { changed: true, failed: false, values } };
  await mkdir(path.dirname(target), { recursive: true });
  const temporary = `${target}.${randomBytes(4).toString('hex')}.part`;
  try {
    await receive(context, real, temporary);
    const got = await sha1Of(temporary);
    if (sum !== '' && got !== sum)
      return { result: { changed: false, failed: true, msg: 'checksum mismatch: the file changed while it was fetched', values } };
    values.set('checksum', got ?? '');
    values.set('remote_checksum', sum === '' ? null : sum);
    await rename(temporary, target);
    return { result: { changed: got !== before, failed: false, values } };
  } finally {
    await rm(temporary, { force: true });
  }
}

// SFTP reads as the user who logged in; what only another user may read comes through a shell of that user.
async function receive({ becomes, perform }: ActionContext, from: string, to: string): Promise<void> {
  const other = becomes();
  const outcome = other
    ? await perform({ kind: 'script', script: `cat <${shellQuote(from)}`, keepBytes: THROUGH_SHELL_BYTES })
    : await perform({ kind: 'get', remotePath: from, localPath: to });
  if (outcome.error !== undefined) throw outcome.error;
  if (!other) return;
  if (outcome.truncated === true)
    throw new TaskError('BAD_PARAMETER', `\`${from}\` is too large to be fetched as another user`, {
      fix: `Without become there is no limit; with it, ${THROUGH_SHELL_BYTES / 1024 / 1024} MiB`,
    });
  await writeFile(to, outcome.stdout ?? new Uint8Array());
}

// A name that a host could have chosen must not lead out of the directory meant for it.
function destination(source: string, dest: string, host: string, flat: boolean, directory: string): string {
  const base = path.resolve(directory, dest.replace(/^~(?=\/)/, os.homedir()));
  if (flat) return dest.endsWith('/') ? path.join(base, path.basename(source)) : base;
  const target = path.join(base, host, source.replace(/^~?\/*/, ''));
  if (target.startsWith(path.join(base, host) + path.sep)) return target;
  throw new TaskError('BAD_PARAMETER', `\`${source}\` would lead out of ${path.join(base, host)}`, { fix: 'Name the file without ..' });
}

function lookScript(source: string): string {
  const word = source.startsWith('~/') ? `"$HOME"/${shellQuote(source.slice(2))}` : shellQuote(source);
  return `f=${word}
if [ -d "$f" ]; then printf 'directory\\0'; exit 0; fi
if [ ! -f "$f" ]; then printf 'none\\0'; exit 0; fi
sum=$( (sha1sum <"$f" || shasum <"$f" || sha1 -q <"$f" || openssl dgst -sha1 -r <"$f") 2>/dev/null )
printf 'file\\0%s\\0%s' "$f" "\${sum%% *}"
`;
}

async function sha1Of(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() === true
    ? createHash('sha1')
        .update(await readFile(file))
        .digest('hex')
    : undefined;
}
