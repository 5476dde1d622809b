// The public names of `sshoal/runtime`, listed by hand. Nothing inside imports this file.
export * from './errors.ts';
export type * from './seam.ts';
