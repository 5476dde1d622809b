// The door to TCP sockets and to waiting for many of them, named as CPython's socket, select and selectors.
export { select } from './io/select.ts';
export type { Selectable } from './io/selectable.ts';
export { EVENT_READ, EVENT_WRITE, type Selected, Selector, type SelectorKey, type SelectorKind } from './io/selector.ts';
export { type ListenOptions, TcpServer } from './io/server.ts';
export { type TcpAddress, TcpSocket } from './io/socket.ts';
