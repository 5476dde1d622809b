// What a broker and its clients say to each other: arrays, because most are short and there are many. It does not know what is called.

/** From a client. `fiber` is the thread there on whose behalf; its name is told once by `fiber`. */
export type Request =
  | readonly ['hello', client: string]
  | readonly ['fiber', fiber: number, name: string, shared: boolean]
  | readonly ['new', id: string, kind: string, args: readonly unknown[]]
  /** A call with an answer; `timeoutMs` null: for ever. */
  | readonly ['call', call: number, fiber: number, id: string, method: string, args: readonly unknown[], timeoutMs: number | null]
  /** A call whose answer nobody needs; its failure is told by `failed`. */
  | readonly ['tell', fiber: number, id: string, method: string, args: readonly unknown[]]
  | readonly ['cancel', call: number]
  /** So many answers with items have arrived. */
  | readonly ['ack', count: number]
  /** A client that will connect, or was started in vain, holds an end of a pipe, or no more. */
  | readonly ['hold', id: string, end: 0 | 1, client: string]
  | readonly ['gone', client: string]
  | readonly ['drop', id: string]
  /** Answered when everything before it is done. */
  | readonly ['flush', call: number];

/** From the broker. */
export type Reply =
  | readonly ['ok', call: number, value: unknown]
  | readonly ['error', call: number, error: unknown]
  | readonly ['failed', id: string, error: unknown];
