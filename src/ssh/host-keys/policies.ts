// What to do about the key of a host that nobody knows, paramiko's way. A changed or revoked key never comes to them.
import type { HostKeyQuestion } from '../ask.ts';

/** What a policy decides: `keep` writes the key into known_hosts, `once` takes it for this connection. */
export type PolicyAnswer = 'reject' | 'once' | 'keep';

export interface MissingHostKeyPolicy {
  /** For messages: `strict`. */
  readonly name: string;
  /** @throws what it likes: the key is refused then. */
  missingHostKey(question: HostKeyQuestion): PolicyAnswer | Promise<PolicyAnswer>;
}

/** Refuses it. The default. */
export class RejectPolicy implements MissingHostKeyPolicy {
  readonly name: string = 'strict';

  missingHostKey(): PolicyAnswer {
    return 'reject';
  }
}

/** Takes it, and remembers it: the first connection is not protected, all later ones are. */
export class AutoAddPolicy implements MissingHostKeyPolicy {
  readonly name: string = 'accept-new';

  missingHostKey(): PolicyAnswer {
    return 'keep';
  }
}

/** Takes it, tells, and forgets it: no connection is protected. */
export class WarningPolicy implements MissingHostKeyPolicy {
  readonly name: string = 'warn';
  readonly #warn: (question: HostKeyQuestion) => void;

  /** @param warn - Told of every key that was taken unseen. */
  constructor(warn: (question: HostKeyQuestion) => void) {
    this.#warn = warn;
  }

  missingHostKey(question: HostKeyQuestion): PolicyAnswer {
    this.#warn(question);
    return 'once';
  }
}

/** Asks a person, and remembers what was accepted. Only a strict `true` accepts. */
export class AskPolicy implements MissingHostKeyPolicy {
  readonly name: string = 'ask';
  readonly #ask: ((question: HostKeyQuestion) => Promise<boolean>) | undefined;

  /** @param ask - Nobody to ask refuses every key. */
  constructor(ask: ((question: HostKeyQuestion) => Promise<boolean>) | undefined) {
    this.#ask = ask;
  }

  /** Whether there is somebody to ask. */
  get hasSomebody(): boolean {
    return this.#ask !== undefined;
  }

  async missingHostKey(question: HostKeyQuestion): Promise<PolicyAnswer> {
    return (await this.#ask?.(question)) === true ? 'keep' : 'reject';
  }
}
