// Questions to the server, answered once or for as long as somebody looks. It does not know what is asked.
import { useEffect, useState } from 'preact/hooks';
import type { Fault } from '../wire.ts';

export type Answered<T> =
  | { readonly kind: 'asking' }
  | { readonly kind: 'there'; readonly value: T }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** Where the program that serves the page cannot be reached. */
export const SILENT: Fault = {
  code: 'NO_ANSWER',
  message: 'sshoal ui does not answer',
  fix: 'It has been ended, perhaps: start it again, and open the address that it prints',
};

/** Asks once, and again whenever the address or `version` changes; what was there stays until the new answer is. */
export function useAnswer<T>(address: string, version: unknown = 0): Answered<T> {
  const [told, setTold] = useState<{ readonly address: string; readonly answer: Answered<T> }>({ address, answer: { kind: 'asking' } });
  useEffect(() => {
    const left = new AbortController();
    void ask<T>(address, { signal: left.signal }).then((answer) => {
      if (!left.signal.aborted) setTold({ address, answer });
    });
    return () => left.abort();
  }, [address, version]);
  return told.address === address ? told.answer : { kind: 'asking' };
}

/** Sends what a person has decided. The header is what no foreign page can send. */
export async function tell<T>(address: string, body: unknown): Promise<Answered<T>> {
  const headers = { 'content-type': 'application/json', 'x-sshoal-request': '1' };
  return await ask<T>(address, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function ask<T>(address: string, init: RequestInit): Promise<Answered<T>> {
  try {
    const response = await fetch(address, init);
    const data = (await response.json()) as T & { readonly fault?: Fault };
    return response.ok ? { kind: 'there', value: data } : { kind: 'fault', fault: data.fault ?? SILENT };
  } catch (error) {
    // A line that breaks, and what stands in front of a server that is gone, are the same to a person.
    if (error instanceof TypeError || error instanceof SyntaxError || error instanceof DOMException)
      return { kind: 'fault', fault: SILENT };
    throw error;
  }
}

export interface StreamOptions<T> {
  /** The kinds of messages there are. */
  readonly kinds: readonly string[];
  /** @returns Whether it was the last one. */
  readonly onMessage: (message: T) => boolean;
  readonly onLine: (isOpen: boolean) => void;
}

/**
 * Listens for as long as the page is looked at: a browser has few lines to one server, and a page in the background needs none.
 * A line that breaks is opened again, and begins with everything.
 */
export function listen<T>(address: string, { kinds, onMessage, onLine }: StreamOptions<T>): () => void {
  let source: EventSource | undefined;
  let isOver = false;
  const close = (): void => {
    source?.close();
    source = undefined;
  };
  const open = (): void => {
    if (isOver || document.hidden || source !== undefined) return;
    source = new EventSource(address);
    source.addEventListener('open', () => onLine(true));
    source.addEventListener('error', () => onLine(false));
    for (const kind of kinds) {
      source.addEventListener(kind, (event) => {
        isOver = onMessage(JSON.parse((event as MessageEvent<string>).data) as T);
        if (isOver) close();
      });
    }
  };
  const onVisibility = (): void => (document.hidden ? close() : open());
  document.addEventListener('visibilitychange', onVisibility);
  open();
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    close();
  };
}
