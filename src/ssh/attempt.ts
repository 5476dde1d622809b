// Connecting within a deadline, and another try where a server is only busy. It does not know how a connection is made.
import { setTimeout as delay } from 'node:timers/promises';
import type { Questions } from './ask.ts';
import { Deadline } from './deadline.ts';
import { SshConnectError } from './errors.ts';

const ATTEMPTS = 5;

export interface AttemptOptions {
  /** `10.0.3.7:22`, for the message. */
  readonly where: string;
  /** For all attempts together; it stands still while a person thinks. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly questions: Questions;
}

/** What one attempt is given. */
export interface Attempt {
  /** Ends the attempt. */
  readonly signal: AbortSignal;
  readonly questions: Questions;
  /** Does something that has a deadline of its own, while that of the attempt stands still. */
  readonly untimed: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * Makes a connection.
 *
 * @param once - One attempt.
 * @throws SshConnectError CONNECT_TIMEOUT; what `once` throws, after some attempts where that is retriable; `signal.reason` on abort.
 */
export async function attempt<T>(options: AttemptOptions, once: (given: Attempt) => Promise<T>): Promise<T> {
  const deadline = new Deadline(options.timeoutMs);
  const questions = untimedQuestions(options.questions, deadline);
  const untimed: Attempt['untimed'] = async (work) => await deadline.without(work);
  const signal = options.signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, options.signal]);
  try {
    return await withRetries(async () => await once({ signal, questions, untimed }), signal);
  } catch (error) {
    if (options.signal?.aborted === true) throw options.signal.reason;
    if (!deadline.signal.aborted || error instanceof SshConnectError) throw error;
    throw new SshConnectError('CONNECT_TIMEOUT', `No connection within ${options.timeoutMs / 1_000} s`, {
      where: options.where,
      fix: 'Check that the host is up and reachable, or raise --connect-timeout',
      cause: error,
    });
  } finally {
    deadline.clear();
  }
}

async function withRetries<T>(once: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await once();
    } catch (error) {
      if (tried === ATTEMPTS || !(error instanceof SshConnectError && error.retriable)) throw error;
      await delay(100 * 2 ** tried * (0.5 + Math.random()), undefined, { signal });
    }
  }
}

/** The same questions, with the deadline standing still while a person thinks. */
function untimedQuestions({ hostKey, passphrase, prompts }: Questions, deadline: Deadline): Questions {
  return {
    hostKey: hostKey && (async (question) => await deadline.without(async () => await hostKey(question))),
    passphrase: passphrase && (async (keyFile) => await deadline.without(async () => await passphrase(keyFile))),
    prompts: prompts && (async (question) => await deadline.without(async () => await prompts(question))),
  };
}
