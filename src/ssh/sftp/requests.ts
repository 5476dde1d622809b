// How a verb asks the server: one request, and a refusal explained. It does not know which verb asks.
import type { SftpError } from './errors.ts';
import type { Attempt } from './explain.ts';
import type { SftpSession } from './session.ts';
import { type FieldReader, PACKET } from './wire.ts';

/** What the verbs that live outside the client need of it. */
export interface Requests {
  readonly session: SftpSession;
  /** Waits for an answer; where the server says no, with the reason found out: an {@link SftpError}. */
  readonly explained: <T>(attempt: Attempt, answer: Promise<T>) => Promise<T>;
}

/** Asks, and waits for an answer of the expected type. @throws SftpError. */
export async function ask(
  { session, explained }: Requests,
  attempt: Attempt,
  expected: number,
  type: number,
  ...fields: readonly Uint8Array[]
): Promise<FieldReader> {
  return await explained(attempt, session.ask(expected, type, ...fields));
}

/** As {@link ask}, for an operation of an extension that answers with nothing but success or failure. */
export async function askExtension({ session, explained }: Requests, attempt: Attempt, name: string, ...fields: readonly Uint8Array[]) {
  await explained(attempt, session.askExtension(PACKET.STATUS, name, ...fields));
}

/** Waits for all of several answers, and throws the first that failed: no later one is left behind unheard. */
export async function allOf(answers: readonly Promise<unknown>[]): Promise<void> {
  for (const answer of await Promise.allSettled(answers)) if (answer.status === 'rejected') throw answer.reason;
}
