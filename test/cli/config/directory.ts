// A directory of a test's own, with the files it wants in it. It knows nothing of what is in them.
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

/** Makes the directory, nobody else's to write in; it is gone after the test. */
export async function directoryWith(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'sshoal-config-')));
  t.after(async () => await rm(directory, { recursive: true }));
  await chmod(directory, 0o755);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), text);
  }
  return directory;
}
