// The reporters there are. To add one: a file that exports a ReporterKind, a line here, a test.
import { json } from './json.ts';
import { jsonl } from './jsonl.ts';
import { junit } from './junit.ts';
import type { ReporterKind } from './seam.ts';
import { text } from './text.ts';

export const reporters: Readonly<Record<ReporterKind['name'], ReporterKind>> = { text, json, jsonl, junit };
