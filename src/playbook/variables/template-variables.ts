// What a template knows of itself, besides the variables of its host.
import { statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Value } from '../../base/value.ts';

/**
 * `ansible_managed`, `template_path` and their like.
 *
 * @param name - As it was written.
 * @param file - Where it was found.
 */
export function templateVariables(name: string, file: string): Map<string, Value> {
  const { uid, mtime } = statSync(file);
  return new Map<string, Value>([
    ['ansible_managed', 'Ansible managed'],
    ['template_host', os.hostname()],
    ['template_path', name],
    ['template_fullpath', path.resolve(file)],
    ['template_uid', uid === os.userInfo().uid ? os.userInfo().username : String(uid)],
    ['template_mtime', stamp(mtime)],
    ['template_run_date', stamp(new Date())],
    ['template_destpath', null],
  ]);
}

// As Python prints a datetime.
function stamp(date: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}000`;
}
