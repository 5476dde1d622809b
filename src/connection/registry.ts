// The kinds of connection there are. To add one: a file beside this one, a line here, the contract suite over it.
import { localKind } from './local.ts';
import { opensshKind } from './openssh.ts';
import type { ConnectionKind } from './seam.ts';
import { sshKind } from './ssh.ts';

export const connectionKinds: ReadonlyMap<string, ConnectionKind> = new Map(
  [localKind, opensshKind, sshKind].map((kind) => [kind.name, kind]),
);
