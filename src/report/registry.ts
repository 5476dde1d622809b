// The reporters there are, each loaded when it is wanted. To add one: a file that exports a ReporterKind, a line here, a test.
import type { ReporterKind } from './seam.ts';

export const reporters: Readonly<Record<ReporterKind['name'], () => Promise<ReporterKind>>> = {
  text: async () => (await import('./text/text.ts')).text,
  json: async () => (await import('./machine/json.ts')).json,
  jsonl: async () => (await import('./machine/jsonl.ts')).jsonl,
  junit: async () => (await import('./machine/junit.ts')).junit,
};
