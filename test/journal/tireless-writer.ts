// A program that writes a journal until it is killed, and says on stdout which host is written down. For journal-crash.test.ts.
import process from 'node:process';
import { JournalWriter } from '#src/journal/journal-writer';
import { description, finished } from './sample-runs.ts';

const [, , directory = ''] = process.argv;
const hosts = Array.from({ length: 100_000 }, (_, n) => `web${n}`);
const writer = await JournalWriter.create({ directory, run: description({ hosts }), mask: (text) => text, now: () => Date.now() });
for (const host of hosts) {
  await writer.fleetEvent(finished(host, { stdout: Buffer.from('x'.repeat(2_000)) }));
  process.stdout.write(`${host}\n`);
}
