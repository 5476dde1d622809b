// Who runs this, where nobody says otherwise: the only place of this floor that looks at the machine it runs on.
import os from 'node:os';

export interface Here {
  readonly homeDirectory: string;
  readonly localUser: string;
  /** SSH_AUTH_SOCK. */
  readonly agentSocket: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function here(): Here {
  return {
    homeDirectory: os.homedir(),
    localUser: os.userInfo().username,
    agentSocket: process.env.SSH_AUTH_SOCK,
    environment: process.env,
  };
}
