// The JSON Schema of playbooks, for editors: made of the keywords and of the descriptions of modules. It checks no playbook itself.
import type { ModuleDescription } from '../modules/docs/description.ts';
import { moduleDefinitions, moduleProperties, type Schema, TEMPLATED } from '../modules/docs/schema.ts';
import { KEYWORDS, type Place } from './read/keywords.ts';
import { INCLUDES } from './read/parse-doing.ts';
import { LOOP_KEYWORDS } from './read/parse-loop.ts';

const STEPS: Schema = { type: ['array', 'null'], items: { $ref: '#/$defs/-step' } };
const TEXT: Schema = { type: ['string', 'number', 'boolean', 'null'] };
const TRUTH: Schema = {
  anyOf: [{ type: ['boolean', 'null'] }, { enum: ['yes', 'no', 'true', 'false', 'True', 'False', 'on', 'off'] }, TEMPLATED],
};
const NUMBER: Schema = { anyOf: [{ type: ['number', 'null'] }, { type: 'string' }] };
const ONE_OR_MORE: Schema = { type: ['string', 'number', 'array', 'null'] };
const MAP: Schema = { anyOf: [{ type: ['object', 'null'] }, { type: 'array' }, TEMPLATED] };
const ANY: Schema = {};
const IMPORTS = ['import_playbook', 'ansible.builtin.import_playbook'];

/** What the value of a keyword looks like; of others anything will do. */
const SHAPES: Readonly<Record<string, Schema>> = {
  name: TEXT,
  hosts: { type: ['string', 'array'], items: { type: 'string' }, minLength: 1 },
  vars: MAP,
  environment: MAP,
  args: MAP,
  loop_control: MAP,
  tags: ONE_OR_MORE,
  notify: ONE_OR_MORE,
  listen: ONE_OR_MORE,
  vars_files: ONE_OR_MORE,
  register: { type: 'string', pattern: String.raw`^[A-Za-z_]\w*$` },
  retries: NUMBER,
  delay: NUMBER,
  timeout: NUMBER,
  max_fail_percentage: NUMBER,
  gather_facts: TRUTH,
  become: TRUTH,
  ignore_errors: TRUTH,
  ignore_unreachable: TRUTH,
  on_unreachable: { type: 'string', description: 'fail, or retry(n)' },
  any_errors_fatal: TRUTH,
  check_mode: TRUTH,
  diff: TRUTH,
  no_log: TRUTH,
  run_once: TRUTH,
  become_user: TEXT,
  become_method: TEXT,
  remote_user: TEXT,
  roles: { type: ['array', 'null'], items: { $ref: '#/$defs/-role' } },
  tasks: STEPS,
  pre_tasks: STEPS,
  post_tasks: STEPS,
  handlers: STEPS,
  block: STEPS,
  rescue: STEPS,
  always: STEPS,
};

/** The schema, draft 2020-12, of a list of plays. */
export function playbookSchema(modules: readonly ModuleDescription[]): Schema {
  const statements = [...INCLUDES.keys(), 'gather_facts'].flatMap((name) => [name, `ansible.builtin.${name}`]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:sshoal:playbook',
    title: 'A playbook of sshoal',
    type: 'array',
    minItems: 1,
    items: { type: 'object', anyOf: [{ $ref: '#/$defs/-play' }, { $ref: '#/$defs/-import' }] },
    $defs: {
      // A dash in front: no module can have such a name.
      '-play': { required: ['hosts'], properties: keywords('play'), additionalProperties: false },
      '-import': { anyOf: IMPORTS.map((name) => ({ required: [name] })) },
      '-role': { anyOf: [{ type: 'string' }, { type: 'object', anyOf: ['role', 'name'].map((name) => ({ required: [name] })) }] },
      '-step': { type: 'object', anyOf: [{ $ref: '#/$defs/-block' }, { $ref: '#/$defs/-task' }] },
      '-block': { required: ['block'], properties: keywords('block'), additionalProperties: false },
      '-task': {
        properties: { ...moduleProperties(modules), ...shapesOf(statements), ...keywords('task'), ...shapesOf(LOOP_KEYWORDS) },
        patternProperties: { '^with_': ANY },
        additionalProperties: false,
      },
      ...moduleDefinitions(modules),
    },
  };
}

/** Those that are understood in a place. */
function keywords(place: Place): Schema {
  const understood = Object.entries(KEYWORDS[place]).filter(([, { status }]) => status !== 'not yet');
  return shapesOf(understood.map(([name]) => name));
}

function shapesOf(names: Iterable<string>): Schema {
  return Object.fromEntries([...names].map((name) => [name, SHAPES[name] ?? ANY]));
}
