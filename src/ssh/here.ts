// Who runs this, where nobody says otherwise: the only place of this floor that looks at the machine it runs on.
import os from 'node:os';

export interface Here {
  readonly homeDirectory: string;
  readonly localUser: string;
  /** SSH_AUTH_SOCK. */
  readonly agentSocket: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Who a process belongs to stays; to ask costs a look into the list of all users. */
let user: string | undefined;

export function here(): Here {
  user ??= os.userInfo().username;
  return {
    homeDirectory: os.homedir(),
    localUser: user,
    agentSocket: process.env.SSH_AUTH_SOCK,
    environment: process.env,
  };
}
