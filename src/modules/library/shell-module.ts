// A module from a file of plain sh. It does not know where such files are found.
import { LibraryError } from '../errors.ts';
import type { Module } from '../seam.ts';
import { readHead } from './head.ts';
import { shellStep } from './prelude.ts';

/**
 * @param name - What tasks call it.
 * @param text - The file: comments that describe it, as `readHead` says, and POSIX sh that uses the words of `shellStep`.
 * @throws LibraryError `LIBRARY_NOT_SH`, `LIBRARY_HEAD`; YamlError; several as FaultsError.
 */
export function shellModule(name: string, text: string, file: string): Module {
  const interpreter = interpreterOf(text);
  if (interpreter !== undefined && !['sh', 'dash'].includes(interpreter))
    throw new LibraryError('LIBRARY_NOT_SH', `The module \`${name}\` is written for ${interpreter}, which hosts need not have`, {
      where: file,
      fix: 'Write it in POSIX sh, and begin it with #!/bin/sh',
    });
  const head = readHead(text, file);
  const returns = head.docs.returns ?? {};
  return {
    name,
    ...head,
    compile: (params, context) => shellStep({ name, specs: head.params, params, returns, body: text }, context),
  };
}

/** The program of the first line: `sh` of `#!/bin/sh -e` and of `#!/usr/bin/env sh`. */
export function interpreterOf(text: string): string | undefined {
  const words = /^#!\s*(.+)/.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  const [first, ...rest] = words.map((word) => word.slice(word.lastIndexOf('/') + 1));
  return first === 'env' ? rest.find((word) => !/^-|=/.test(word)) : first;
}
