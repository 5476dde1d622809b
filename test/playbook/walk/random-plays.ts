// Playbooks by chance: blocks within blocks, failures on some hosts, handlers, batches. It plays nothing.
import fc from 'fast-check';
import type { Case } from './case.ts';

/** Hosts that a thing is for; null for all. */
type Some = readonly string[] | null;
type Step =
  | { readonly kind: 'say' }
  | { readonly kind: 'change'; readonly notify: readonly string[]; readonly on: Some }
  | { readonly kind: 'fail'; readonly on: readonly string[]; readonly ignored: boolean }
  | { readonly kind: 'once' }
  | { readonly kind: 'flush' }
  | Block;
interface Block {
  readonly kind: 'block';
  readonly on: Some;
  readonly body: readonly Step[];
  readonly rescue: readonly Step[] | null;
  readonly always: readonly Step[] | null;
}
interface Shape {
  readonly serial: number | string | null;
  readonly steps: readonly Step[];
}

const some = fc.subarray(['a', 'b', 'c'], { minLength: 1, maxLength: 2 });
const steps = (step: fc.Arbitrary<Step>, maxLength: number): fc.Arbitrary<Step[]> => fc.array(step, { minLength: 1, maxLength });
const leaf: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'say' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      notify: fc.subarray(['first', 'second', 'topic'], { minLength: 1 }),
      on: fc.option(some),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('fail' as const), on: some, ignored: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'once' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'flush' as const }) },
);
const { step } = fc.letrec<{ step: Step; block: Block }>((tie) => ({
  step: fc.oneof({ depthSize: 'small', maxDepth: 3 }, { weight: 5, arbitrary: leaf }, { weight: 4, arbitrary: tie('block') }),
  block: fc.record({
    kind: fc.constant('block' as const),
    on: fc.option(some, { freq: 3 }),
    body: steps(tie('step'), 3),
    rescue: fc.option(steps(tie('step'), 2)),
    always: fc.option(steps(tie('step'), 2)),
  }),
}));
const shape: fc.Arbitrary<Shape> = fc.record({
  serial: fc.option(fc.constantFrom<number | string>(1, 2, '34%'), { freq: 3 }),
  steps: fc.array(step, { minLength: 2, maxLength: 4 }),
});

/** So many cases, the same for the same seed. */
export function randomPlays(count: number, seed: number): Case[] {
  return fc.sample(shape, { numRuns: count, seed }).map((one) => ({ files: { 'site.yml': textOf(one) } }));
}

function textOf({ serial, steps: tasks }: Shape): string {
  let count = 0;
  const lines = (list: readonly Step[], indent: string): string => list.map((one) => stepText(one, indent)).join('');
  const when = (on: Some): string => (on === null ? '' : `, when: "inventory_hostname in [${on.map((host) => `'${host}'`).join(', ')}]"`);
  const stepText = (one: Step, indent: string): string => {
    count++;
    const name = `${indent}- {name: t${count}`;
    switch (one.kind) {
      case 'say':
        return `${name}, debug: {msg: "{{ ansible_failed_task.name | default('none') }}"}}\n`;
      case 'change':
        return `${name}, debug: {msg: x}, changed_when: true, notify: [${one.notify.join(', ')}]${when(one.on)}}\n`;
      case 'fail':
        return `${name}, fail: {msg: t${count}}${when(one.on)}, ignore_errors: ${one.ignored}}\n`;
      case 'once':
        return `${name}, debug: {msg: "{{ inventory_hostname }}"}, run_once: true}\n`;
      case 'flush':
        return `${name}, meta: flush_handlers}\n`;
      case 'block': {
        const part = (key: string, list: readonly Step[] | null): string =>
          list === null ? '' : `${indent}  ${key}:\n${lines(list, `${indent}    `)}`;
        const condition = one.on === null ? '' : `${indent}  ${when(one.on).slice(2)}\n`;
        return `${indent}- name: t${count}\n${condition}${part('block', one.body)}${part('rescue', one.rescue)}${part('always', one.always)}`;
      }
    }
  };
  return `- hosts: all
  gather_facts: false
  serial: ${serial ?? '"100%"'}
  tasks:
${lines(tasks, '    ')}
  handlers:
    - {name: first, debug: {msg: x}, changed_when: true, notify: second}
    - {name: second, debug: {msg: x}}
    - {name: third, debug: {msg: x}, listen: topic}
- hosts: all
  gather_facts: false
  tasks:
    - {name: next, debug: {msg: "{{ ansible_play_batch }}"}}
`;
}
