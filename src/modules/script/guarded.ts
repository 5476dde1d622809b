// When a person's own command need not run, and where it runs, in shell. It does not know the command.
import { shellQuote } from '../../base/quote.ts';
import { textOf } from '../parameters/params.ts';
import type { ModuleContext, ParamSpecs, Params } from '../seam.ts';
import { openingMark } from './answer.ts';
import { globWords, pathWord } from './script.ts';

/** Parameters of everything that runs something of a person's. */
export const GUARD_PARAMS: ParamSpecs = {
  chdir: { type: 'path', description: 'the directory to run in' },
  creates: { type: 'path', description: 'a path or glob: it does not run when that exists' },
  removes: { type: 'path', description: 'a path or glob: it runs only when that exists' },
};

/** Whether anything but check mode can keep it from running. */
export function isGuarded(params: Params): boolean {
  return textOf(params, 'creates') !== undefined || textOf(params, 'removes') !== undefined;
}

/**
 * The lines before a command. Where it is not to run they end the script with one report, behind the opening mark: `chdir` with what
 * is wrong, `exists`, `absent`, or in check mode `would_run`. `refuse NAME VALUE` is there for further reasons.
 *
 * All else the script writes is the command's own, so that it can be shown while it runs.
 */
export function guardLines(params: Params, context: ModuleContext): string[] {
  const [creates, removes] = [textOf(params, 'creates'), textOf(params, 'removes')];
  return [
    `refuse() { printf '%s\\000%s=%s\\000end=\\000' ${shellQuote(openingMark(context.token))} "$1" "$2"; exit 0; }`,
    ...chdirLines(textOf(params, 'chdir')),
    ...(isGuarded(params) ? ['exists() { for one; do if [ -e "$one" ] || [ -L "$one" ]; then return 0; fi; done; return 1; }'] : []),
    ...(creates === undefined ? [] : [`if exists ${globWords(creates)}; then refuse exists ''; fi`]),
    ...(removes === undefined ? [] : [`if ! exists ${globWords(removes)}; then refuse absent ''; fi`]),
    ...(context.checkMode ? [`refuse would_run ''`] : []),
  ];
}

function chdirLines(directory: string | undefined): string[] {
  if (directory === undefined) return [];
  return [
    `directory=${pathWord(directory)}`,
    'unset CDPATH',
    `if [ ! -e "$directory" ]; then refuse chdir "[Errno 2] No such file or directory: '$directory'"; fi`,
    `cd "$directory" 2>/dev/null || refuse chdir "Not a directory that can be entered: '$directory'"`,
  ];
}
