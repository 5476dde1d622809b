// The module known_hosts: that a known_hosts file has a host's key, or not.
import { dict } from '../base/value.ts';
import { contentDifference, editStep, lookAtFileOnly } from './files/edit-file.ts';
import { isOn, textOf } from './parameters/params.ts';
import { finished } from './script/answer.ts';
import { decodeText, encodeText, linesOf } from './script/text.ts';
import type { FoundFile, Module, ModuleContext, Params, Step } from './seam.ts';
import { findHost, hashName, isOf } from './texts/known-hosts-text.ts';

/** `known_hosts`: as ansible 2.14, without asking the host's ssh-keygen. */
export const knownHosts: Module = {
  name: 'known_hosts',
  summary: 'Puts the key of a host into a known_hosts file, or takes it out',
  params: {
    name: { type: 'str', required: true, aliases: ['host'], description: 'the host, [HOST]:PORT where the port is not 22' },
    key: { type: 'str', description: 'the whole line, as ssh-keyscan prints it; without one all keys of the host are taken out' },
    path: { type: 'path', default: '~/.ssh/known_hosts', description: 'the file' },
    hash_host: { type: 'bool', default: false, description: 'write the name as a hash' },
    state: { type: 'str', default: 'present', choices: ['absent', 'present'], description: 'whether it is there' },
  },
  checkMode: 'inspects',
  check(params, templated) {
    const [name, key] = [textOf(params, 'name') ?? '', textOf(params, 'key')];
    if (key === undefined) {
      return params.state === 'present' && !templated.has('key') ? ['No key specified when adding a host'] : [];
    }
    if (name.includes(',')) return ['`name` is one name, and holds a comma'];
    if (key.trim().includes('\n')) return ['`key` is one line, and holds several: loop over them'];
    if (name === '') return [];
    return isOf(key, name) ? [] : ['Host parameter does not match hashed host field in supplied key'];
  },
  compile: (params, context) => lookAtFileOnly(params, context, (found) => decide(found, params, context)),
};

function decide(found: FoundFile, params: Params, context: ModuleContext): Step {
  const host = (textOf(params, 'name') ?? '').toLowerCase();
  const isPresent = params.state === 'present';
  const written = textOf(params, 'key')?.trim();
  const key = written !== undefined && isOn(params, 'hash_host') ? hashName(written, host) : written;
  const lines = linesOf(decodeText(found.bytes));
  const search = findHost(lines, host, key);
  const gone = isPresent ? replaced(search.isSame, search.at) : key === undefined ? search.all : search.at === undefined ? [] : [search.at];
  const isAdded = isPresent && !search.isSame && key !== undefined;
  const changed = gone.length > 0 || isAdded;
  const kept = lines.filter((_line, index) => !gone.includes(index));
  const text = (isAdded ? [...kept, key] : kept).map((line) => `${line}\n`).join('');
  const after = changed ? Buffer.from(encodeText(text)) : found.bytes;
  const texts = ['name', 'path', 'state'].map((name) => [name, textOf(params, name) ?? null] as const);
  const result = finished({
    changed,
    failed: false,
    values: dict({ ...Object.fromEntries(texts), key: textOf(params, 'key') ?? null, hash_host: isOn(params, 'hash_host') }),
    ...(context.diff ? { diff: contentDifference(found, after) } : {}),
  });
  if (!changed || context.checkMode) return result;
  return editStep(found, after, params, context, () => result);
}

function replaced(isSame: boolean, at: number | undefined): readonly number[] {
  return isSame || at === undefined ? [] : [at];
}
