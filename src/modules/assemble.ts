// The module assemble: a file is what the files of a directory are, one after the other.

import { installMade } from './copy.ts';
import { ATTRIBUTE_PARAMS } from './files/attributes.ts';
import { editFaults, patternFaults } from './files/edit-file.ts';
import { WORK } from './files/work.ts';
import { isOn, textOf } from './parameters/params.ts';
import { pythonRegex } from './regex/python-regex.ts';
import { ask } from './script/answer.ts';
import { flag, reportingScript, word, writeBytes } from './script/script.ts';
import { encodeText } from './script/text.ts';
import type { Module, ModuleContext, Params, Step } from './seam.ts';

/** `assemble`: as ansible 2.14, of a directory of the host. Two round trips: which files there are, and the new file. */
export const assemble: Module = {
  name: 'assemble',
  summary: 'Makes one file of the files of a directory',
  params: {
    src: { type: 'path', required: true, description: 'the directory' },
    dest: { type: 'path', required: true, description: 'the file' },
    delimiter: { type: 'str', description: 'a line between them; \\n and the like are read' },
    regexp: { type: 'str', description: 'a regular expression of Python: only files with such a name' },
    ignore_hidden: { type: 'bool', default: false, description: 'leave out names that begin with a dot' },
    decrypt: { type: 'bool', default: true, description: 'without effect: the files are of the host' },
    remote_src: { type: 'bool', default: true, description: 'src is of the host, as it must be' },
    backup: { type: 'bool', default: false, description: 'keep the old file under a name with the time in it' },
    validate: { type: 'str', description: 'a command that must accept the new file, given as %s, before it gets its name' },
    ...ATTRIBUTE_PARAMS,
  },
  checkMode: 'skips',
  check(params) {
    const regexp = textOf(params, 'regexp');
    return [
      ...editFaults(params),
      ...(params.remote_src === false ? ['`remote_src: false` is not there yet: copy the files first, or use a template with a loop'] : []),
      ...(regexp === undefined ? [] : patternFaults(() => pythonRegex(regexp, { isText: true }))),
    ];
  },
  compile(params, context) {
    const src = textOf(params, 'src') ?? '';
    const script = reportingScript(context, { src }, flag('ignore_hidden', isOn(params, 'ignore_hidden')), LIST);
    return ask(script, context, ({ values }) => install((values.get('names') ?? '').split('//\n').slice(0, -1), params, context));
  },
};

// A name may hold newlines, but no slash.
const LIST = `if [ ! -e "$src" ]; then fail "Source ($src) does not exist"; fi
if [ ! -d "$src" ]; then fail "Source ($src) is not a directory"; fi
printf 'names='
for one in "$src"/* "$src"/.*; do
  if [ ! -f "$one" ]; then continue; fi
  case \${one##*/} in .*) if [ "$ignore_hidden" ]; then continue; fi ;; esac
  printf '%s//\\n' "\${one##*/}"
done
printf '\\000'`;

function install(names: readonly string[], params: Params, context: ModuleContext): Step {
  const regexp = textOf(params, 'regexp');
  const regex = regexp === undefined ? undefined : pythonRegex(regexp, { isText: true });
  const chosen = names
    .filter((name) => regex === undefined || regex.test(name))
    .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const delimiter = textOf(params, 'delimiter');
  const made = [
    WORK,
    'begin_work',
    'assembled=$work/assembled',
    ': >"$assembled"',
    `write_delimiter() {\n${delimiter === undefined ? ':' : writeBytes(encodeText(ended(unescaped(delimiter))))}\n}`,
    ADD,
    // The variable src becomes what is assembled; until then it is the directory.
    ...chosen.map((name) => `add_file "$directory_of_files"/${word(name)}`),
    'src=$assembled',
  ];
  const step = installMade(`directory_of_files=$src\n${made.join('\n')}`, textOf(params, 'src') ?? '', { ...params, force: true }, context);
  return step.kind === 'script' ? { ...step, read: (answer) => withOk(step.read(answer)) } : step;
}

const ADD = `first=yes
add_file() {
  # Between two files there is always a newline.
  if [ -s "$assembled" ] && [ ! "$first" ] && [ "$(tail -c 1 "$last_file")" ]; then printf '\\n' >>"$assembled"; fi
  if [ ! "$first" ]; then write_delimiter >>"$assembled"; fi
  cat "$1" >>"$assembled" || fail "Could not read $1"
  first='' last_file=$1
}`;

function withOk(step: Step): Step {
  return step.kind === 'finished' && !step.result.failed ? { ...step, result: { ...step.result, msg: 'OK' } } : step;
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

// As Python reads escapes in a literal of bytes.
function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|([\s\S]))/g, (whole, hex: string | undefined, letter: string | undefined) =>
    hex === undefined ? (ESCAPES[letter ?? ''] ?? whole) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
