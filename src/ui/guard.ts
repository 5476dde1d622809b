// Who may see the page: whoever has the token of its address, in a browser that nobody else leads. It does not know what there is to see.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { noticeDocument } from './documents.ts';
import type { Fault } from './wire.ts';

export interface GuardSettings {
  /** Of the start address. */
  readonly token: string;
  /** What the Host header may be, in small letters. Any other name leads here by a trick, such as DNS rebinding. */
  readonly hosts: ReadonlySet<string>;
  /** Tells apart the cookies of several pages on one machine. */
  readonly port: number;
  /** Whether browsers come by https, so that the cookie must. */
  readonly isSecure: boolean;
}

/** What a script of the page sends along, and no form or foreign page can without asking first. */
export const REQUEST_HEADER = 'x-sshoal-request';

const HOW = ['Open the address that `sshoal ui` has printed: it ends with a token, and is good for as long as that runs.'];

/** A token that nobody guesses. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Lets pass who may; all others get an answer that says what to do, and no data. */
export function guard({ token, hosts, port, isSecure }: GuardSettings): MiddlewareHandler {
  const cookieName = `sshoal-${port}`;
  // Not the token itself: what a browser keeps is no address that can be opened.
  const session = newToken();
  return async (c, next) => {
    if (!hosts.has((c.req.header('host') ?? '').toLowerCase())) {
      return refuse(c, 421, 'UI_WRONG_HOST', 'This is not the address of the page', HOW);
    }
    const isDocument = c.req.path === '/';
    const given = isDocument ? c.req.query('token') : undefined;
    if (given !== undefined) {
      if (!isSame(given, token))
        return refuse(c, 401, 'UI_WRONG_TOKEN', 'The token is not the right one', [...HOW, 'Each start has a new one.']);
      setCookie(c, cookieName, session, { httpOnly: true, sameSite: 'Strict', path: '/', secure: isSecure });
      return c.redirect('/', 303);
    }
    if (!isSame(getCookie(c, cookieName) ?? '', session)) return refuse(c, 401, 'UI_NO_TOKEN', 'You have not come in by the door', HOW);
    if (!isDocument && !isOwnRequest(c)) return refuse(c, 403, 'UI_FOREIGN_REQUEST', 'Another page has asked for this', HOW);
    if (c.req.method === 'POST' && c.req.header(REQUEST_HEADER) === undefined) {
      return refuse(c, 403, 'UI_FOREIGN_REQUEST', 'This was not asked for by the page', ['Reload the page.']);
    }
    await next();
    return undefined;
  };
}

/** What browsers say of who asks; programs that say nothing must have the cookie all the same. */
function isOwnRequest({ req }: Context): boolean {
  const site = req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = req.header('origin');
  return origin === undefined || origin.replace(/^https?:\/\//, '').toLowerCase() === req.header('host')?.toLowerCase();
}

function refuse(c: Context, status: 401 | 403 | 421, code: string, message: string, lines: readonly string[]): Response {
  if (c.req.path === '/') return c.html(noticeDocument(message, lines), status);
  return c.json({ fault: { code, message, fix: lines[0]?.replaceAll('`', '') } satisfies Fault }, status);
}

/** In a time that does not say how much of it is right. */
function isSame(given: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}
