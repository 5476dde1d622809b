// lookup list: terms as they are.
import type { Lookup } from './seam.ts';

export const list: Lookup = { name: 'list', summary: 'terms as they are', options: {}, find: (terms) => [...terms] };
