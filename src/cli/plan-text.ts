// The lists of --list-hosts, --list-tasks and --list-tags, line for line as ansible-playbook 2.14 writes them. It asks nobody.
import { neutralise } from '../base/terminal.ts';
import type { PlayPlan } from '../playbook/plan.ts';
import type { Flags } from './flags.ts';

type Lists = Pick<Flags, 'listHosts' | 'listTasks' | 'listTags'>;

export function planText(plan: readonly PlayPlan[], lists: Lists): string {
  const playbooks = [...new Set(plan.map(({ playbook }) => playbook))];
  const lines = playbooks.flatMap((playbook) => [
    '',
    `playbook: ${neutralise(playbook)}`,
    ...plan.filter((play) => play.playbook === playbook).flatMap((play, index) => playLines(play, index + 1, lists)),
  ]);
  return `${lines.join('\n')}\n`;
}

function playLines({ name, pattern, hosts, tags, tasks }: PlayPlan, number: number, { listHosts, listTasks, listTags }: Lists): string[] {
  const lines = ['', `  play #${number} (${neutralise(pattern.join(','))}): ${neutralise(name)}\tTAGS: [${neutralise(tags.join(','))}]`];
  if (listHosts) {
    const patterns = pattern.map((one) => `'${neutralise(one)}'`).join(', ');
    lines.push(`    pattern: [${patterns}]`, `    hosts (${hosts.length}):`, ...hosts.map((host) => `      ${neutralise(host)}`));
  }
  if (listTasks) lines.push('    tasks:', ...tasks.map((task) => `      ${neutralise(task.name)}\tTAGS: [${listed(task.tags)}]`));
  if (listTags) lines.push(`      TASK TAGS: [${listed([...new Set([...tags, ...tasks.flatMap((task) => task.tags)])].toSorted())}]`);
  return lines;
}

function listed(tags: readonly string[]): string {
  return neutralise(tags.join(', '));
}
