// One half of the unit tests of a run in this one process: the way in for a runner that knows files only.
import { loadHalfOfUnit } from './test-files.ts';

await loadHalfOfUnit(1);
