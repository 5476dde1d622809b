// docs/errors.md names every code that the source throws, and no other.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';

const ROOT = path.resolve(import.meta.dirname, '../../..');
/** Words in the same shape that are no error codes: variables of the environment, fields of files, codes of Node and of libraries, ways to wait. */
const OTHER =
  /^(?:ERR_|SSHOAL_|ANSIBLE_|VERSION_|ID_LIKE|SSH_AUTH_SOCK|NO_COLOR|FORCE_COLOR|TAB_AS_INDENT|DUPLICATE_KEY|FIRST_|ALL_COMPLETED|NOT_LOGGING_PASSWORD|DISTRIB_|PRETTY_NAME|UBUNTU_CODENAME|SLES_SAP)/;

describe('docs/errors.md', () => {
  it('lists exactly the codes there are, each with a meaning', () => {
    const sources = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const text = sources.map((file) => readFileSync(path.join(ROOT, 'src', file), 'utf8')).join('\n');
    const shaped = [...text.matchAll(/['`]([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)['`]/g)].map((match) => match[1] ?? '');
    const thrown = [...text.matchAll(/(?:Error|super)\(\s*'([A-Z]{4,})'/g)].map((match) => match[1] ?? '');
    const templated = ['JINJA_UNKNOWN_FILTER', 'JINJA_UNKNOWN_TEST'];
    const all = [...shaped.filter((code) => !OTHER.test(code)), ...thrown, ...templated];
    // Codes of errno(3) mean what they always mean.
    const codes = new Set(all.filter((code) => constants.errno[code as keyof typeof constants.errno] === undefined));

    const rows = [...readFileSync(path.join(ROOT, 'docs/errors.md'), 'utf8').matchAll(/^\| `([A-Z0-9_]+)` \| (.+) \|$/gm)];

    assert.deepEqual(new Set(rows.map((row) => row[1])), codes);
    assert.equal(rows.length, codes.size);
    assert.ok(rows.every((row) => (row[2] ?? '').length > 10));
  });
});
