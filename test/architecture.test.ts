// The floors of the house: which directory may import from which. The table is the architecture; this test makes it true.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';

const FLOORS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  runtime: ['base'],
  jinja: ['base'],
  modules: ['base'],
  ssh: ['base', 'runtime'],
  connection: ['base', 'runtime', 'ssh'],
  inventory: ['base', 'jinja'],
  fleet: ['base', 'runtime', 'connection', 'inventory'],
  playbook: ['base', 'jinja', 'modules', 'inventory', 'fleet'],
  journal: ['base', 'fleet', 'playbook'],
  report: ['base', 'fleet', 'playbook'],
  observe: ['base', 'fleet', 'playbook', 'report'],
  engine: ['base', 'runtime', 'connection', 'fleet', 'playbook', 'journal'],
  ui: ['base', 'journal', 'report'],
  testing: ['base', 'runtime', 'ssh', 'connection'],
  cli: [
    'base',
    'runtime',
    'ssh',
    'jinja',
    'modules',
    'connection',
    'inventory',
    'fleet',
    'playbook',
    'journal',
    'report',
    'observe',
    'engine',
    'ui',
    'testing',
  ],
};
/** Of these floors only the named files are open to the floor in front. */
const OPEN: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  fleet: { inventory: ['host.ts'] },
  journal: { fleet: ['events.ts'], playbook: ['events.ts'] },
  engine: { connection: ['errors.ts'], playbook: ['events.ts', 'errors.ts'], journal: ['entry.ts', 'resume.ts'] },
  report: { fleet: ['events.ts'], playbook: ['events.ts'] },
  observe: { fleet: ['events.ts'], playbook: ['events.ts'], report: ['seam.ts', 'machine/json-data.ts', 'output/host-bytes.ts'] },
  cli: {
    ssh: ['client.ts', 'errors.ts', 'ask.ts'],
    jinja: ['environment.ts'],
    modules: ['registry.ts', 'seam.ts', 'library/module-space.ts', 'docs/description.ts', 'docs/schema.ts'],
  },
};
/** Only here may a program end, print or read the command line. */
const OUTSIDE_WORLD = /process\.(exit|stdout|stdin|argv|on)\b|console\.(log|error|warn)\b/;

interface Import {
  readonly from: string;
  readonly to: string;
}

const sourceRoot = path.resolve(import.meta.dirname, '../../src');
const sources = (): string[] =>
  readdirSync(sourceRoot, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));

function importsOf(file: string, text: string): Import[] {
  const found = text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]\s*\)/g);
  return [...found].map((match) => ({ from: file, to: path.posix.join(path.posix.dirname(file), match[1] ?? match[2] ?? '') }));
}

/** What is wrong with one import, or undefined. */
function fault({ from, to }: Import): string | undefined {
  const [fromFloor = '', ...fromRest] = from.split('/');
  const [toFloor = '', ...toRest] = to.split('/');
  if (fromRest.length === 0) return undefined; // index.ts, the library's front door
  if (toRest.length === 0) return `${from} imports ${to}: nothing inside imports the front door`;
  if (fromFloor === toFloor) return undefined;
  if (!FLOORS[fromFloor]?.includes(toFloor)) return `${from} imports ${to}: ${fromFloor} may not know ${toFloor}`;
  const open = OPEN[fromFloor]?.[toFloor];
  if (open !== undefined && !open.includes(toRest.join('/'))) return `${from} imports ${to}: of ${toFloor} only ${open.join(', ')} is open`;
  return undefined;
}

describe('the floors', () => {
  it('let each file import only from floors below it', () => {
    const faults = sources()
      .flatMap((file) => importsOf(file, readFileSync(path.join(sourceRoot, file), 'utf8')))
      .map(fault)
      .filter((message) => message !== undefined);

    assert.deepEqual(faults, []);
  });

  it('would notice an import upwards, into closed rooms, of the front door, and of an unknown floor', () => {
    const text = "import { a } from '../fleet/fleet.ts';\nexport { b } from './b.ts';\nconst c = await import('../cli/main.ts');\n";

    const seen = importsOf('base/x.ts', text).map(fault);

    assert.deepEqual(seen, [
      'base/x.ts imports fleet/fleet.ts: base may not know fleet',
      undefined,
      'base/x.ts imports cli/main.ts: base may not know cli',
    ]);
    assert.ok(fault({ from: 'report/text.ts', to: 'fleet/fleet.ts' }));
    assert.ok(fault({ from: 'fleet/fleet.ts', to: 'index.ts' }));
    assert.ok(fault({ from: 'helpers/x.ts', to: 'base/errors.ts' }));
  });

  it('have a row in the table for every directory, and no circle', () => {
    const directories = new Set(
      sources()
        .filter((file) => file.includes('/'))
        .map((file) => file.split('/')[0] ?? ''),
    );
    const reaches = (floor: string, seen: readonly string[]): boolean =>
      (FLOORS[floor] ?? []).some((below) => seen.includes(below) || reaches(below, [...seen, below]));

    assert.deepEqual(
      [...directories].filter((directory) => !(directory in FLOORS)),
      [],
    );
    assert.deepEqual(
      Object.keys(FLOORS).filter((floor) => reaches(floor, [floor])),
      [],
    );
  });

  it('print, exit and read the command line only in cli', () => {
    const offenders = sources()
      .filter((file) => !file.startsWith('cli/') && !file.includes('/bootstrap/'))
      .filter((file) => OUTSIDE_WORLD.test(stripComments(readFileSync(path.join(sourceRoot, file), 'utf8'))));

    assert.deepEqual(offenders, []);
  });

  it('begin every file with a line that says what it is for', () => {
    const silent = sources().filter((file) => !/^(?:#!.*\n)?\/\/ \S/.test(readFileSync(path.join(sourceRoot, file), 'utf8')));

    assert.deepEqual(silent, []);
  });
});

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}
