// Data as people read it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dict, Float } from '#src/base/value';
import { valueLines } from '#src/report/text/value-text';

describe('the lines of a value', () => {
  it('are like YAML, with long texts as they are', () => {
    const value = dict({
      path: '/etc/motd',
      mode: '0644',
      size: 12,
      ratio: new Float(7),
      absent: null,
      none: [],
      text: 'one\ntwo\n',
      users: [dict({ name: 'ada', groups: ['a', 'b'] }), 'bob'],
    });

    assert.equal(
      valueLines(value).join('\n'),
      `path: /etc/motd
mode: "0644"
size: 12
ratio: 7.0
absent: null
none: []
text: |
  one
  two
users:
  - name: ada
    groups:
      - a
      - b
  - bob`,
    );
  });

  it('quote text that would look like another type', () => {
    for (const text of ['', 'true', 'No', '1.5', ' padded', '[x]']) assert.deepEqual(valueLines([text]), [`- ${JSON.stringify(text)}`]);
  });
});
