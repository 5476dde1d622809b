// Variables that come with an include, for everything in it.
import type { Dict, Value } from '../../base/value.ts';

export interface IncludeFrame {
  /** Of `vars`: templated when asked for. They rank above facts set while the play runs. */
  readonly vars: Dict;
  /** Loop variables of the include. */
  readonly direct: ReadonlyMap<string, Value>;
  /** How many includes are around. */
  readonly depth: number;
}

export const NO_FRAME: IncludeFrame = { vars: new Map(), direct: new Map(), depth: 0 };
