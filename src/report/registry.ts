// The reporters there are. To add one: a file that exports a ReporterKind, a line here, a test.
import { json } from './machine/json.ts';
import { jsonl } from './machine/jsonl.ts';
import { junit } from './machine/junit.ts';
import type { ReporterKind } from './seam.ts';
import { text } from './text/text.ts';

export const reporters: Readonly<Record<ReporterKind['name'], ReporterKind>> = { text, json, jsonl, junit };
