// The shape of a table of Python methods: name -> parameters and what it does.
import type { Bound } from '../call-arguments.ts';
import type { Any, CallArguments } from '../values.ts';

export type MethodTable<Self> = Readonly<
  Record<string, readonly [parameters: readonly string[], call: (self: Self, args: Bound, all: CallArguments) => Any]>
>;
