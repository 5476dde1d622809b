// Facts that a host keeps itself, in files of /etc/ansible/facts.d: JSON, ini, or a program that says either. As ansible 2.14.
import { parseJson } from '../../base/json.ts';
import { dict, type Value } from '../../base/value.ts';
import { isByteText } from '../script/text.ts';
import { IniError, parseIni } from './ini.ts';
import type { Collector, Found } from './seam.ts';

export const FACT_PATH = '/etc/ansible/facts.d';

/** local. The probe sets `fact_path` before. */
export const local: Collector = {
  name: 'local',
  // What a program says goes straight into its record; its complaints are caught, its number is told after.
  script: `exec 4>&1
if [ -d "$fact_path" ]; then for file in "$fact_path"/*.fact; do
  name=\${file##*/}
  case $(ls -ldL "$file" 2>/dev/null) in
    ???[xs]*)
      printf 'local_said:%s=' "$name"
      trouble=$("$file" 2>&1 >&4 4>&- </dev/null); code=$?
      printf '\\000'
      report "local_code:$name" "$code"; report "local_trouble:$name" "$trouble" ;;
    '') if [ -h "$file" ]; then report "local_lost:$name" ''; fi ;;
    *) report "local_file:$name" "$(cat "$file" 2>/dev/null)" ;;
  esac
done; fi
exec 4>&-
report fact_path "$fact_path"`,
  read: (found) => {
    const facts = factsOf(found);
    return { local: dict(Object.fromEntries([...facts].sort(([a], [b]) => (a < b ? -1 : 1)))) };
  },
};

function factsOf(found: Found): ReadonlyMap<string, Value> {
  const facts = new Map<string, Value>();
  const [codes, troubles] = [found.records('local_code:'), found.records('local_trouble:')];
  const path = (name: string): string => `${found.record('fact_path')}/${name}`;
  const add = (name: string, value: Value): unknown => facts.set(name.replaceAll('.fact', ''), value);
  for (const [name, text] of found.records('local_file:')) add(name, factOf(isByteText(text) ? '' : text.trim(), path(name)));
  for (const [name, text] of found.records('local_said:')) {
    const code = codes.get(name) ?? '1';
    if (code !== '0') add(name, `Failure executing fact script (${path(name)}), rc: ${code}, err: ${withEnd(troubles.get(name) ?? '')}`);
    else add(name, factOf(text, path(name)));
  }
  for (const [name] of found.records('local_lost:')) {
    add(name, `Could not stat fact (${path(name)}): [Errno 2] No such file or directory: '${path(name)}'`);
  }
  return facts;
}

function factOf(text: string, path: string): Value {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  try {
    return parseIni(text);
  } catch (error) {
    if (!(error instanceof IniError)) throw error;
    return `error loading facts as JSON or ini - please check content: ${path}`;
  }
}

// The shell takes the newlines at its end off; a complaint has one.
function withEnd(text: string): string {
  return text === '' ? '' : `${text}\n`;
}

/** What Ansible warns of: every file that gave no fact. */
export function localWarnings(facts: Value | undefined): string[] {
  if (!(facts instanceof Map)) return [];
  const isFailure = (value: Value): value is string =>
    typeof value === 'string' && /^(Failure executing fact script|error loading facts|Could not stat fact)/.test(value);
  return [...facts.values()].filter(isFailure);
}
