// reboot: restarts the host, and waits until it is there again.
import { setTimeout as sleep } from 'node:timers/promises';
import { shellQuote } from '../../base/quote.ts';
import { dict } from '../../base/value.ts';
import type { Outcome } from '../../fleet/events.ts';
import { str } from '../../jinja/printing.ts';
import type { Action, ActionContext, ActionEnd } from './seam.ts';

/** Another one after every start: of Linux, of BSD and macOS, of what is left. */
const BOOT_TIME_COMMAND = 'cat /proc/sys/kernel/random/boot_id 2>/dev/null || sysctl -n kern.boottime 2>/dev/null || who -b';
const ATTEMPT_PAUSE_MS = 1_000;

export const reboot: Action = {
  name: 'reboot',
  summary: 'restart the host and wait until it is there again',
  params: {
    reboot_timeout: { type: 'int', aliases: ['reboot_timeout_sec'], default: 600, description: 'Seconds until it must be there again' },
    connect_timeout: { type: 'int', aliases: ['connect_timeout_sec'], default: 10, description: 'Seconds of one attempt to reach it' },
    pre_reboot_delay: { type: 'int', aliases: ['pre_reboot_delay_sec'], default: 0, description: 'Seconds before it restarts' },
    post_reboot_delay: {
      type: 'int',
      aliases: ['post_reboot_delay_sec'],
      default: 0,
      description: 'Seconds before the first attempt to reach it',
    },
    msg: { type: 'str', default: 'Reboot initiated by Ansible', description: 'What its users read' },
    test_command: { type: 'str', default: 'whoami', description: 'What must succeed before the task is done' },
    boot_time_command: { type: 'str', default: BOOT_TIME_COMMAND, description: 'What says something else after each start' },
    reboot_command: { type: 'str', description: 'What restarts it, in the place of shutdown' },
    search_paths: { type: 'list', elements: 'path', description: 'Without effect: the PATH of the shell counts, and /sbin' },
  },
  run: async (context) => await run(context),
};

async function run(context: ActionContext): Promise<ActionEnd> {
  const { args, checkMode, perform, disconnect, signal } = context;
  const seconds = (name: string, otherwise: number): number =>
    Math.max(0, Number(str(args.get(name) ?? args.get(`${name}_sec`) ?? otherwise)));
  const text = (name: string, otherwise: string): string => str(args.get(name) ?? otherwise);
  const timeoutMs = seconds('connect_timeout', 10) * 1_000;
  const say = async (script: string, patienceMs = 0): Promise<Outcome> =>
    await perform({ kind: 'script', script, timeoutMs: timeoutMs + patienceMs });
  const wait = async (ms: number): Promise<void> => {
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  };
  if (checkMode) return ended(true, false, 0);

  const bootTime = text('boot_time_command', BOOT_TIME_COMMAND);
  const before = await say(bootTime);
  if (before.error !== undefined) throw before.error;
  if (!succeeded(before)) return ended(false, true, 0, `The boot time command failed: ${outputOf(before, 'stderr')}`);

  const startedAt = performance.now();
  const elapsed = (): number => Math.floor((performance.now() - startedAt) / 1_000);
  const delay = seconds('pre_reboot_delay', 0);
  const asked = await say(rebootScript(text('reboot_command', ''), delay, text('msg', 'Reboot initiated by Ansible')), delay * 1_000);
  // It may be gone before it can answer.
  if (asked.error === undefined && !succeeded(asked))
    return ended(false, true, elapsed(), `Reboot command failed: ${outputOf(asked, 'stderr')}`);
  await wait(seconds('post_reboot_delay', 0) * 1_000);
  for (;;) {
    await disconnect();
    const now = await say(bootTime);
    const restarted = succeeded(now) && outputOf(now, 'stdout') !== outputOf(before, 'stdout');
    if (restarted && succeeded(await say(text('test_command', 'whoami')))) return ended(true, false, elapsed());
    if (signal?.aborted === true || elapsed() >= seconds('reboot_timeout', 600))
      return ended(restarted, true, elapsed(), `Timed out waiting for the host to come back (timeout=${seconds('reboot_timeout', 600)})`);
    await wait(ATTEMPT_PAUSE_MS);
  }
}

function ended(rebooted: boolean, failed: boolean, elapsed: number, msg?: string): ActionEnd {
  const values = dict({ rebooted, elapsed });
  return { result: { changed: rebooted, failed, values, ...(msg === undefined ? {} : { msg }) } };
}

function rebootScript(command: string, delay: number, message: string): string {
  if (command !== '') return `${command}\n`;
  // shutdown counts in minutes, as Ansible uses it; shorter delays are waited for here.
  return `PATH=$PATH:/sbin:/usr/sbin:/usr/local/sbin
${delay < 60 && delay > 0 ? `sleep ${delay}\n` : ''}if command -v shutdown >/dev/null 2>&1; then shutdown -r ${delay >= 60 ? `+${Math.floor(delay / 60)}` : 'now'} ${shellQuote(message)}; else reboot; fi
`;
}

function succeeded({ error, exit }: Outcome): boolean {
  return error === undefined && exit?.kind === 'code' && exit.code === 0;
}

function outputOf(outcome: Outcome, stream: 'stdout' | 'stderr'): string {
  return Buffer.from(outcome[stream] ?? [])
    .toString('utf8')
    .trim();
}
