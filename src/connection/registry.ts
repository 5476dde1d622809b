// The kinds of connection there are. To add one: a file beside this one, a line here, the contract suite over it.
import type { ConnectionKind } from './seam.ts';

export const connectionKinds: ReadonlyMap<string, ConnectionKind> = new Map(
  [
    kind('local', async () => (await import('./local.ts')).localKind),
    kind('openssh', async () => (await import('./openssh.ts')).opensshKind),
    kind('ssh', async () => (await import('./ssh.ts')).sshKind),
  ].map((one) => [one.name, one]),
);

/** A kind that is loaded when the first host wants it: most runs want one of them. */
function kind(name: string, load: () => Promise<ConnectionKind>): ConnectionKind {
  return { name, open: async (spec, questions, signal) => await (await load()).open(spec, questions, signal) };
}
