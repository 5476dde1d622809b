// A module that starts itself whenever it is loaded: what the guard is for. Only ever loaded in a process of its own.
import { Process } from '#src/runtime/multiprocessing';
import { ref } from '#src/runtime/wire/function-ref';

export function nothing(): void {}

new Process({ target: ref(import.meta, 'nothing') }).start();
