// The thread of the lookup url: one request, one answer, and its end. It knows no templates.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { isMainThread, type MessagePort, workerData } from 'node:worker_threads';

export interface UrlRequest {
  readonly address: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly follow: boolean;
  /** Headers that another address does not get, in lower case. */
  readonly unredirected: readonly string[];
  readonly validateCertificates: boolean;
  readonly socketPath: string | undefined;
  readonly caPath: string | undefined;
  readonly ciphers: string | undefined;
}

export type UrlAnswer = { readonly kind: 'body'; readonly body: string } | { readonly kind: 'failed'; readonly message: string };

const MAX_REDIRECTS = 10;
const MAX_BODY_BYTES = 64 * 1024 * 1024;

async function answerTo(request: UrlRequest): Promise<UrlAnswer> {
  try {
    return { kind: 'body', body: await get(request, AbortSignal.timeout(request.timeoutMs), MAX_REDIRECTS) };
  } catch (error) {
    const late = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
    if (late) return { kind: 'failed', message: `no answer within ${request.timeoutMs / 1_000} s` };
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

async function get(request: UrlRequest, signal: AbortSignal, redirects: number): Promise<string> {
  const response = await responseTo(request, signal);
  const { statusCode = 0, statusMessage = '', headers } = response;
  if (headers.location !== undefined && [301, 302, 303, 307, 308].includes(statusCode) && request.follow) {
    response.resume();
    if (redirects === 0) throw new Error('it leads from one address to the next without end');
    const address = new URL(headers.location, request.address);
    return await get({ ...request, address: address.href, headers: headersFor(address, request) }, signal, redirects - 1);
  }
  const body = await bodyOf(response);
  if (statusCode >= 400 || (statusCode >= 300 && headers.location !== undefined))
    throw new Error(`HTTP Error ${statusCode}: ${statusMessage}`);
  return body;
}

// A password is for the server it was meant for.
function headersFor(address: URL, { address: before, headers, unredirected }: UrlRequest): Record<string, string> {
  const elsewhere = address.origin !== new URL(before).origin;
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !unredirected.includes(name) && !(elsewhere && name === 'authorization')),
  );
}

async function responseTo(request: UrlRequest, signal: AbortSignal): Promise<http.IncomingMessage> {
  const { address, headers, socketPath, caPath, ciphers, validateCertificates } = request;
  const common = { headers, signal, agent: false, ...(socketPath === undefined ? {} : { socketPath }) };
  return await new Promise((resolve, reject) => {
    const sent = address.toLowerCase().startsWith('https:')
      ? https.get(
          address,
          {
            ...common,
            rejectUnauthorized: validateCertificates,
            ...(ciphers === undefined ? {} : { ciphers }),
            ...(caPath === undefined ? {} : { ca: readFileSync(caPath) }),
          },
          resolve,
        )
      : http.get(address, common, resolve);
    sent.on('error', reject);
  });
}

async function bodyOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > MAX_BODY_BYTES) throw new Error(`the answer is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

interface Errand {
  readonly request: UrlRequest;
  readonly port: MessagePort;
  /** Set, and its waiter woken, once the answer is in the port. */
  readonly done: Int32Array;
}

if (!isMainThread) {
  const { request, port, done } = workerData as Errand;
  port.postMessage(await answerTo(request));
  port.close();
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
}
