// SELinux contexts over small programs in place of chcon, stat and matchpathcon, which keep contexts in files: few machines have it on.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { needsPrivateRoot, PrivateRoot } from '../private-root.js';
import { runModule } from '../run-steps.js';

const STAT = `#!/bin/sh
if [ "$2" != %C ]; then exec /usr/bin/stat "$@"; fi
cat "/contexts/$(echo "$3" | tr / _)" 2>/dev/null || echo user_u:object_r:default_t:s0:c1,c2
`;
const CHCON = `#!/bin/sh
echo "$2" >"/contexts/$(echo "$3" | tr / _)"
`;
const MATCHPATHCON = `#!/bin/sh
echo system_u:object_r:policy_t:s0
`;

describe('the SELinux context of a file', needsPrivateRoot('dash'), () => {
  const root = new PrivateRoot();
  after(() => root.remove());
  root.write('/contexts/none', '');
  for (const [name, text] of Object.entries({ stat: STAT, chcon: CHCON, matchpathcon: MATCHPATHCON }))
    root.write(`/usr/local/bin/${name}`, text, 0o755);
  root.write('/etc/it s', 'x');
  const run = (args: Readonly<Record<string, unknown>>, checkMode = false) =>
    runModule(
      'file',
      { path: '/etc/it s', ...args },
      { shell: `${root.inside('env')} PATH=/usr/local/bin:/usr/bin:/bin dash`, diff: true, checkMode },
    );

  it('means nothing where SELinux is off', async () => {
    const { changed, failed } = await run({ setype: 'etc_t' });

    assert.deepEqual([changed, failed], [false, false]);
  });

  it('gets the parts that are asked for, and keeps the others', async () => {
    root.write('/sys/fs/selinux/enforce', '1');

    const results = [await run({ setype: 'etc_t' }, true), await run({ setype: 'etc_t' }), await run({ setype: 'etc_t' })];
    const other = await run({ seuser: 'system_u', selevel: 's0' });

    assert.deepEqual(
      results.map(({ changed, failed }) => [changed, failed]),
      [
        [true, false],
        [true, false],
        [false, false],
      ],
    );
    assert.equal(other.changed, true);
    assert.equal(root.read('/contexts/_etc_it s'), 'system_u:object_r:etc_t:s0\n');
  });

  it('is that of the policy with _default', async () => {
    root.write('/sys/fs/selinux/enforce', '1');

    const first = await run({ setype: '_default' });
    const second = await run({ setype: '_default' });

    assert.deepEqual([first.changed, second.changed], [true, false]);
    assert.match(root.read('/contexts/_etc_it s') ?? '', /:policy_t:/);
  });
});
