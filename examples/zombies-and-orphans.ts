// A zombie has ended and is not yet buried; an orphan has lost its parent and lives on. (Rows A1, A2, E10-E12.)
import { readFileSync } from 'node:fs';
import { isMain, multiprocessing, ref, sleep } from 'sshoal/runtime';

const { Process, Queue, activeChildren } = multiprocessing;

export function nothing(): void {}

export async function live(numbers: multiprocessing.Queue<number>): Promise<void> {
  await numbers.put(process.pid);
  await sleep(60_000);
}

export async function leaveOrphan(numbers: multiprocessing.Queue<number>): Promise<void> {
  const child = new Process({ target: ref(import.meta, 'live'), args: [numbers], detached: true }).start();
  await child.join();
}

/** R, S, Z...; nothing where there is no such process any more. */
function state(pid: number): string {
  try {
    return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}

if (isMain(import.meta)) {
  if (process.platform !== 'linux') {
    console.log('only Linux shows the states of processes in /proc');
  } else {
    const child = new Process({ target: ref(import.meta, 'nothing') }).start();
    const pid = child.pid ?? 0;
    // Its parent is busy, and does not wait for it.
    while (state(pid) !== 'Z');
    console.log('ended, and its parent has not looked: a zombie');
    await child.join();
    console.log(`joined: ${state(pid) === '' ? 'gone' : 'still there'}, exit code ${child.exitCode} kept`);

    const many = Array.from({ length: 40 }, () => new Process({ target: ref(import.meta, 'nothing') }).start());
    for (const each of many) await each.join();
    console.log(`forty more: ${activeChildren().length} active, ${many.filter((each) => state(each.pid ?? 0) === 'Z').length} zombies`);

    const numbers = new Queue<number>();
    const parent = new Process({ target: ref(import.meta, 'leaveOrphan'), args: [numbers] }).start();
    const orphan = await numbers.get();
    parent.kill();
    await parent.join();
    await sleep(100);
    console.log(`its parent was killed, it lives on: ${state(orphan) !== ''}`);
    process.kill(orphan, 'SIGKILL');
  }
}
