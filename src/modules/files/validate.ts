// The parameter `validate`: a command that must accept a new file before it gets its name. It does not know who wrote the file.

import { splitWords } from '../../base/shlex.ts';
import { textOf } from '../parameters/params.ts';
import { word } from '../script/script.ts';
import type { Params } from '../seam.ts';

/** What is wrong with `validate`: without %s the command could not see the new file. */
export function validateFaults(params: Params): string[] {
  const command = textOf(params, 'validate');
  return command === undefined || command.includes('%s')
    ? []
    : [`\`validate\` must contain %s, where the new file's name goes: ${command}`];
}

/**
 * The shell function `run_validate`, which fails the script unless the command accepts the file `$temp`. The command is split
 * into words as Python's shlex does, and no shell looks at it.
 */
export function validateScript(command: string | undefined): string {
  if (command === undefined) return 'run_validate() { :; }';
  const words = splitWords(command).map((one) => one.split('%s').map(unescapePercent).join('"$temp"'));
  return `run_validate() {
  # It may do more than look.
  st_path='' code=0
  output=$(as_written ${words.join(' ')} 2>"$temp.err") || code=$?
  errors=$(cat "$temp.err"); rm -f "$temp.err"
  if [ "$code" -eq 0 ]; then return 0; fi
  report exit_status "$code"; report stdout "$output"; report stderr "$errors"
  fail 'failed to validate'
}`;
}

function unescapePercent(text: string): string {
  return text === '' ? '' : word(text.replaceAll('%%', '%'));
}
