// A document POSTed to a URL, again and again until it is taken or the time is up. It does not know what is in it.
import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebhookError } from './errors.ts';

export interface WebhookOptions {
  readonly body: string;
  /** The same at each attempt and for each receiver, so that none counts the run twice. */
  readonly idempotencyKey: string;
  /** Signs the body, where it is given: `Sshoal-Signature: sha256=<hex of HMAC-SHA256>`. */
  readonly secret?: string | undefined;
  /** The trace that the run is a part of. */
  readonly traceparent?: string | undefined;
  readonly userAgent: string;
  /** All attempts and waits together. */
  readonly deadlineMs: number;
  /** One attempt. Default 10 s. */
  readonly attemptMs?: number | undefined;
  /** Before the second attempt; then twice as long each time, 30 s at most, less up to half of it by chance. Default 500 ms. */
  readonly firstWaitMs?: number | undefined;
}

const LONGEST_WAIT_MS = 30_000;

/** How an attempt ended. */
type Answer =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterMs: number }
  | { readonly kind: 'error'; readonly cause: unknown };

/**
 * Delivers. Tried again are 429, 5xx, and networks that fail; nothing else, since it would end the same way. No redirect is followed:
 * it would take the document where nobody has sent it.
 *
 * @returns Why it was not taken, where it was not.
 */
export async function deliver(url: URL, options: WebhookOptions): Promise<WebhookError | undefined> {
  const { deadlineMs, attemptMs = 10_000, firstWaitMs = 500 } = options;
  const endMs = performance.now() + deadlineMs;
  for (let attempt = 1; ; attempt++) {
    const leftMs = endMs - performance.now();
    const answer = await post(url, options, Math.max(1, Math.ceil(Math.min(attemptMs, leftMs))));
    if (answer.kind === 'status' && answer.status >= 200 && answer.status < 300) return undefined;
    const waitMs = Math.max(retryAfterOf(answer), withJitter(Math.min(firstWaitMs * 2 ** (attempt - 1), LONGEST_WAIT_MS)));
    if (!isWorthAnother(answer) || performance.now() + waitMs >= endMs) return refusal(url, answer, attempt);
    await sleep(waitMs);
  }
}

/** The signature of a body, as receivers compute it. */
export function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** One attempt; a server that hangs is a network that fails. */
async function post(
  url: URL,
  { body, idempotencyKey, secret, traceparent, userAgent }: WebhookOptions,
  timeoutMs: number,
): Promise<Answer> {
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'User-Agent': userAgent,
    'Idempotency-Key': idempotencyKey,
    ...(secret === undefined ? {} : { 'Sshoal-Signature': signatureOf(body, secret) }),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return await new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const sent = send(url, { method: 'POST', headers, agent: false, signal }, (response) => {
      const retryAfter = Number(response.headers['retry-after']);
      resolve({ kind: 'status', status: response.statusCode ?? 0, retryAfterMs: retryAfter > 0 ? retryAfter * 1_000 : 0 });
      // What it says is of no use to anybody.
      response.destroy();
    });
    sent.on('error', (error) => resolve({ kind: 'error', cause: signal.aborted ? new Error('no answer came in time') : error }));
    sent.end(body);
  });
}

function isWorthAnother(answer: Answer): boolean {
  return answer.kind === 'error' || answer.status === 429 || answer.status >= 500;
}

function retryAfterOf(answer: Answer): number {
  return answer.kind === 'status' ? answer.retryAfterMs : 0;
}

/** Many controllers that failed at the same moment must not come back at the same moment. */
function withJitter(ms: number): number {
  return ms * (1 - Math.random() / 2);
}

/** Of the URL only the origin is named: paths of webhooks are secrets as often as not. */
function refusal({ origin }: URL, answer: Answer, attempts: number): WebhookError {
  const tries = attempts === 1 ? 'the only attempt' : `${attempts} attempts`;
  const details = { where: origin, cause: answer.kind === 'error' ? answer.cause : undefined };
  if (answer.kind === 'error')
    return new WebhookError(`A webhook could not be delivered: ${(answer.cause as Error).message}, after ${tries}`, {
      ...details,
      fix: 'Check that it is there, or give it longer: --hook-timeout 5m',
    });
  const isRedirect = answer.status >= 300 && answer.status < 400;
  return new WebhookError(`A webhook was answered with ${answer.status}, after ${tries}`, {
    ...details,
    fix: isRedirect ? 'Redirects are not followed: give the address it leads to' : 'See what its receiver says about it',
  });
}
