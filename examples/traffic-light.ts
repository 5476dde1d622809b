// An Event as a traffic light: one thread switches it, a car looks at it, until both are told to stop. (Row C38.)
//
// 红灯 (red), 绿灯 (green), 在路上飞奔 (racing along), 等红灯等的花都谢了 (waiting till the flowers wither)
import { isMain, sleep, Thread, threading } from 'sshoal/runtime';

const SECOND = 10;

const colour = (code: string, text: string): string => `\u001b[${code}m${text}\u001b[0m`;

async function light(green: threading.Event, wentRound: threading.Event, signal: AbortSignal): Promise<void> {
  for (let count = 0; !signal.aborted; count++) {
    if (count < 10) console.log(colour('41;1', `红灯 ${10 - count}`));
    else if (count < 30) {
      // Again and again: to set what is set changes nothing.
      green.set();
      console.log(colour('42;1', `绿灯 ${30 - count}`));
    } else {
      green.clear();
      wentRound.set();
      count = 0;
    }
    await sleep(SECOND);
  }
}

async function car(name: string, green: threading.Event, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    console.log(green.isSet() ? colour('32;0', `[${name}]在路上飞奔.....`) : colour('31;0', `[${name}]等红灯等的花都谢了.....`));
    await sleep(SECOND);
  }
}

if (isMain(import.meta)) {
  const [green, wentRound, stop] = [new threading.Event(), new threading.Event(), new AbortController()];
  new Thread({ target: light, args: [green, wentRound, stop.signal] }).start();
  new Thread({ target: car, args: ['tesla', green, stop.signal] }).start();

  await wentRound.wait({ timeoutMs: 20_000 });
  stop.abort();
}
