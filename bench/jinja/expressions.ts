// Times expressions and templates that were compiled before, beside Python's jinja2 where it is installed.
//
//   node build/bench/jinja/expressions.js [MILLISECONDS]
//
// MILLISECONDS (default 500) is the time for each figure. The variables are asked one by one, so a scope of ten thousand is as good as one of ten.
import { spawnSync } from 'node:child_process';
import { fromJson, type Value } from '#src/base/value';
import { Environment } from '#src/jinja/environment';

const EXPRESSIONS = [
  "a.b == 'x' and c",
  'n + 1 > 41',
  "name in ['web01', 'web02']",
  "items | selectattr('up') | list | length",
  "text | regex_replace('[0-9]+', 'N')",
  "missing is defined or name | default('x') == 'web01'",
];
const TEMPLATE = '{% for item in items %}\nserver {{ item.name }} {{ item.port }}{% if item.up %} up{% endif %};\n{% endfor %}\n';
const DATA = {
  a: { b: 'x' },
  c: true,
  n: 41,
  name: 'web01',
  text: 'eth0 and eth12',
  items: Array.from({ length: 100 }, (_, i) => ({ name: `s${i}`, port: 8000 + i, up: i % 2 === 0 })),
};
const span = Number(process.argv[2] ?? 500);

const PROGRAM = `
import json, re, sys, time
import jinja2
given = json.load(sys.stdin)
environment = jinja2.Environment(trim_blocks=True)
environment.filters['regex_replace'] = lambda value, pattern, by: re.sub(pattern, by, value)
def rate(run):
    run()
    end, count, start = time.perf_counter() + given['span'] / 1000, 0, time.perf_counter()
    while time.perf_counter() < end:
        for _ in range(100): run()
        count += 100
    return count / (time.perf_counter() - start)
data = given['data']
rates = []
for source in given['expressions']:
    compiled = environment.compile_expression(source)
    rates.append(rate(lambda: compiled(data)))
template = environment.from_string(given['template'])
rates.append(rate(lambda: template.render(data)))
print(json.dumps(rates))
`;

function perSecond(run: () => unknown): number {
  for (let i = 0; i < 2_000; i++) run();
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < span) {
    for (let i = 0; i < 500; i++) run();
    count += 500;
  }
  return (count / (performance.now() - start)) * 1_000;
}

function scopeOf(more: number) {
  const values = new Map<string, Value>(Object.entries(DATA).map(([name, value]) => [name, fromJson(value)]));
  for (let i = 0; i < more; i++) values.set(`variable_${i}`, i);
  return { get: (name: string) => values.get(name) };
}

const python = spawnSync('python3', ['-c', PROGRAM], {
  input: JSON.stringify({ expressions: EXPRESSIONS, template: TEMPLATE, data: DATA, span }),
  encoding: 'utf8',
});
const theirs: readonly number[] = python.status === 0 ? (JSON.parse(python.stdout) as number[]) : [];
const jinja = new Environment();
const [few, many] = [scopeOf(10), scopeOf(10_000)];
const shown = (rate: number): string => (rate >= 1e6 ? `${(rate / 1e6).toFixed(2)} M/s` : `${(rate / 1e3).toFixed(1)} k/s`).padStart(11);

console.log(`${'10 variables'.padStart(11)} ${'10,000'.padStart(11)} ${'jinja2'.padStart(11)}`);
const rows = [
  ...EXPRESSIONS.map((source) => ({ name: source, run: jinja.compileExpression(source).evaluate })),
  { name: 'a template of 100 rows', run: jinja.compileTemplate(TEMPLATE).render },
];
for (const [i, { name, run }] of rows.entries()) {
  const ours = [few, many].map((scope) => shown(perSecond(() => run(scope))));
  const their = theirs[i];
  console.log(`${ours.join(' ')} ${their === undefined ? 'none'.padStart(11) : shown(their)}  ${name}`);
}
