// The public names of `sshoal/testing`, listed by hand. Nothing inside imports this file.
export {};
