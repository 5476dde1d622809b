// The library's public names, listed by hand. Nothing inside imports this file.
export { type ErrorDetails, InputError, SshoalError } from './base/errors.ts';
