// Scripts that run one after another in one go, each as if alone, and their answers taken apart again. It does not know what they do.
import type { Answer, ScriptStep } from '../seam.ts';

/** Pieces shorter than this are written out where they stand: calling them would not be shorter. */
const SHARED_LENGTH = 120;

/** One script among others. */
export interface Companion {
  readonly step: ScriptStep;
  /** Goes before the script: assignments of the environment. */
  readonly surroundings: string;
}

/**
 * One script that runs all of them in their order, each in a subshell: none sees what another one sets, and one that fails
 * keeps no other from running. What they have in common is said once.
 *
 * @param token - Unique in this run, `[a-z0-9]+`: it marks where one answer ends.
 */
export function joinScripts(companions: readonly Companion[], token: string): string {
  const times = new Map<string, number>();
  const partsOf = ({ step }: Companion): readonly string[] => step.parts ?? [step.script];
  for (const companion of companions)
    for (const part of partsOf(companion)) if (part.length >= SHARED_LENGTH) times.set(part, (times.get(part) ?? 0) + 1);
  const names = new Map([...times].filter(([, count]) => count > 1).map(([part], index) => [part, `sshoal_part_${index}`]));
  const lines = [`sshoal_end() { printf 'sshoal-end:%s:%s\\000' ${token} "$1"; printf 'sshoal-end:%s\\000' ${token} >&2; }`];
  for (const [part, name] of names) lines.push(`${name}() {\n${part}\n}`);
  for (const companion of companions) {
    lines.push(`(\n${companion.surroundings}`);
    for (const part of partsOf(companion)) lines.push(names.get(part) ?? part);
    lines.push(')\nsshoal_end "$?"');
  }
  return `${lines.join('\n')}\n`;
}

/**
 * The answer of each script, in their order. Of a script that never came to its end, and of those after it, there is what they
 * said so far, with the exit of the whole: whoever reads it finds no end of a report.
 */
export function splitAnswers(answer: Answer, count: number, token: string): Answer[] {
  const outputs = split(answer.stdout, `sshoal-end:${token}:`);
  const errors = split(answer.stderr, `sshoal-end:${token}`);
  const nothing = new Uint8Array();
  return Array.from({ length: count }, (_none, index) => {
    const output = outputs[index];
    const ended = output?.tail !== undefined;
    return {
      ...answer,
      ...(ended ? { code: Number(output.tail), signal: undefined } : {}),
      stdout: output?.bytes ?? nothing,
      stderr: errors[index]?.bytes ?? nothing,
    };
  });
}

interface Piece {
  readonly bytes: Uint8Array;
  /** What stands between the mark and the NUL; undefined of what no mark follows. */
  readonly tail: string | undefined;
}

function split(stream: Uint8Array, mark: string): Piece[] {
  const bytes = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength);
  const pieces: Piece[] = [];
  for (let at = 0; ; ) {
    const found = bytes.indexOf(mark, at);
    const end = found < 0 ? -1 : bytes.indexOf(0, found);
    if (end < 0) return [...pieces, { bytes: bytes.subarray(at), tail: undefined }];
    pieces.push({ bytes: bytes.subarray(at, found), tail: bytes.toString('latin1', found + mark.length, end) });
    at = end + 1;
  }
}
