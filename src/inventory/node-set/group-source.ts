// Where groups of node sets come from: the seam. To add a source: a sibling file, a line where sources are made, a test.
import type { GroupAnswer } from '../../base/node-set/read.ts';

/** Groups under one name: `racks` in `@racks:old`. */
export interface GroupSource {
  readonly name: string;
  /** The nodes of a group; undefined when there is no such group. @throws NodeSetError NODE_SET_SOURCE. */
  readonly nodes: (group: string) => Promise<GroupAnswer | undefined>;
  /** All nodes; undefined when only the groups can tell. @throws NodeSetError NODE_SET_SOURCE. */
  readonly all: () => Promise<GroupAnswer | undefined>;
  /** The names of the groups, as a node set or as they are; undefined when the source cannot tell. @throws NodeSetError NODE_SET_SOURCE. */
  readonly groups: () => Promise<GroupAnswer | undefined>;
}
